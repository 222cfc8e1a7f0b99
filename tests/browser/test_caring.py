"""An agent takes the next task, calls, says with a key what came of it, and the next one opens."""

import datetime as dt

import pytest
from django.utils import timezone
from playwright.sync_api import expect

from caring.defaults import ensure_programme
from caring.models import ContactPolicy, Task
from crm.cases.models import Case
from crm.customers.models import Customer
from tests.browser.conftest import PATIENCE
from tests.caring.people import a_task
from tests.people import a_member, a_team

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def sari(site):
    ensure_programme()
    ContactPolicy.objects.update(hold_out_per_mille=0, quiet_from=dt.time(3), quiet_until=dt.time(3))
    return a_member("Sari Wulandari", teams=(a_team("Care"),))


def test_from_the_worklist_by_a_call_to_the_next(desk_of, sari):
    first, second = a_task(13), a_task()
    Customer.objects.filter(pk=second.customer_id).update(name="Yoga Prasetya")
    Task.objects.filter(pk=first.pk).update(occurred_at=timezone.now() - dt.timedelta(days=1), due_at=timezone.now())
    page = desk_of(sari, viewport={"width": 1440, "height": 900})
    page.goto("/caring/")
    page.get_by_role("button", name="Take the next").click()
    expect(page.get_by_role("link", name="Call", exact=True)).to_have_attribute(
        "href", f"tel:{first.subscription.msisdn}", timeout=PATIENCE
    )
    page.fill("#out-note", "Akan bayar besok.")
    page.locator("#task-h").click()
    page.keyboard.press("1")
    expect(page.locator(".who-card")).to_contain_text("Yoga Prasetya", timeout=PATIENCE)
    page.keyboard.press("6")
    page.fill("#out-words", "Sinyal di rumah hilang.")
    page.get_by_role("button", name="Open the case").click()
    expect(page.get_by_text("Nothing to be done here")).to_be_visible(timeout=PATIENCE)
    assert list(Task.objects.order_by("pk").values_list("state", "outcome")) == [
        ("done", "reached"),
        ("done", "needs_case"),
    ]
    assert Case.objects.get().assignee == sari
