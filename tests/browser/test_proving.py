"""A handle is linked to the customer behind it, and parted again, under an agent's hands."""

from typing import Any

import pytest
from playwright.sync_api import Page, expect

from crm.cases import actions
from crm.cases.models import Case
from crm.customers.models import ContactPoint, Customer
from crm.staff.models import Team
from tests.people import a_customer, a_member, a_team

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def team(site: str) -> Team:
    return a_team("Social desk", channels=["x"])


@pytest.fixture
def case(team: Team) -> Case:
    a_customer("Rina Maharani", msisdn="+6281200004471", tier="gold", city="Bandung", honorific="Ibu")
    nobody = Customer.objects.create()
    ContactPoint.objects.create(customer=nobody, kind="handle", network="x", value="rinamhrn")
    said = {"channel": "x", "account": "sapa_care"}
    text = "@sapa_care sinyal di Dago hilang dari pagi."
    case = actions.open_case(
        customer=nobody, team=team, text=text, kind="question", is_public=True, external_id="1", **said
    )
    actions.add_interaction(case=case, direction="in", text="Nomor saya 0812-0000-4471", external_id="2", **said)
    return Case.objects.get(pk=case.pk)


@pytest.fixture
def page(desk_of: Any, team: Team, case: Case) -> Page:
    opened: Page = desk_of(a_member(teams=(team,)))
    opened.goto(f"/cases/{case.number}/?queue=all")
    return opened


def test_the_agent_sees_who_it_is_links_and_takes_it_back(page, case):
    person = page.locator("#person")
    expect(person.locator("h2")).to_have_text("@rinamhrn")
    person.get_by_role("button", name="Identity proven…").click()
    page.locator("#sheet").get_by_label("+62 812-••••-4471").check()
    page.locator("#sheet").get_by_role("button", name="Identity proven").click()
    expect(page.locator("#sheet")).to_contain_text("Rina Maharani")
    expect(page.locator("#sheet")).to_contain_text("1 case, this one")
    page.locator("#sheet").get_by_role("button", name="Yes, that is them").click()
    expect(person.locator("h2")).to_contain_text("Rina Maharani")
    expect(page.locator("#thread")).to_contain_text("identity proven in private")
    expect(page.locator("#sheet")).to_be_hidden()

    page.get_by_role("button", name="More actions").click()
    page.get_by_role("menuitem", name="History, holders, pauses").click()
    page.locator("#sheet").get_by_role("button", name="Take back").click()
    page.locator("#sheet").get_by_text("Part the handle from Rina Maharani again?").wait_for()
    page.locator("#sheet").get_by_role("button", name="Take back").click()
    expect(person.locator("h2")).to_have_text("@rinamhrn")
    assert not Case.objects.get(pk=case.pk).customer.name
