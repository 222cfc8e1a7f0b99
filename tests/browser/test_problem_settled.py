"""A supervisor and a fault of forty customers: proposed, made one problem, solved, and everybody told."""

import datetime as dt

import pytest
from django.urls import reverse
from django.utils import timezone
from playwright.sync_api import expect

from crm.cases import actions
from crm.cases.gathering import propose_problems
from crm.cases.models import Case, Category, Problem, SlaClock
from crm.messaging.models import Message
from crm.staff.models import Role, Team, User
from tests.people import a_case, a_customer, a_member, a_team
from tests.processes import celery_worker

pytestmark = pytest.mark.django_db(transaction=True)
WROTE, CALLED = 36, 4
A_MINUTE = 60_000


@pytest.fixture
def team(site: str) -> Team:
    return a_team("Social desk", channels=["email"])


@pytest.fixture
def ratna(team: Team) -> User:
    return a_member("Ratna Kusumaningrum", Role.SUPERVISOR, teams=(team,))


@pytest.fixture
def forty(team: Team, ratna: User) -> Problem:
    """Thirty-six wrote by mail; four called, of whom two were answered. One of them all is late already."""
    slow = Category.objects.create(code="lambat", name="Data lambat", name_en="Slow data")
    now = timezone.now()
    for number in range(WROTE + CALLED):
        who = a_customer(f"Rina{number} Maharani", email=f"rina{number}@example.com")
        channel = "email" if number < WROTE else "call"
        at = now - (dt.timedelta(minutes=20) if number == 0 else dt.timedelta(minutes=5))
        case = a_case(at, customer=who, team=team, channel=channel, category=slow, place="Dago", text="Sinyal hilang")
        if number >= WROTE + 2:
            actions.add_interaction(case=case, direction="out", channel="call", text="Kami periksa", by=ratna)
    propose_problems()
    return Problem.objects.get()


def test_a_problem_with_forty_cases_is_settled_at_once(desk_of, ratna, forty):
    page = desk_of(ratna)
    page.goto(reverse("desk:proposal", args=[forty.number]))
    expect(page.get_by_role("heading", name="40 similar cases, Dago: one problem?")).to_be_visible()
    page.get_by_label("What is wrong").fill("Slow data Dago")
    page.get_by_role("button", name="Make one problem").click()

    page.get_by_role("link", name="It is solved").click()
    expect(page.locator("#copies")).to_contain_text("36 get it")
    expect(page.locator("#copies")).to_contain_text("4 do not")
    page.get_by_label("What was wrong, and what was done").fill("Sektor 3 diperbaiki")
    text = page.get_by_label("Message to the customers")
    text.fill("Halo , sinyal di Dago sudah pulih.")
    text.evaluate("field => field.setSelectionRange(5, 5)")
    page.get_by_role("button", name="How we call the customer").click()
    expect(page.locator("#copies")).to_contain_text("Halo Rina0, sinyal di Dago sudah pulih.")

    page.get_by_role("button", name="Settle and tell all").click()
    expect(page.get_by_role("button", name="Take back")).to_be_visible()
    with celery_worker("bulk", "--pool=solo"):
        expect(page.locator("#jobs")).to_contain_text("38 of 40 done", timeout=A_MINUTE)
    expect(page.locator("#jobs")).to_contain_text("2 were not done")

    assert Case.objects.filter(state="settled", settlement="Sektor 3 diperbaiki").count() == WROTE + 2
    assert Message.objects.filter(body__startswith="Halo Rina").count() == WROTE
    verdicts = SlaClock.objects.filter(kind="response", case__state="settled").order_by("case")
    assert list(verdicts.values_list("verdict", flat=True)) == ["missed"] + ["met"] * (WROTE + 1)

    page.get_by_role("link", name="To be called 4").click()
    page.get_by_role("button", name="Called").first.click()
    expect(page.get_by_role("link", name="To be called 3")).to_be_visible()
