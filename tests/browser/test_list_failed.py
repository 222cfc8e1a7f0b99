"""The list when it cannot be read: what happened, from when the rows are, and the way back."""

from typing import Any

import pytest
from playwright.sync_api import Page, expect

from crm.cases.models import Case
from tests.people import a_case, a_customer, a_member, a_team

pytestmark = pytest.mark.django_db(transaction=True)
READ = "document.getElementById('queue').dispatchEvent(new CustomEvent('sapa:changed'))"
ROWS = "**/desk/rows/**"


@pytest.fixture
def case(site: str) -> Case:
    team = a_team("Social desk", channels=["call"])
    return Case.objects.get(pk=a_case(customer=a_customer("Rina Maharani"), team=team).pk)


@pytest.fixture
def page(desk_of: Any, case: Case) -> Page:
    opened: Page = desk_of(a_member(teams=(case.team,)))
    opened.goto("/desk/?queue=all")
    return opened


@pytest.mark.parametrize("broken", [lambda route: route.abort(), lambda route: route.fulfill(status=503, body="")])
def test_a_list_that_cannot_be_read_says_so_and_keeps_its_rows_until_it_can(page, case, broken):
    line, row = page.locator("#queue [data-failed]"), page.locator(f"#row-{case.number}")
    page.route(ROWS, broken)
    for _time in range(2):
        with page.expect_request(ROWS):
            page.evaluate(READ)
        expect(line).to_contain_text("The list could not be read")
    expect(line).to_have_count(1)
    expect(page.locator("#rows.stale")).to_contain_text("Rina Maharani")
    assert len(line.locator("time").inner_text()) == len("14:05:51")
    page.unroute(ROWS)
    line.get_by_role("button", name="Try again").click()
    expect(line).to_have_count(0)
    expect(page.locator("#rows.stale")).to_have_count(0)
    expect(row).to_be_visible()
