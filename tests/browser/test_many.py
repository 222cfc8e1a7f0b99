"""Many cases at once under an agent's hands: ticks stay, the work goes on in the background, undo brings all back."""

from typing import Any

import pytest
from django.db import connection
from playwright.sync_api import Page, expect

from crm.cases import actions
from crm.cases.models import Case
from crm.desk.models import BulkJob
from crm.staff.models import Team, User
from tests.browser.conftest import PATIENCE
from tests.people import a_case, a_member, a_team
from tests.processes import celery_worker

pytestmark = pytest.mark.django_db(transaction=True)
MANY = 5_000
A_MINUTE = 240_000  # milliseconds: five thousand acts, on a machine that does other things too

COPY = """
INSERT INTO cases_case ({columns})
SELECT {columns} FROM cases_case, generate_series(2, %s) WHERE cases_case.id = %s
"""


@pytest.fixture
def team(site: str) -> Team:
    return a_team("Social desk", channels=["call"])


@pytest.fixture
def sari(team: Team) -> User:
    return a_member(teams=(team,))


@pytest.fixture
def page(desk_of: Any, sari: User) -> Page:
    return desk_of(sari, viewport={"width": 1440, "height": 900})  # type: ignore[no-any-return]


def copy_of(case: Case, many: int) -> None:
    """As many cases altogether, by one statement."""
    fields = [field.column for field in Case._meta.concrete_fields if field.column not in ("id", "number")]
    with connection.cursor() as cursor:
        cursor.execute(COPY.format(columns=", ".join(fields)), [many, case.pk])


def tick(page: Page, at: int) -> Any:
    return page.locator("#rows [data-tick]").nth(at)


def test_ticks_scroll_and_focus_stay_while_rows_come_in(page, team, sari):
    for _ in range(4):
        a_case(team=team)
    page.goto("/desk/?queue=all")
    tick(page, 1).click()
    tick(page, 3).click(modifiers=["Shift"])
    expect(page.locator("[data-pick-said]")).to_have_text("3 chosen")
    page.locator("#rows .case").nth(2).focus()
    held = page.evaluate("document.activeElement.dataset.case")
    new = Case.objects.get(pk=a_case(team=team).pk)
    expect(page.locator(f"#row-{new.number}")).to_be_visible(timeout=PATIENCE)
    assert [tick(page, at).is_checked() for at in range(5)] == [False, True, True, True, False]
    assert page.evaluate("document.activeElement.dataset.case") == held
    page.keyboard.press("x")
    expect(page.locator("[data-pick-said]")).to_have_text("2 chosen")


def test_five_thousand_are_tagged_in_the_background_and_all_given_back(page, team, sari):
    first = Case.objects.get(pk=a_case(team=team).pk)
    copy_of(first, MANY)
    actions.edit_case(case=first, by=sari, tags=["vip"])
    page.goto("/desk/?queue=all")
    tick(page, 0).click()
    page.locator("[data-pick-page]").click()
    page.get_by_role("button", name="Choose all 999+ that match").click()
    page.locator("#picked").get_by_role("button", name="Tags").click()
    expect(page.locator("#sheet")).to_contain_text("5.000 cases")
    page.fill("#sheet [name=add]", "dago")
    page.keyboard.press("Control+Enter")
    expect(page.locator("#jobs-now")).to_contain_text("of 5.000")
    expect(page.locator("#picked")).to_be_hidden()
    with celery_worker("bulk", "--pool=solo"):
        expect(page.locator("#jobs-now")).to_contain_text("5.000 done", timeout=A_MINUTE)
        assert Case.objects.filter(tags__contains=["dago"]).count() == MANY
        foreign = Case.objects.order_by("-pk").first()
        actions.edit_case(case=foreign, by=a_member("Dimas", teams=(team,)), tags=["lain"])
        page.locator("#jobs-now").get_by_role("button", name="Undo").click()
        expect(page.locator("#jobs-now")).to_contain_text("4.999 given back", timeout=A_MINUTE)
    expect(page.locator("#jobs-now")).to_contain_text("1 left as they are")
    assert not Case.objects.filter(tags__contains=["dago"]).exists()
    assert (Case.objects.get(pk=first.pk).tags, Case.objects.get(pk=foreign.pk).tags) == (["vip"], ["lain"])
    assert BulkJob.objects.get().state == "undone"


def test_a_view_is_saved_pinned_and_opened(page, team):
    a_case(team=team, priority="urgent")
    page.goto("/desk/?queue=all&priority=urgent")
    page.get_by_role("button", name="Save as a view").click()
    page.fill("#sheet [name=name]", "Mendesak")
    page.keyboard.press("Enter")
    expect(page.locator(".queues [aria-current]")).to_contain_text("Mendesak")
    page.click("[popovertarget=views-menu]")
    page.get_by_role("button", name="Unpin Mendesak").click()
    expect(page.get_by_role("button", name="Pin Mendesak", exact=True)).to_be_visible()


def test_z_snoozes_until_a_digit_and_the_row_is_gone(page, team):
    case = Case.objects.get(pk=a_case(team=team).pk)
    page.goto(f"/cases/{case.number}/?queue=all")
    page.locator("#case-head h2").click()
    page.keyboard.press("z")
    expect(page.locator("#sheet")).to_contain_text("Until the customer answers")
    page.keyboard.press("1")
    expect(page.locator("#case-head")).to_contain_text("Snoozed until")
    expect(page.locator(f"#row-{case.number}")).to_have_count(0, timeout=PATIENCE)
    actions.add_interaction(case=case, direction="in", channel="call", text="Halo?")
    expect(page.locator(f"#row-{case.number}")).to_be_visible(timeout=PATIENCE)
