"""Every page, light and dark, under axe-core (WCAG 2.2 AA)."""

import datetime as dt
from pathlib import Path
from typing import Any

import pytest
from django.urls import get_resolver, reverse
from django.utils import timezone
from playwright.sync_api import Page

from crm.cases import actions
from crm.cases.models import Breach, Case, SlaPolicy
from crm.cases.sweep import sweep
from crm.staff.models import Role, User
from tests.people import a_case, a_customer, a_member, a_team

pytestmark = pytest.mark.django_db(transaction=True)
AXE = (Path(__file__).resolve().parents[2] / "node_modules" / "axe-core" / "axe.min.js").read_text()
RUN = "axe.run(document, {runOnly: ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa']})"
# By who opens them. A page is "room:name", with its query if it has one, or one of the addresses below.
SUPERVISORS = (
    "desk:desk", "desk:desk?queue=all", "desk:desk?queue=waiting", "a case", "a case without an answer", "desk:new",
    "desk:notifications", "desk:breaches", "a breach", "desk:escalations", "desk:settings", "desk:policies",
    "a draft of a policy", "staff:people", "staff:invite", "staff:profile", "staff:password_change", "staff:shifts",
    "staff:sign_ins", "reports:sla", "reports:sla-cases", "social:imports", "social:import-new", "messaging:outbox",
    "messaging:letters",
)  # fmt: skip
ADMINISTRATORS = ("api:clients", "api:new-client", "staff:second_step_add")
STRANGERS = ("staff:login", "staff:password_reset", "staff:password_sent")
DIALOGS = ("assign", "escalate", "wait", "settle", "edit", "link", "merge", "cancel", "policy")
# Fragments of a page, files, redirects, forms that only post, and the API's own reader.
NO_PAGES = {
    "desk:home", "desk:rows", "desk:strip", "desk:bell", "desk:find-customer", "desk:notifications-read",
    "desk:policy-new", "reports:home", "staff:logout", "staff:presence", "staff:language", "staff:theme",
    "staff:second_step", "staff:company", "staff:company_callback", "staff:sign_out_elsewhere",
    "staff:second_step_remove", "staff:history", "api:token", "api:revoke-token", "api:schema", "api:docs",
}  # fmt: skip


@pytest.fixture
def boss(site: str) -> User:
    """A supervisor of a team that has one of everything."""
    team = a_team("Social desk", channels=["call"])
    ratna = a_member("Ratna Kusumaningrum", Role.SUPERVISOR, teams=(team,))
    rina = a_customer("Rina Maharani", email="rina@example.com", msisdn="+6281200004471", tier="gold", city="Bandung")
    a_case(timezone.now() - dt.timedelta(hours=1), customer=rina, team=team)
    a_case(timezone.now() - dt.timedelta(minutes=11), team=team)
    talked = a_case(timezone.now() - dt.timedelta(hours=2), customer=rina, team=team)
    sweep()
    actions.assign_case(case=talked, by=ratna, assignee=ratna)
    actions.answer_case(case=talked, text="Halo Ibu Rina.", by=ratna, channel="email", recipient="rina@example.com")
    actions.add_note(case=talked, text="Sektor 3 menurun.", by=ratna)
    SlaPolicy.objects.create(version=2)
    actions.wait_for(case=talked, waiting_for="customer", by=ratna)
    return ratna


def address(page: str) -> str:
    case, late = Case.objects.exclude(assignee=None).get(), Breach.objects.order_by("pk").first()
    special = {
        "a case": f"/cases/{case.number}/",
        "a case without an answer": f"/cases/{Case.objects.filter(state='new').first().number}/",
        "a breach": f"/breaches/{late.pk}/",
        "a draft of a policy": "/settings/policies/2/",
    }
    name, _question, query = page.partition("?")
    return special.get(page) or reverse(name) + (f"?{query}" if query else "")


def findings(page: Page) -> list[str]:
    page.wait_for_timeout(150)  # fonts, first fragments
    page.evaluate(AXE)
    return [f"{one['id']}: {one['nodes'][0]['html'][:200]}" for one in page.evaluate(RUN)["violations"]]


def walk(page: Page, pages: tuple[str, ...]) -> dict[str, list[str]]:
    found = {}
    for name in pages:
        answer = page.goto(address(name))
        found[name] = findings(page) if answer and answer.ok else [f"status {answer and answer.status}"]
    return {name: wrong for name, wrong in found.items() if wrong}


@pytest.mark.parametrize("theme", ["light", "dark"])
@pytest.mark.parametrize("width", [1440, 390])
def test_a_supervisors_pages_have_no_barrier(desk_of, boss, theme, width):
    page = desk_of(boss, theme, bypass_csp=True, viewport={"width": width, "height": 900}, reduced_motion="reduce")
    assert walk(page, SUPERVISORS) == {}


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_an_administrators_and_a_strangers_pages_have_no_barrier(desk_of, boss, theme):
    page = desk_of(a_member("Yosef Kurniawan", Role.ADMINISTRATOR), theme, bypass_csp=True, reduced_motion="reduce")
    assert walk(page, ADMINISTRATORS) == {}
    page.context.clear_cookies()
    assert walk(page, STRANGERS) == {}


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_the_dialogs_of_a_case_have_no_barrier(desk_of, boss, theme):
    page = desk_of(boss, theme, bypass_csp=True, reduced_motion="reduce")
    page.goto(address("a case"))
    found = {}
    for slug in DIALOGS:
        page.evaluate(f"htmx.ajax('GET', location.pathname + 'act/{slug}/', '#sheet')")
        page.wait_for_selector("#sheet[open] form")
        found[slug] = findings(page)
        page.keyboard.press("Escape")
    assert {slug: wrong for slug, wrong in found.items() if wrong} == {}


def named_pages(patterns: Any, prefix: str = "") -> set[str]:
    """Every address that has a name and asks for nothing."""
    found = set()
    for pattern in patterns:
        if hasattr(pattern, "url_patterns"):
            if pattern.namespace != "admin":
                found |= named_pages(pattern.url_patterns, f"{pattern.namespace}:" if pattern.namespace else prefix)
        elif pattern.name and not pattern.pattern.converters and not pattern.pattern.regex.groups:
            found.add(f"{prefix}{pattern.name}")
    return found


def test_no_page_is_left_out():
    known = {page.partition("?")[0] for page in (*SUPERVISORS, *ADMINISTRATORS, *STRANGERS)}
    rooms = {"desk", "staff", "reports", "social", "messaging"}
    pages = {page for page in named_pages(get_resolver().url_patterns) if page.partition(":")[0] in rooms}
    assert pages - NO_PAGES - known == set()
