"""A morning at a counter in a browser: the queue comes by itself, keys find the customer, what is typed stays."""

import pytest
from playwright.sync_api import expect

from crm.visits.models import Visit
from tests.browser.conftest import PATIENCE
from tests.people import a_customer
from tests.visits.people import a_clerk, a_visitor

pytestmark = pytest.mark.django_db(transaction=True)


def test_the_queue_comes_by_itself_and_one_hand_serves_it(desk_of, site):
    a_customer("Bambang Sutrisno", msisdn="+6281200007718", honorific="Bapak")
    screen = desk_of(a_clerk())
    screen.goto("/counter/")
    screen.fill("input[name=number]", "3")
    screen.get_by_role("button", name="Open", exact=True).click()
    expect(screen.locator("#front")).to_contain_text("Nobody is at your counter")
    for key in "0812":
        screen.locator(f"[data-keys] [data-key='{key}']").click()
    a_visitor(purpose="card", note="kartu hilang")
    expect(screen.locator(".q-next")).to_contain_text("A-001", timeout=PATIENCE)
    expect(screen.locator("#dial")).to_have_value("0812")
    screen.get_by_role("button", name="Call A-001").click()
    screen.get_by_role("button", name="Is here").click()
    for key in "081200007718":
        screen.locator(f"[data-keys] [data-key='{key}']").click()
    screen.get_by_role("button", name="Bambang Sutrisno").click(timeout=PATIENCE)
    expect(screen.locator("#front")).to_contain_text("Bapak Bambang Sutrisno")
    screen.get_by_role("button", name="Verify identity").click()
    screen.get_by_label("I compared name and face").check()
    screen.get_by_role("button", name="I have seen it").click()
    expect(screen.locator("#acts")).to_contain_text("NIK seen")
    screen.get_by_role("button", name="Register a case").click()
    expect(screen.get_by_label("What the customer says")).to_have_value("kartu hilang")
    screen.get_by_role("button", name="Open the case").click()
    expect(screen.locator(".v-steps .done")).to_have_count(5)
    screen.get_by_role("button", name="Done", exact=True).click()
    expect(screen.locator("#front")).to_contain_text("Nobody is at your counter")
    assert Visit.objects.get().outcome == "case"
