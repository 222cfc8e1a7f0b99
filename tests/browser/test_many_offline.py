"""The network goes in the middle of a bulk action: nothing is lost, nothing is done twice, and the page says so."""

import re
from typing import Any

import pytest
from playwright.sync_api import expect

from crm.cases.models import Case
from crm.desk.bulk import work
from crm.desk.models import BulkJob
from tests.browser.conftest import PATIENCE
from tests.browser.unheard import arrives_unheard
from tests.people import a_case, a_member, a_team

pytestmark = pytest.mark.django_db(transaction=True)


def test_a_network_that_goes_in_the_middle_of_a_bulk_action_loses_and_doubles_nothing(desk_of: Any, site: str) -> None:
    team = a_team("Social desk", channels=["call"])
    page = desk_of(a_member(teams=(team,)))
    for _ in range(3):
        a_case(team=team)
    page.goto("/desk/?queue=all")
    page.locator("#rows [data-tick]").first.click()
    page.locator("[data-pick-page]").click()
    page.locator("#picked").get_by_role("button", name="Tags").click()
    page.fill("#sheet [name=add]", "dago")

    page.context.set_offline(True)
    page.keyboard.press("Control+Enter")
    expect(page.locator("#toasts")).to_contain_text("No answer from the server", timeout=PATIENCE)
    expect(page.locator("#sheet [name=add]")).to_have_value("dago")
    assert not BulkJob.objects.exists()

    heard: list[str] = []
    page.route(re.compile("/bulk/tag"), arrives_unheard(heard))
    page.context.set_offline(False)
    page.keyboard.press("Control+Enter")
    expect(page.locator("#sheet [name=add]")).to_have_value("dago")
    page.keyboard.press("Control+Enter")
    expect(page.locator("#jobs-now")).to_contain_text("of 3", timeout=PATIENCE)
    assert len(heard) == 1
    job = BulkJob.objects.get()

    page.context.set_offline(True)
    work.run(job.pk)
    assert Case.objects.filter(tags__contains=["dago"]).count() == 3
    page.context.set_offline(False)
    expect(page.locator("#jobs-now")).to_contain_text("3 done", timeout=PATIENCE)
