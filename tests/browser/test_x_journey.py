"""A complaint on X from the customer's page to the settlement, seen from both ends."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, expect
from pytest_django import Settings

from crm.cases.models import Case
from crm.messaging import channels
from crm.messaging.models import Message
from tests.browser.conftest import PATIENCE
from tests.people import a_member, a_team
from tests.processes import message_worker
from tests.simulators.x import XSimulator, x_simulator
from tests.social.x import connect

pytestmark = pytest.mark.django_db(transaction=True)
SENDING = 30_000  # milliseconds: the undo seconds, and what a busy machine takes


@pytest.fixture
def x(site: str, settings: Settings, tmp_path: Path) -> Iterator[XSimulator]:
    """X, connected to the served product: its webhook, a worker that takes in and sends."""
    settings.SITE_URL = site
    with x_simulator(tmp_path) as running, message_worker(SITE_URL=site):
        channels.get("x").check(connect(running))
        yield running


@pytest.fixture
def rina(browser: Browser, x: XSimulator) -> Iterator[Page]:
    """Rina's X, on her telephone."""
    context = browser.new_context(locale="en-US")
    page = context.new_page()
    page.set_default_timeout(PATIENCE)
    page.goto(x.url)
    page.fill("#username", "rinamhrn")
    page.fill("#name", "Rina Maharani")
    page.get_by_role("button", name="Be this person").click()
    yield page
    context.close()


READ = 4_500  # milliseconds after which the desk takes it that what came in was read (static/js/composer.js)


def say(page: Page, way: str, text: str) -> None:
    page.click(f"#composer [data-way-of={way}]")
    page.fill("#draft", text)
    page.keyboard.press("Control+Enter")
    expect(page.locator("#thread")).to_contain_text(text)


def test_a_mention_is_answered_in_public_moved_to_private_and_settled_before_the_customers_eyes(
    desk_of: Any, rina: Page, x: XSimulator
) -> None:
    team = a_team(channels=["x"])
    desk: Page = desk_of(a_member("Sari Wulandari", teams=(team,)))
    desk.goto("/desk/?queue=unassigned")
    rina.fill("#say", "Sinyal di Dago hilang dari pagi")
    rina.locator("#composer").get_by_role("button", name="Post").click()
    row = desk.locator("#rows .case")
    expect(row).to_contain_text("Sinyal di Dago hilang", timeout=PATIENCE)
    row.click()
    say(desk, "public", "Halo, mohon maaf atas kendalanya. Kami cek sekarang ya.")
    expect(rina.locator(".xs-post.ours")).to_contain_text("Kami cek sekarang", timeout=SENDING)

    desk.get_by_role("button", name="Move to direct message").click()
    expect(rina.locator(".xs-post.ours")).to_have_count(2, timeout=SENDING)
    rina.fill("#whispered", "Nomor saya 0812-0000-4471, di Dago atas")
    rina.locator("#whisper").get_by_role("button", name="Send").click()
    expect(desk.locator("#thread .msg.in.private")).to_contain_text("di Dago atas", timeout=PATIENCE)
    desk.wait_for_timeout(READ)
    say(desk, "private", "Terima kasih Kak. Sektor 3 sudah diperbaiki, nomor 0812-0000-4471 aktif lagi.")
    expect(rina.locator(".xs-line:not(.mine)")).to_contain_text("Sektor 3 sudah diperbaiki", timeout=SENDING)

    desk.locator("#case-head h2").click()
    desk.keyboard.press("s")
    desk.locator("#sheet textarea").fill("Sektor diperbaiki.")
    desk.locator("#sheet").get_by_role("button", name="Settle, stay here").click()
    expect(desk.locator("#case-head")).to_contain_text("Settled: Solved")

    case = Case.objects.get()
    assert list(case.clocks.values_list("verdict", flat=True)) == ["met", "met", "met"]
    assert set(Message.objects.values_list("state", flat=True)) == {"sent"}
    assert [one["text"].endswith("Kami cek sekarang ya.") for one in x.our_posts()] == [True, False]
    assert len(x.messages_with("rinamhrn")) == 2
