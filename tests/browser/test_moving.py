"""From the public into a private message, under an agent's hands."""

from typing import Any

import pytest
from playwright.sync_api import Page, expect

from crm.cases.models import Case
from crm.customers.models import ContactPoint
from crm.messaging import channels
from crm.messaging.models import Message
from tests.browser.conftest import PATIENCE
from tests.desk.network import Network
from tests.people import a_case, a_customer, a_member, a_team

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture(autouse=True)
def network(monkeypatch: pytest.MonkeyPatch) -> Network:
    made = Network()
    made.link = "https://x.example/messages/compose?recipient_id=2244994945"
    monkeypatch.setitem(channels._adapters, "x", made)
    return made


@pytest.fixture
def case(site: str) -> Case:
    team = a_team("Social desk", channels=["x"])
    rina = a_customer("Rina Maharani")
    ContactPoint.objects.create(customer=rina, kind="handle", network="x", value="rinamhrn")
    said = {"account": "sapa_care", "is_public": True, "external_id": "100", "conversation": "100"}
    return Case.objects.get(pk=a_case(customer=rina, team=team, channel="x", **said).pk)


@pytest.fixture
def page(desk_of: Any, case: Case) -> Page:
    opened: Page = desk_of(a_member(teams=(case.team,)))
    opened.goto(f"/cases/{case.number}/?queue=all")
    return opened


def test_one_press_invites_and_turns_the_composer_to_private(page):
    expect(page.locator("#composer")).to_have_attribute("data-way", "public")
    page.fill("#draft", "Nomor Ibu berapa?")
    page.get_by_role("button", name="Move to direct message").click()
    expect(page.locator(".msg.out.public")).to_contain_text("recipient_id=2244994945")
    expect(page.locator("#composer")).to_have_attribute("data-way", "private")
    expect(page.locator("#draft")).to_have_value("Nomor Ibu berapa?")
    page.locator("#case-head h2").click()
    page.keyboard.press("z")
    expect(page.locator(".msg.voided")).to_contain_text("does not count")
    assert Message.objects.get().state == "cancelled"


def test_the_invitation_is_read_and_changed_first(page):
    page.get_by_role("button", name="Read or change the invitation first").click()
    page.fill("#invitation", "a" * 281)
    expect(page.locator("#invite-length")).to_contain_text("1 too long", timeout=PATIENCE)
    page.locator("#sheet").get_by_role("button", name="Send").click()
    expect(page.locator("#sheet")).to_contain_text("At most 280 characters fit.")
    page.fill("#invitation", "Bu Rina, lanjut lewat DM ya.")
    page.keyboard.press("Control+Enter")
    expect(page.locator("#sheet")).to_be_hidden()
    expect(page.locator(".msg.out.public")).to_contain_text("lanjut lewat DM ya.")
    expect(page.locator("#composer")).to_have_attribute("data-way", "private")
