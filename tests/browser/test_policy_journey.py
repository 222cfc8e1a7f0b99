"""A policy changed with its preview: drafted, tried on what happened, published by a second person, then in force."""

import datetime as dt

import pytest
from django.utils import timezone
from playwright.sync_api import Page, expect

from crm.cases import actions
from crm.cases.models import SlaPolicy
from crm.staff.models import Role
from tests.browser.conftest import PATIENCE
from tests.people import a_case, a_member, a_team

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def ratna(site):
    """With a Gold customer's case that was answered after twelve minutes, two days ago."""
    team = a_team("Social desk", channels=["call"])
    ratna = a_member("Ratna Kusumaningrum", Role.SUPERVISOR, teams=(team,))
    at = timezone.now() - dt.timedelta(days=2)
    case = a_case(at, team=team, tier="gold")
    later = at + dt.timedelta(minutes=12)
    actions.add_interaction(case=case, direction="out", channel="call", text="Baik.", by=ratna, at=later)
    return ratna


def promise_gold_ten_minutes(page: Page) -> None:
    page.locator("[data-adds=targets]").click()
    row = page.locator("#targets-rows > tr").last
    row.locator("select[name$=tier]").select_option("gold")
    row.locator("input[name$=response_seconds]").fill("10")
    row.locator("input[name$=resolution_seconds]").fill("72")


def test_a_policy_is_tried_before_it_is_saved_and_published_by_another(desk_of, ratna):
    hendro = a_member("Hendro Wibisono", Role.SUPERVISOR, teams=tuple(ratna.teams.all()))
    page = desk_of(ratna, viewport={"width": 1440, "height": 1000})
    page.goto("/settings/policies/")
    page.get_by_role("button", name="Change: open a draft").click()
    promise_gold_ten_minutes(page)
    page.get_by_role("button", name="What would have happened?").click()
    expect(page.locator("#whatif .if-lead")).to_contain_text("1 more", timeout=PATIENCE)
    assert SlaPolicy.objects.get(version=2).targets.count() == 2
    page.get_by_role("button", name="Save draft").click()
    expect(page.locator("#targets-rows")).to_contain_text("new")
    expect(page.get_by_role("button", name="Publish as saved")).to_have_count(0)
    page.get_by_role("button", name="Ask Hendro Wibisono to publish").click()
    expect(page.locator("body")).to_contain_text("Asked: Hendro Wibisono")

    theirs = desk_of(hendro, viewport={"width": 1440, "height": 1000})
    theirs.goto("/settings/policies/2/")
    theirs.locator("#whatif .if-turns a").first.click()
    expect(theirs.locator("tbody tr")).to_have_count(1)
    theirs.go_back()
    theirs.get_by_role("button", name="Publish as saved").click()
    expect(theirs.locator(".chip.ok")).to_contain_text("In force")
    reply = a_case(tier="gold").clocks.get(kind="response")
    assert (reply.policy.version, reply.target_seconds) == (2, 600)
