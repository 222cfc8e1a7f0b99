"""A supervisor widens a rule, sees what it would have made, saves it, has it evaluated and finds the task."""

import datetime as dt

import pytest
from playwright.sync_api import expect

from caring.defaults import ensure_programme
from caring.models import ContactPolicy, Stage
from caring.tasks import evaluate_now
from crm.staff.models import Role
from tests.browser.conftest import PATIENCE
from tests.caring.people import TODAY, a_bill, a_subscriber
from tests.people import a_member, a_team

pytestmark = pytest.mark.django_db(transaction=True)
TEN_DAYS = dt.timedelta(days=10)


@pytest.fixture
def ratna(site):
    ensure_programme()
    ContactPolicy.objects.update(hold_out_per_mille=0)
    a_bill(a_subscriber(), due=TODAY + TEN_DAYS)
    return a_member("Ratna Kusumaningrum", Role.SUPERVISOR, teams=(a_team("Care"),))


def test_a_rule_is_simulated_saved_and_evaluated(desk_of, ratna, monkeypatch):
    monkeypatch.setattr("caring.views.runs.evaluate.delay", evaluate_now)
    page = desk_of(ratna, viewport={"width": 1440, "height": 1000})
    page.goto("/caring/programme/")
    page.get_by_role("link", name="Before suspension").click()
    page.get_by_role("link", name="Change").click()
    page.locator("[name=w0c0-value]").fill("12")
    page.get_by_role("button", name="Simulate").click()
    simulation = page.locator("#simulation")
    expect(simulation).to_contain_text("Rina Maharani", timeout=PATIENCE)
    expect(simulation.locator(".chip.info")).to_have_count(1)
    page.locator("[name=w0c0-value]").fill("11")
    expect(simulation.locator(".older")).to_be_visible()

    page.locator("#w0").get_by_role("button", name="Add a condition").click()
    conditions = page.locator("#w0-conditions .cond")
    expect(conditions).to_have_count(5)
    conditions.last.locator("select[name$=-field]").select_option("amount")
    conditions.last.locator("input[name$=-value].num").fill("100.000")
    page.get_by_role("button", name="Save as a new version").click()
    expect(page.locator("#id_why_error")).to_be_visible()
    page.locator("[name=why]").fill("Sebelas hari supaya sempat membayar")
    page.get_by_role("button", name="Save as a new version").click()
    expect(page.locator(".rule")).to_contain_text("Pays: Postpaid, of at least 100.000 rupiah")
    assert Stage.objects.get(pk=12).version.number == 2

    page.goto("/caring/runs/")
    page.get_by_role("button", name="Evaluate now").click()
    expect(page.locator("#runs")).to_contain_text("Asked for")
    page.goto("/caring/programme/")
    page.locator("article", has_text="Before suspension").get_by_role("link", name="1 due").click()
    expect(page.locator("tbody tr")).to_have_count(1)
    expect(page.locator("tbody tr")).to_contain_text("Rina Maharani")
