"""Files under an agent's hands: chosen, dropped, pasted; sent, taken back, and still there."""

import base64
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from crm.cases.models import Case
from crm.messaging import channels
from crm.messaging.models import Message
from crm.staff.models import Team, User
from crm.timeline.models import Attachment
from tests.browser.conftest import PATIENCE
from tests.desk.network import Network
from tests.desk.test_files import PAPER, PICTURE
from tests.people import a_case, a_customer, a_member, a_team

pytestmark = pytest.mark.django_db(transaction=True)
GIVE = """([base64, name, type, how]) => {
  const bytes = Uint8Array.from(atob(base64), (letter) => letter.charCodeAt(0)), data = new DataTransfer();
  data.items.add(new File([bytes], name, { type }));
  const to = document.getElementById("draft"), fate = { bubbles: true, cancelable: true };
  to.dispatchEvent(how === "paste" ? new ClipboardEvent("paste", { ...fate, clipboardData: data })
                                   : new DragEvent("drop", { ...fate, dataTransfer: data }));
}"""


@pytest.fixture(autouse=True)
def mail(monkeypatch: pytest.MonkeyPatch) -> Network:
    made = Network()
    monkeypatch.setitem(channels._adapters, "email", made)
    return made


@pytest.fixture
def team(site: str) -> Team:
    return a_team("Social desk", channels=["email"])


@pytest.fixture
def sari(team: Team) -> User:
    return a_member(teams=(team,))


@pytest.fixture
def case(team: Team, settings: Any, tmp_path: Any) -> Case:
    settings.MEDIA_ROOT = tmp_path
    rina = a_customer("Rina Maharani", email="rina@example.com")
    return Case.objects.get(pk=a_case(customer=rina, team=team, channel="email").pk)


@pytest.fixture
def page(desk_of: Any, sari: User, case: Case) -> Page:
    opened: Page = desk_of(sari)
    opened.goto(f"/cases/{case.number}/?queue=all")
    return opened


def give(page: Page, how: str, content: bytes, name: str, kind: str) -> None:
    page.evaluate(GIVE, [base64.b64encode(content).decode(), name, kind, how])


def test_chosen_dropped_and_pasted_files_go_out_and_come_back_when_taken_back(page):
    page.locator("[data-pick]").set_input_files([{"name": "layar.png", "mimeType": "image/png", "buffer": PICTURE}])
    give(page, "drop", PAPER, "tagihan.pdf", "application/pdf")
    give(page, "paste", PICTURE, "image.png", "image/png")
    chips = page.locator("#files .file-chip")
    expect(chips).to_have_count(3, timeout=PATIENCE)
    chips.filter(has_text="tagihan.pdf").get_by_role("button").click()
    expect(chips).to_have_count(2)
    page.reload()
    expect(chips).to_have_count(2)

    page.fill("#draft", "Halo Ibu Rina, ini gambarnya.")
    page.keyboard.press("Control+Enter")
    expect(page.locator(".msg.out .picture img")).to_have_count(2)
    expect(chips).to_have_count(0)
    page.locator("#case-head h2").click()
    page.keyboard.press("z")
    expect(chips).to_have_count(2)
    expect(page.locator("#draft")).to_have_value("Halo Ibu Rina, ini gambarnya.")
    assert Message.objects.get().state == "cancelled"
    assert Attachment.objects.filter(interaction=None).count() == 2


def test_what_is_not_taken_is_said_beside_what_is(page):
    page.locator("[data-pick]").set_input_files(
        [
            {"name": "virus.exe", "mimeType": "application/x-msdownload", "buffer": b"MZ\x90\x00"},
            {"name": "layar.png", "mimeType": "image/png", "buffer": PICTURE},
        ]
    )
    expect(page.locator("#files .file-chip")).to_have_count(1, timeout=PATIENCE)
    expect(page.locator("#files .wrong")).to_contain_text("virus.exe: Files of this type are not taken.")


def test_pasted_text_stays_text(page):
    page.evaluate("""() => {
      const data = new DataTransfer();
      data.setData("text/plain", "12");
      data.items.add(new File(["x"], "cells.png", { type: "image/png" }));
      const pasted = new ClipboardEvent("paste", { bubbles: true, cancelable: true, clipboardData: data });
      document.getElementById("draft").dispatchEvent(pasted);
      window.wasTaken = pasted.defaultPrevented;
    }""")
    assert page.evaluate("window.wasTaken") is False
    expect(page.locator("#uploading li")).to_have_count(0)


def test_the_counter_and_the_ways_follow_what_is_chosen(page, mail):
    mail.max_length = 30
    mail.closed[False] = "The window closed yesterday. Answer in public."
    page.locator(".seg [data-way-of=public]").click()
    expect(page.locator("#composer")).to_have_attribute("data-way", "public")
    page.fill("#draft", "Halo Ibu Rina, sudah kami cek ya.")
    expect(page.locator("#length")).to_contain_text("3 too long")
    page.locator(".seg [data-way-of=private]").click()
    expect(page.locator("#standing")).to_contain_text("The window closed yesterday.")
    expect(page.locator("#draft")).to_be_hidden()
    page.locator("#standing").get_by_role("button", name="Answer in public").click()
    expect(page.locator("#draft")).to_have_value("Halo Ibu Rina, sudah kami cek ya.")
