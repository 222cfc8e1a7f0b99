"""A masked value stands in no page, fragment, API answer, file, event or log line: all of the URLconf is opened.

One person has unmistakable values in every field that is masked (tests/privacy/walked.py). What people themselves
write, in a message or a note, is not masked: it is what they said (docs/privacy.md).
"""

import io
import logging
from collections.abc import Iterator
from http.cookies import SimpleCookie
from pathlib import Path
from typing import Any

import pytest
from django.core import mail
from django.db import transaction
from django.http import HttpResponseBase
from django.test import Client
from django.urls import reverse
from pytest_django import Settings

from crm.billing.models import Load
from crm.events.models import Event
from crm.staff.models import Role
from tests.api.people import give_token
from tests.privacy.walked import (
    BORN,
    EMAIL,
    HOUSE,
    NAME,
    NUMBER,
    PAPERS,
    STREET,
    Scene,
    found_in,
    paths_of,
    routes,
    scene,
    seen,
)
from tests.staff.conftest import signed_in

pytestmark = pytest.mark.django_db

# A new page that is neither opened nor named here fails the test.
NOT_WALKED = {
    "admin:view_on_site": "no model of the admin has a page of its own",
    **{
        f"admin:{model}_delete": "403: nothing is deleted there"
        for model in ("cases_category", "events_event", "staff_division", "staff_office", "staff_team", "staff_user")
    },
    "admin:login": "403: the house has a door of its own",
    "admin:events_event_add": "403: events are read only",
    "admin:staff_user_add": "403: people are invited",
    "admin:search": "finds what the admin lists, and answers nothing without a word",
    "admin:autocomplete": "403 without the names of a model and a field; the models are people and places of the house",
    "admin:events_parkedevent_add": "read only",
    "admin:events_parkedevent_history": "an event that failed is ids alone, as every event",
    "admin:events_parkedevent_change": "an event that failed is ids alone, as every event",
    "admin:events_parkedevent_delete": "read only",
    "staff:company": "404 until the company's own sign-on is set up",
    "staff:company_callback": "404 until the company's own sign-on is set up",
    "staff:password_new": "of staff, with a token from a mail",
    "staff:accept": "of staff, with a token from a mail",
    "desk:invite": "a fixed text, for a conversation in public",
    "desk:invite-length": "the length of a fixed text",
    "desk:ask": "gives back the parts of desk:case",
    "desk:proof-take-back": "gives back the parts of desk:case",
    "desk:problem-told": "a message to all that was sent: as desk:job",
    "desk:problem-stop": "a message to all that is being sent: as desk:job-stop",
    "web:file": "a file as the customer sent it, behind their own link",
    "messaging:sms-in": "tells nothing: the SMS centre hands in",
    "messaging:sms-report": "tells nothing: the SMS centre hands in",
    "social:x-hook": "tells nothing: X hands in",
}
# What somebody may see in full by design, and why.
SHOWN = {
    **dict.fromkeys(
        ("caring:work-task", "caring:work-take", "caring:work-outcome", "caring:work-score", "caring:work-undo"),
        "whoever has taken a call sees the number to dial; taking it is recorded as a look with that reason",
    ),
    "caring:visit-sheet": "whoever goes takes the address along; looking at the sheet is recorded with each customer",
    "privacy:file-download": "the access file holds what the person asked for; each download is recorded",
    "billing:load-refused": "whoever brought the file gets its own rows back, see below",
    "messaging:letter": "the letter that goes to the printer bears the address",
}
# Whose desk a page is on, where it is not a supervisor's.
BY = {
    "admin": Role.ADMINISTRATOR, "api:clients": Role.ADMINISTRATOR, "api:new-client": Role.ADMINISTRATOR,
    "api:rotate": Role.ADMINISTRATOR, "api:revoke": Role.ADMINISTRATOR,
    "messaging:connection-new": Role.ADMINISTRATOR, "messaging:connection-add": Role.ADMINISTRATOR,
    "privacy:retention": Role.ADMINISTRATOR, "privacy:retention-kind": Role.ADMINISTRATOR,
    "messaging:connection-change": Role.ADMINISTRATOR, "staff:invitation_send": Role.ADMINISTRATOR,
    "desk:undo": Role.AGENT, "desk:account": Role.AGENT, "desk:promise-draft": Role.AGENT,
    "desk:promise-draft-drop": Role.AGENT,
}  # fmt: skip
# Pages that show nothing without a question. Nobody asks with a value: the asker would be shown what they typed.
ASKED = {
    "desk:find": ["q=Zulaikha"], "desk:customers": ["q=Zulaikha"], "desk:find-customer": ["q=Zulaikha"],
    "desk:counter-find": ["by=name&q=Zulaikha"], "desk:desk": ["q=Zulaikha", "queue=all"], "desk:rows": ["queue=all"],
    "desk:calls": ["of=waiting"], "messaging:outbox": ["state=failed", "state=held"],
    "privacy:looks-export": ["period=week"], "reports:study": ["period=week"], "reports:study-list": ["period=week"],
    "reports:study-list-export": ["period=week"], "reports:export-new": ["source=volumes-list&format=csv&period=week"],
    "reports:schedule-new": ["report=volumes"], "api:customers": ["q=Zulaikha"], "api:articles": ["q=kuota"],
    "api:lines": ["customer={who}"], "api:orders": ["customer={who}"], "desk:case": ["tab=history"],
    "caring:row": ["w1-source=usage"],
}  # fmt: skip


@pytest.fixture(autouse=True)
def _cheap(settings: Settings, tmp_path: Path) -> None:
    settings.MEDIA_ROOT = tmp_path
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
    settings.CACHES = {"default": {"BACKEND": "django.core.cache.backends.locmem.LocMemCache", "LOCATION": "walk"}}


@pytest.fixture
def log() -> Iterator[io.StringIO]:
    """What the product's own handler would write."""
    written, root = io.StringIO(), logging.getLogger()
    handler = logging.StreamHandler(written)
    handler.setFormatter(next(one.formatter for one in root.handlers if hasattr(one.formatter, "processors")))
    root.addHandler(handler)
    yield written
    root.removeHandler(handler)


class Walker:
    """One of us with a browser and a token, before whom every page is as if it were the first."""

    def __init__(self, made: Scene, role: str) -> None:
        self.http = signed_in(made.staff[role])
        self.http.raise_request_exception = False
        self.cookies = SimpleCookie(self.http.cookies.output(header=""))
        self.token = {"Authorization": f"Bearer {give_token(made.client)}"}

    def open(self, path: str) -> tuple[int, str]:
        """Looked at; what is only for sending is sent without a word, and what that changes is taken back."""
        for method in ("GET", "POST"):
            with transaction.atomic():
                answer = self._ask(method, path)
                said = seen(answer)
                transaction.set_rollback(True)
            self.http.cookies = SimpleCookie(self.cookies.output(header=""))
            if answer.status_code != 405:
                break
        return answer.status_code, said

    def _ask(self, method: str, path: str) -> HttpResponseBase:
        if path.startswith("/api/v1/"):
            return self.http.generic(method, path, "{}", content_type="application/json", headers=self.token)
        return self.http.get(path) if method == "GET" else self.http.post(path, follow=True)


def pages(made: Scene) -> Iterator[tuple[str, str]]:
    """(name, address) of everything, each with the questions that make it speak; what takes a file away is last."""
    for name, template, arguments in sorted(routes(), key=lambda route: route[0].endswith(("-discard", "-remove"))):
        for path in [] if name in NOT_WALKED else paths_of(made, template, arguments):
            yield name, path
            for question in ASKED.get(name, []):
                yield name, f"{path}?{question.format(who=made.who.pk)}"


def expected_of(role: str) -> set[str]:
    """The pages that this role at least must have been shown: those that nobody is shown prove nothing."""
    everything = {name for name, _path, _arguments in routes()} - set(NOT_WALKED)
    return {name for name in everything if BY.get(name, BY.get(name.split(":")[0], Role.SUPERVISOR)) == role}


@pytest.mark.parametrize("role", Role.values)
def test_no_page_file_or_log_line_holds_a_masked_value(role: str, log: io.StringIO) -> None:
    made = scene()
    walker, leaks, faults, answered = Walker(made, role), set(), set(), set()
    for name, path in pages(made):
        status, said = walker.open(path)
        if status not in (403, 404, 405):
            answered.add(name)
        if status >= 500:
            faults.add(path)
        if name not in SHOWN:
            leaks |= {f"{path}: {value}" for value in found_in(said)}
    assert sorted(leaks) == []
    assert sorted(faults) == []
    assert sorted(expected_of(role) - answered) == []
    assert found_in(log.getvalue()) == set()
    assert [one.subject for one in mail.outbox if found_in(str(one.message()))] == []


def test_what_is_not_walked_is_there(db: None) -> None:
    assert (set(NOT_WALKED) | set(SHOWN) | set(ASKED)) - {name for name, _path, _arguments in routes()} == set()


def test_events_say_who_by_id_alone() -> None:
    """They reach every open page, and stay."""
    scene()
    assert [one.kind for one in Event.objects.order_by("pk") if found_in(str(one.facts))] == []


def revealed(http: Client, name: str, *arguments: Any) -> str:
    return seen(http.post(reverse(name, args=arguments), {"reason": "Ibu Zulaikha asks whether it is right."}))


@pytest.mark.parametrize("role", [Role.AGENT, Role.QUALITY, Role.SUPERVISOR])
def test_who_gives_a_reason_sees_the_value(role: str) -> None:
    """The search finds what is there to be found, in the forms in which pages write it."""
    made = scene()
    http, who = signed_in(made.staff[role]), made.who
    number, mail_at = who.contact_points.get(value=NUMBER), who.contact_points.get(value=EMAIL)
    assert found_in(revealed(http, "desk:customer-reveal", who.pk, number.pk)) == {NUMBER[3:]}
    assert found_in(revealed(http, "desk:reveal", made.case.number, mail_at.pk)) == {EMAIL}
    assert found_in(revealed(http, "customers:address-reveal", who.pk, "home")) == {STREET}
    for paper in who.documents.order_by("kind"):
        assert PAPERS[paper.kind] in found_in(revealed(http, "customers:paper-reveal", who.pk, paper.pk))


@pytest.mark.parametrize("role", [Role.DIVISION, Role.ADMINISTRATOR])
def test_who_may_not_reveal_gets_nothing_for_a_reason(role: str) -> None:
    made = scene()
    http, who = signed_in(made.staff[role]), made.who
    for name, *arguments in (
        ("desk:customer-reveal", who.pk, who.contact_points.get(value=NUMBER).pk),
        ("desk:reveal", made.case.number, who.contact_points.get(value=NUMBER).pk),
        ("customers:address-reveal", who.pk, "home"),
        ("customers:paper-reveal", who.pk, who.documents.get(kind="nik").pk),
    ):
        assert found_in(revealed(http, str(name), *arguments)) == set()


@pytest.mark.parametrize(
    ("written", "value"),
    [
        ("+62 812-0000-7731", NUMBER[3:]), ("0812 0000 7731", NUMBER[3:]), ("<b>0812</b>00007731", NUMBER[3:]),
        ("&#43;6281200007731", NUMBER[3:]), ("%2B6281200007731", NUMBER[3:]), ("\\u002b62812.0000.7731", NUMBER[3:]),
        ("zulaikha.qomariyah&#64;example.com", EMAIL), ("zulaikha.qomariyah%40example.com", EMAIL),
        ("Gang Mirah Delima 17", HOUSE), ("23 November 1987", "23 November 1987"), (BORN.isoformat(), "1987-11-23"),
    ],
)  # fmt: skip
def test_a_value_is_found_however_it_is_written(written: str, value: str) -> None:
    assert value in found_in(f"<p>{NAME} {written}</p>")


def test_what_was_refused_goes_back_in_full_to_whoever_brought_it_alone() -> None:
    made = scene()
    load = Load.objects.get(state="done")
    path = reverse("billing:load-refused", args=[load.pk])
    colleague = signed_in(made.staff[Role.ADMINISTRATOR])
    assert found_in(seen(colleague.get(path))) == set()
    Load.objects.filter(pk=load.pk).update(by=made.staff[Role.ADMINISTRATOR])
    assert EMAIL in found_in(seen(colleague.get(path)))
