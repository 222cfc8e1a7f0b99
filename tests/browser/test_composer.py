"""Writing an answer in a browser: two on one case, a network that goes, texts by a slash, and what undo brings back."""

import re
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from crm.cases import actions
from crm.cases.models import Case
from crm.desk.canned.actions import keep_reply
from crm.desk.models import CannedReply, Draft
from crm.messaging.models import Message
from crm.staff.models import User
from tests.browser.conftest import PATIENCE
from tests.browser.unheard import arrives_unheard
from tests.people import a_case, a_customer, a_member, a_team

pytestmark = pytest.mark.django_db(transaction=True)
MINE = "Halo Ibu Rina, mohon maaf. Kami cek sekarang."


@pytest.fixture
def sari(site: str) -> User:
    return a_member(teams=(a_team(channels=["call"]),))


@pytest.fixture
def case(sari: User) -> Case:
    """Rina's call; Sari has it."""
    rina = a_customer("Rina Maharani", email="rina@example.com", honorific="Ibu")
    return actions.assign_case(case=a_case(customer=rina, team=sari.team), assignee=sari, by=sari)


@pytest.fixture
def page(desk_of: Any, sari: User, case: Case) -> Page:
    page: Page = desk_of(sari)
    page.goto(f"/cases/{case.number}/")
    page.select_option("#road", label="E-mail · r•••@example.com")
    return page


def kept(page: Page, text: str) -> None:
    page.fill("#draft", text)
    expect(page.locator("#draft-state")).to_contain_text("Draft saved", timeout=PATIENCE)


def test_two_agents_on_one_case(page, desk_of, case, sari):
    kept(page, MINE)
    bagas = a_member("Bagas Santoso", teams=(sari.team,))
    theirs = desk_of(bagas)
    theirs.goto(f"/cases/{case.number}/")
    expect(theirs.locator("#draft")).to_have_value("")
    theirs.fill("#draft", "Halo Ibu Rina, sinyal sudah pulih.")
    theirs.keyboard.press("Control+Enter")
    expect(page.locator(".msg.out")).to_contain_text("sinyal sudah pulih", timeout=PATIENCE)
    expect(page.locator("#draft")).to_have_value(MINE)

    page.locator("#draft").press("Control+Enter")
    expect(page.locator(".meanwhile")).to_contain_text("Bagas Santoso answered at")
    page.locator("#draft").press("Control+Enter")
    expect(page.locator(".meanwhile")).to_contain_text("sinyal sudah pulih")
    assert Message.objects.count() == 1
    page.get_by_role("button", name="See theirs").click()
    expect(page.locator("#thread article.out")).to_be_focused()
    page.reload()
    expect(page.locator("#draft")).to_have_value(MINE)

    page.locator("#draft").press("Control+Enter")  # it is before them now: nothing to decide
    expect(page.locator("#toasts")).to_contain_text("Going to Rina Maharani")
    assert Message.objects.count() == 2
    page.locator("#case-head h2").click()
    page.keyboard.press("z")
    expect(page.locator("#draft")).to_have_value(MINE)
    assert Message.objects.filter(state="cancelled").count() == 1

    actions.answer_case(case=case, text="Sudah saya jawab.", by=bagas, channel="email", recipient="rina@example.com")
    page.locator("#draft").press("Control+Enter")
    with page.expect_response("**/draft/"):
        page.get_by_role("button", name="Discard mine").click()
    expect(page.locator("#draft")).to_have_value("")
    expect(page.locator(".meanwhile")).to_have_count(0)
    assert not Message.objects.filter(author=sari).exclude(state="cancelled").exists()
    page.reload()
    expect(page.locator("#draft")).to_have_value("")


def test_a_network_that_goes_in_the_middle_of_a_draft_and_of_a_send_loses_and_doubles_nothing(page, case):
    kept(page, "Halo Ibu Rina")
    page.context.set_offline(True)
    page.locator("#draft").press_sequentially(", mohon maaf.")
    expect(page.locator("[data-unsaved]")).to_be_visible(timeout=PATIENCE)
    assert Draft.objects.get().text == "Halo Ibu Rina"
    page.context.set_offline(False)
    expect(page.locator("[data-unsaved]")).to_be_hidden(timeout=PATIENCE)
    assert Draft.objects.get().text == "Halo Ibu Rina, mohon maaf."

    page.context.set_offline(True)
    page.locator("#draft").press("Control+Enter")
    expect(page.locator("[data-unsent]")).to_be_visible(timeout=PATIENCE)
    expect(page.locator("#draft")).to_have_value("Halo Ibu Rina, mohon maaf.")
    assert not Message.objects.exists()
    heard_of: list[str] = []
    page.route("**/answer/", arrives_unheard(heard_of))
    page.context.set_offline(False)
    expect(page.locator("#toasts")).to_contain_text("Going to Rina Maharani", timeout=PATIENCE)
    expect(page.locator("#draft")).to_have_value("")
    assert (len(heard_of), Message.objects.count()) == (1, 1)
    assert not Draft.objects.exists()


def test_a_text_by_a_slash_is_filled_in_sent_and_settled_and_the_next_case_opens(page, case, sari):
    text = "{salam} {nama}, sinyal pulih pukul {jam} di {tempat}."
    keep_reply(reply=CannedReply(shortcut="pulih", title="Pulih", text=text, sharing="own"), by=sari)
    waits = a_case(customer=a_customer("Yoga Prasetya"), team=sari.team)
    actions.assign_case(case=waits, assignee=sari, by=sari)
    page.goto(f"/cases/{case.number}/?queue=mine")
    page.select_option("#road", label="E-mail · r•••@example.com")
    page.locator("#draft").press_sequentially("/pul")
    expect(page.locator("#canned [aria-selected=true]")).to_contain_text("/pulih", timeout=PATIENCE)
    expect(page.locator("#canned .preview mark")).to_have_text(["{jam}", "{tempat}"])
    page.keyboard.press("Enter")
    page.keyboard.press("Control+Enter")
    expect(page.locator("[data-send]")).to_contain_text("Fill in {jam}")
    page.keyboard.type("15.00")
    page.keyboard.press("Tab")
    page.keyboard.type("Dago")
    expect(page.locator("#draft")).to_have_value(said("Ibu Rina, sinyal pulih pukul 15.00 di Dago."))
    page.locator("#guard summary").first.click()
    expect(page.locator("#guard details[open]")).to_contain_text("SOP 4")

    page.locator("#draft").press("Control+Shift+Enter")
    expect(page.locator("#sheet")).to_contain_text("Your answer goes out with it")
    page.keyboard.press("2")
    page.keyboard.press("Control+Enter")
    expect(page.locator("#case")).to_have_attribute("data-number", str(waits.number), timeout=PATIENCE)
    expect(page.locator("#toasts")).to_contain_text("Next: Yoga Prasetya")
    case.refresh_from_db()
    assert (case.state, case.outcome) == ("settled", "explained")
    page.keyboard.press("z")
    expect(page.locator("#case")).to_have_attribute("data-number", str(case.number), timeout=PATIENCE)
    expect(page.locator("#draft")).to_have_value(said("sinyal pulih pukul 15.00"))
    case.refresh_from_db()
    assert (case.state, Message.objects.get().state) == ("open", "cancelled")


def said(words: str) -> Any:
    return re.compile(re.escape(words))
