"""A customer writes by the form, an agent answers, the customer reads it by the link and writes again."""

import re
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread
from typing import Any

import pytest
from django.core.cache import cache
from playwright.sync_api import Page, expect
from pytest_django import Settings

from crm.cases.models import Case
from crm.messaging.models import Message
from crm.messaging.outbox import send_due
from crm.staff.models import User
from crm.web import tokens
from tests.browser.conftest import PATIENCE
from tests.browser.test_axe import findings
from tests.people import a_member, a_team

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def sari(site: str) -> User:
    return a_member(teams=(a_team("Social desk", channels=["web"]),))


@pytest.fixture
def customer(browser: Any, site: str, settings: Settings, monkeypatch: pytest.MonkeyPatch) -> Any:
    """`customer()` is a phone in somebody's hand; nobody types as fast as a test."""
    settings.SITE_URL = site
    cache.clear()  # what others sent before counts
    monkeypatch.setattr(tokens, "QUICKEST", tokens.dt.timedelta())
    contexts = []

    def phone(**shape: Any) -> Page:
        shape = {"viewport": {"width": 390, "height": 844}, "locale": "en-US"} | shape
        contexts.append(browser.new_context(base_url=site, **shape))
        page = contexts[-1].new_page()
        page.set_default_timeout(PATIENCE)
        return page

    yield phone
    for context in contexts:
        context.close()


def fill_in(page: Page, address: str = "/help/") -> None:
    page.goto(address)
    page.get_by_label("Something does not work").check()
    page.fill("textarea", "Sinyal di rumah hilang sejak pagi.")
    page.get_by_label("Ibu").check()
    page.fill("input[name=name]", "Rina Maharani")
    page.fill("input[name=email]", "rina@example.com")
    page.get_by_label("By e-mail").check()
    page.check("input[name=consent]")


@pytest.fixture
def _pressed_and_gone(monkeypatch: pytest.MonkeyPatch) -> None:
    """An answer leaves at once: the undo seconds have tests of their own."""
    monkeypatch.setattr("crm.cases.actions.answering.UNDO_SECONDS", 0)


@pytest.mark.usefixtures("_pressed_and_gone")
def test_from_the_form_to_the_desk_to_the_status_page_and_back(customer, desk_of, sari):
    desk = desk_of(sari)
    desk.goto("/desk/?queue=unassigned")
    phone = customer()
    fill_in(phone)
    phone.get_by_role("button", name="Send").click()
    expect(phone.get_by_role("heading", name="Thank you, Ibu Rina Maharani")).to_be_visible()
    number = phone.locator(".number").inner_text().lstrip("#")

    row = desk.locator(f"#row-{number}")
    expect(row).to_contain_text("Rina Maharani")
    row.locator("a").click()
    expect(desk.locator("#thread")).to_contain_text("Sinyal di rumah hilang sejak pagi.")
    desk.fill("#draft", "Halo Ibu Rina, mohon maaf. Kami cek sekarang.")
    desk.keyboard.press("Control+Enter")
    expect(desk.locator(".msg.out").last).to_contain_text("Kami cek sekarang.")
    send_due(batches=5)
    assert Message.objects.get(channel="web").state == "sent"

    phone.get_by_role("link", name="Follow your case").click()
    expect(phone.locator(".talk")).to_contain_text("Kami cek sekarang.")
    expect(phone.locator(".talk .ours")).to_contain_text("Sari")
    expect(phone.locator(".promises")).to_contain_text("in time.")
    phone.fill("textarea", "Sekarang sudah ada, tapi lambat.")
    phone.get_by_role("button", name="Send").click()
    expect(phone.get_by_text("Your message is with us.")).to_be_visible()
    expect(desk.locator("#thread")).to_contain_text("Sekarang sudah ada, tapi lambat.", timeout=PATIENCE)

    phone.get_by_role("button", name="Yes, it is solved").click()
    expect(phone.get_by_role("heading", name="Settled")).to_be_visible()
    expect(desk.locator("#case-head")).to_contain_text("Settled: Solved", timeout=PATIENCE)


def test_without_javascript_and_pressed_twice(customer, sari):
    phone = customer(java_script_enabled=False)
    fill_in(phone)
    phone.get_by_role("button", name="Send").dblclick()
    expect(phone.locator(".number")).to_be_visible()
    assert Case.objects.count() == 1


def test_on_a_phone_the_promise_stands_above_the_form(customer, sari):
    phone = customer()
    phone.goto("/help/")
    expect(phone.get_by_text("15 minutes")).to_be_in_viewport()
    expect(phone.get_by_role("link", name="Bahasa Indonesia")).to_be_in_viewport()


def test_what_is_missing_is_named_and_leads_to_its_field(customer, sari):
    phone = customer()
    fill_in(phone)
    phone.fill("input[name=name]", "")
    phone.get_by_role("button", name="Send").click()
    summary = phone.locator("[data-summary]")
    expect(summary).to_be_focused()
    expect(summary).to_contain_text("Tell us your name")
    expect(phone.locator("textarea")).to_have_value("Sinyal di rumah hilang sejak pagi.")
    summary.get_by_role("link", name="Your name").click()
    expect(phone.locator("input[name=name]")).to_be_focused()
    assert not Case.objects.exists()


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_nothing_stands_in_the_way_of_anybody(customer, sari, theme):
    page = customer(color_scheme=theme, bypass_csp=True, reduced_motion="reduce")
    fill_in(page)
    page.fill("input[name=email]", "")
    page.get_by_role("button", name="Send").click()
    found = {"form with errors": findings(page)}
    fill_in(page)
    page.get_by_role("button", name="Send").click()
    expect(page.locator(".number")).to_be_visible()
    found["confirmation"] = findings(page)
    page.get_by_role("link", name="Follow your case").click()
    expect(page.locator(".talk")).to_be_visible()
    found["status"] = findings(page)
    page.goto("/status/none/")
    found["no link"] = findings(page)
    assert {name: wrong for name, wrong in found.items() if wrong} == {}


def test_the_agents_copy_of_the_link_opens_the_page(customer, desk_of, sari):
    phone = customer()
    fill_in(phone)
    phone.get_by_role("button", name="Send").click()
    number = phone.locator(".number").inner_text().lstrip("#")
    desk = desk_of(sari)
    desk.goto(f"/cases/{number}/")
    desk.click("button[popovertarget=case-menu]")
    desk.get_by_role("menuitem", name="Status link").click()
    link = desk.locator("#status-link").input_value()
    desk.get_by_role("button", name="New link").click()
    expect(desk.locator("#status-link")).not_to_have_value(link)
    phone.goto(re.sub(r"^https?://[^/]+", "", link))
    expect(phone.get_by_role("heading", name="This link opens nothing")).to_be_visible()
    phone.goto(re.sub(r"^https?://[^/]+", "", desk.locator("#status-link").input_value()))
    expect(phone.locator(".talk")).to_contain_text("Sinyal di rumah hilang sejak pagi.")


AROUND = """<!doctype html><title>Shop</title><iframe id="care" src="{site}/help/embed/" height="200"></iframe>
<script>addEventListener("message", (said) => {{ document.getElementById("care").height = said.data.sapaHeight; }});
</script>"""


@pytest.fixture
def shop(site: str) -> Iterator[str]:
    """Another site, whose page has our form in a frame; its origin. No cookie of ours is let into that."""

    class Shop(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self.send_response(200)
            self.send_header("Content-Type", "text/html")
            self.end_headers()
            self.wfile.write(AROUND.format(site=site).encode())

        def log_message(self, *_said: Any) -> None:
            """Quiet."""

    with ThreadingHTTPServer(("127.0.0.1", 0), Shop) as server:
        Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://localhost:{server.server_port}"
        server.shutdown()


def test_in_a_frame_on_the_operators_own_site_it_works_without_cookies(customer, sari, shop, settings):
    settings.FORM_EMBED_ORIGINS = [shop]
    page = customer(viewport={"width": 900, "height": 900})
    page.goto(shop)
    frame = page.frame_locator("#care")
    frame.get_by_label("I have a question").check()
    frame.locator("textarea").fill("Bisa pindah paket?")
    frame.locator("input[name=name]").fill("Rina")
    frame.locator("input[name=msisdn]").fill("0812 0000 4471")
    frame.get_by_label("By a call").check()
    frame.locator("input[name=consent]").check()
    expect(page.locator("#care")).not_to_have_attribute("height", "200")
    frame.get_by_role("button", name="Send").click()
    expect(frame.locator(".number")).to_be_visible()
    assert page.context.cookies() == []
    assert Case.objects.get().preview == "Bisa pindah paket?"


def test_another_site_cannot_frame_it(customer, sari, shop, settings):
    settings.FORM_EMBED_ORIGINS = ["https://www.operator.example"]
    page = customer()
    with page.expect_console_message(lambda said: "frame-ancestors" in said.text):
        page.goto(shop)
    assert page.frame_locator("#care").locator("textarea").count() == 0
