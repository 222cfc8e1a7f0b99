"""How long data is kept: set on screen, taken away at night, and what must stay stays."""

import datetime as dt
import re

import pytest
from django.db import transaction
from django.urls import reverse
from django.utils import timezone

from crm.cases.actions import add_interaction, settle_case
from crm.cases.defaults import ensure_policy
from crm.cases.models import Case
from crm.customers.restricting import restrict
from crm.lib import retaining
from crm.privacy import retention
from crm.privacy.asking import open_request
from crm.privacy.errors import PeriodMoved, PeriodTooShort, ReasonMissing
from crm.privacy.models import RetentionPeriod, RetentionRun
from crm.privacy.retention import retain, set_period, would_go
from crm.privacy.tasks import retain_data
from crm.staff.models import Role
from crm.timeline.attachments import keep_file
from crm.timeline.models import Attachment, Interaction
from crm.visits.models import Visit
from tests.connections import somebody_else
from tests.people import a_case, a_customer, a_member, a_team
from tests.visits.people import an_office

pytestmark = pytest.mark.django_db
NOW = timezone.now()
TODAY = NOW.date()
LONG_AGO = NOW - dt.timedelta(days=500)


@pytest.fixture(autouse=True)
def team():
    ensure_policy()
    return a_team()


@pytest.fixture
def sari(team):
    return a_member("Sari Wulandari", Role.AGENT, teams=(team,))


@pytest.fixture
def yosef(team):
    return a_member("Yosef Tanaya", Role.ADMINISTRATOR, language="en")


@pytest.fixture
def files(settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path
    return tmp_path


def ended(sari, *, at=LONG_AGO, name="Rina Maharani"):
    case = a_case(at, customer=a_customer(name), team=sari.team, by=sari)
    answered = at + dt.timedelta(minutes=5)
    add_interaction(case=case, direction="out", channel="call", text="Sudah diperbaiki.", by=sari, at=answered)
    case.refresh_from_db()
    settle_case(case=case, outcome="solved", by=sari, at=answered)
    return case


def said(case):
    return list(Interaction.objects.filter(customer=case.customer).order_by("pk").values_list("text", flat=True))


def keeps(kind, days, by, after=0):
    return set_period(rule=retaining.rule(kind), after=after, days=days, why="UU PDP pasal 16.", by=by)


def test_what_nobody_set_a_period_for_is_kept_for_ever(sari):
    old = ended(sari)
    before = said(old)
    assert retain(TODAY, at=NOW) == 0
    assert said(old) == before
    assert not RetentionRun.objects.exists()


def test_texts_older_than_the_period_go_and_that_there_was_a_contact_stays(sari, yosef):
    old, new = ended(sari), ended(sari, at=NOW - dt.timedelta(days=20), name="Agus Salim")
    kept, clocks = said(new), list(old.clocks.order_by("pk").values())
    keeps("contacts", 400, yosef)

    assert would_go(retaining.rule("contacts"), 400, now=NOW) == retain(TODAY, at=NOW) == 2

    assert said(old) == ["", ""]
    assert said(new) == kept
    assert list(old.clocks.order_by("pk").values()) == clocks
    run = RetentionRun.objects.get()
    assert (run.kind, run.day, run.days, run.removed, run.finished_at is None) == ("contacts", TODAY, 400, 2, False)


def test_a_second_run_of_the_night_takes_nothing(sari, yosef):
    ended(sari)
    keeps("contacts", 400, yosef)
    assert [retain(TODAY, at=NOW), retain(TODAY, at=NOW), retain_data()] == [2, 0, 0]


def test_a_night_goes_by_ranges_and_one_that_was_killed_goes_on(sari, yosef, monkeypatch):
    cases = [ended(sari, name=name) for name in ("Rina Maharani", "Agus Salim", "Budi Santoso")]
    keeps("contacts", 400, yosef)
    whole, ranges = retention._retain_range, iter(range(2))
    monkeypatch.setattr(
        retention, "_retain_range", lambda *args: whole(*args) if next(ranges, None) is not None else 1 / 0
    )
    with pytest.raises(ZeroDivisionError):
        retain(TODAY, at=NOW, size=2)
    assert (RetentionRun.objects.get().removed, RetentionRun.objects.get().finished_at) == (4, None)

    monkeypatch.undo()
    assert retain(TODAY, at=NOW, size=2) == 2
    assert RetentionRun.objects.get().removed == 6
    assert [said(case) for case in cases] == [["", ""]] * 3


@pytest.mark.django_db(transaction=True)
def test_of_two_workers_one_passes_by(sari, yosef):
    old = ended(sari)
    before = said(old)
    keeps("contacts", 400, yosef)
    RetentionRun.objects.create(kind="contacts", day=TODAY, days=400, before=NOW, started_at=NOW)
    with transaction.atomic(), somebody_else() as does:
        RetentionRun.objects.select_for_update().get()
        assert does(retain, TODAY, at=NOW).result(20) == 0
    assert said(old) == before


def hold_by_a_case(case, sari):
    a_case(NOW, customer=case.customer, by=sari)


def hold_by_restriction(case, sari):
    restrict(customer=case.customer, reason="Digugat.", by=sari)


def hold_by_a_request(case, sari):
    asked = open_request(customer=case.customer, kind="access", words="Saya minta.", channel="counter", by=sari)
    Case.objects.filter(pk=asked.case_id).update(state="settled", settled_at=NOW)


@pytest.mark.parametrize("hold", [hold_by_a_case, hold_by_restriction, hold_by_a_request])
def test_nothing_goes_of_a_customer_on_whom_something_is_held(sari, yosef, hold):
    old, free = ended(sari), ended(sari, name="Agus Salim")
    hold(old, sari)
    before = said(old)
    keeps("contacts", 400, yosef)
    retain(TODAY, at=NOW)
    assert said(old) == before
    assert said(free) == ["", ""]


def test_files_leave_the_disk(sari, yosef, files, django_capture_on_commit_callbacks):
    old = ended(sari)
    kept = keep_file(
        content=b"Sinyal hilang.", name="keluhan.txt", interaction=old.customer.interactions.earliest("pk")
    )
    keeps("files", 100, yosef)
    with django_capture_on_commit_callbacks(execute=True):
        assert retain(TODAY, at=NOW) == 1
    assert not Attachment.objects.exists()
    assert not (files / kept.file.name).exists()


def test_what_a_visitor_without_a_record_said_goes_too(sari, yosef):
    visit = Visit.objects.create(
        office=an_office(), day=LONG_AGO.date(), series="A", number=1, note="Rina, soal tagihan", arrived_at=LONG_AGO,
        ended_at=LONG_AGO, state="left",
    )  # fmt: skip
    keeps("visits", 100, yosef)
    assert [retain(TODAY, at=NOW), retain(TODAY + dt.timedelta(days=1), at=NOW)] == [1, 0]
    visit.refresh_from_db()
    assert (visit.note, visit.arrived_at) == ("—", LONG_AGO)


def test_a_period_made_longer_in_the_night_stops_what_is_still_to_go(sari, yosef):
    old = ended(sari)
    before = said(old)
    keeps("contacts", 400, yosef)
    RetentionRun.objects.create(
        kind="contacts", day=TODAY, days=400, before=NOW - dt.timedelta(days=400), started_at=NOW
    )
    keeps("contacts", 900, yosef, after=1)
    assert retain(TODAY, at=NOW) == 0
    assert said(old) == before


@pytest.mark.parametrize("kind", [rule.kind for rule in retaining.rules()])
def test_every_rule_counts_and_takes_from_an_empty_database(kind, yosef):
    rule = retaining.rule(kind)
    keeps(kind, rule.shortest, yosef)
    assert retain(TODAY, at=NOW) == 0


@pytest.mark.parametrize(
    ("fields", "why"),
    [
        ({"days": 365}, PeriodTooShort),
        ({"why": " "}, ReasonMissing),
        ({"after": 3}, PeriodMoved),
    ],
)
def test_a_period_that_cannot_be_set_changes_nothing(yosef, fields, why):
    asked = {"rule": retaining.rule("contacts"), "after": 0, "days": 400, "why": "UU PDP", "by": yosef} | fields
    with pytest.raises(why):
        set_period(**asked)
    assert not RetentionPeriod.objects.exists()


def test_an_administrator_counts_first_then_sets_and_sees_who_when_and_why(client, sari, yosef):
    ended(sari)
    client.force_login(yosef)
    address = reverse("privacy:retention-kind", args=["contacts"])

    counted = client.post(address, {"after": 0, "unit": "months", "number": 14, "count": 1}).content.decode()
    assert re.search(r"Rows that would go today: <b class=\"num\">\s*2\s*</b>", counted)
    assert not RetentionPeriod.objects.exists()

    assert client.post(address, {"after": 0, "unit": "months", "number": 14, "why": "UU PDP"}).status_code == 302
    assert "14 months" in client.get(reverse("privacy:retention")).content.decode()
    history = client.get(address).content.decode()
    assert "UU PDP" in history
    assert "Yosef Tanaya" in history


def test_too_short_a_period_says_so_beside_the_number(client, yosef):
    client.force_login(yosef)
    asked = {"after": 0, "unit": "days", "number": 30, "why": "UU PDP"}
    answer = client.post(reverse("privacy:retention-kind", args=["contacts"]), asked)
    assert answer.status_code == 422
    assert "Keep it for 366 days at least." in answer.content.decode()
    assert not RetentionPeriod.objects.exists()


def test_nobody_but_an_administrator_sets_periods(client, team):
    client.force_login(a_member("Ratna Kusuma", Role.SUPERVISOR, teams=(team,)))
    address = reverse("privacy:retention-kind", args=["contacts"])
    assert client.get(reverse("privacy:retention")).status_code == 403
    assert client.post(address, {"after": 0, "unit": "ever", "why": "UU PDP"}).status_code == 403
    assert not RetentionPeriod.objects.exists()
