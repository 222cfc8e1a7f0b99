"""Live updates begin late, die and come back: the page says so, keeps what is typed, and misses nothing."""

import subprocess
from typing import Any
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import expect
from pytest_django import Settings

from crm.desk.models import Draft
from tests.browser.conftest import PATIENCE
from tests.people import a_case, a_member, a_team
from tests.processes import live_process

pytestmark = pytest.mark.django_db(transaction=True)
SILENCE = 10_000  # milliseconds without a sign after which live.js says so


def test_a_killed_live_process_is_seen_costs_no_draft_and_when_it_is_back_nothing_was_missed(
    desk_of: Any, site: str, live: subprocess.Popen[bytes], settings: Settings
) -> None:
    team = a_team()
    case = a_case(team=team)
    page = desk_of(a_member(teams=(team,)))
    page.clock.install()
    with page.expect_event("request", lambda request: request.url.startswith(settings.LIVE_URL)):
        page.goto(f"/cases/{case.number}/?queue=all")
    banner = page.locator("#live-banner")
    seen = a_case(team=team)
    expect(page.locator(f"#row-{seen.number}")).to_be_visible(timeout=PATIENCE)
    expect(banner).to_be_hidden()

    live.kill()
    live.wait(10)
    missed = a_case(team=team)
    page.clock.fast_forward(SILENCE)
    expect(banner).to_contain_text("Live updates stopped", timeout=PATIENCE)
    page.fill("#draft", "Halo Ibu Rina, sedang kami cek.")
    expect(page.locator("#draft-state")).to_contain_text("Draft saved", timeout=PATIENCE)
    assert Draft.objects.get().text == "Halo Ibu Rina, sedang kami cek."

    with live_process(urlsplit(settings.LIVE_URL).port or 0, site):
        expect(banner).to_be_hidden(timeout=PATIENCE)
        expect(page.locator(f"#row-{missed.number}")).to_be_visible(timeout=PATIENCE)
        new = a_case(team=team)
        expect(page.locator(f"#row-{new.number}")).to_be_visible(timeout=PATIENCE)
        expect(page.locator("#draft")).to_have_value("Halo Ibu Rina, sedang kami cek.")


@pytest.mark.parametrize("tab", ["the only one", "a second one", "the first, which leads, beside a second one"])
def test_what_happens_while_a_page_is_loading_appears_in_each_tab(desk_of: Any, tab: str) -> None:
    team = a_team()
    page = desk_of(a_member(teams=(team,)))
    if tab != "the only one":
        page.goto("/desk/?queue=all")
        second = page.context.new_page()
        if tab == "a second one":
            page = second
        else:
            second.goto("/desk/?queue=all")
    opened = []

    def meanwhile(route: Any) -> None:
        opened.append(a_case(team=team))
        route.continue_()

    page.route("**/live.js*", meanwhile)
    page.goto("/desk/?queue=all")
    for case in opened:
        expect(page.locator(f"#row-{case.number}")).to_be_visible(timeout=PATIENCE)
    assert len(opened) == 1
