"""Every page by keyboard alone."""

from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Page

from crm.staff.models import Role, User
from tests.browser.test_axe import ADMINISTRATORS, SUPERVISORS, address, boss  # noqa: F401  a fixture
from tests.people import a_member

pytestmark = pytest.mark.django_db(transaction=True)
MORE = 12  # presses beyond the number of things to reach: what comes up meanwhile, the browser's own stop
WALK = (Path(__file__).parent / "walk.js").read_text()


def by_tab(page: Page) -> dict[str, list[str]]:
    """What Tab never reaches, and where one cannot see the focus."""
    number = page.evaluate(WALK)
    assert number > 3, "an empty page"
    for _press in range(number + MORE):
        page.keyboard.press("Tab")
    found: dict[str, list[str]] = page.evaluate("endOfWalk()")
    return {name: wrong for name, wrong in found.items() if wrong}


def test_every_page_can_be_walked_with_the_keyboard(desk_of: Any, boss: User) -> None:  # noqa: F811
    yosef = a_member("Yosef Kurniawan", Role.ADMINISTRATOR)
    assert walked(desk_of, boss, SUPERVISORS) | walked(desk_of, yosef, ADMINISTRATORS) == {}


def walked(desk_of: Any, user: User, pages: tuple[str, ...]) -> dict[str, dict[str, list[str]]]:
    page = desk_of(user, bypass_csp=True, reduced_motion="reduce", viewport={"width": 1440, "height": 900})
    found = {}
    for name in pages:
        page.goto(address(name))
        if wrong := by_tab(page):
            found[name] = wrong
    return found
