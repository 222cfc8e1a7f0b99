"""The two days of the programme: an agent's from call to call, and a supervisor's from a rule to its tasks."""

import datetime as dt

import pytest
from django.db import transaction
from django.utils import timezone
from playwright.sync_api import expect

from caring.defaults import ensure_programme
from caring.models import ContactPolicy, Stage, Task
from caring.tasks import evaluate_now
from crm.cases.models import Case
from crm.customers.models import Customer
from crm.events.actions import record
from crm.staff.models import Role
from tests.browser.conftest import PATIENCE
from tests.caring.people import TODAY, a_bill, a_subscriber, a_task
from tests.people import a_member, a_team

pytestmark = pytest.mark.django_db(transaction=True)
TEN_DAYS = dt.timedelta(days=10)


@pytest.fixture
def sari(site):
    ensure_programme()
    ContactPolicy.objects.update(hold_out_per_mille=0, quiet_from=dt.time(3), quiet_until=dt.time(3))
    return a_member("Sari Wulandari", teams=(a_team("Care"),))


@pytest.fixture
def ratna(site):
    ensure_programme()
    ContactPolicy.objects.update(hold_out_per_mille=0)
    a_bill(a_subscriber(), due=TODAY + TEN_DAYS)
    return a_member("Ratna Kusumaningrum", Role.SUPERVISOR, teams=(a_team("Care"),))


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


def test_what_the_programme_begins_appears_in_the_open_worklist_beside_the_open_task(desk_of, sari):
    first = a_task(13)
    page = desk_of(sari, viewport={"width": 1440, "height": 900})
    page.goto(f"/caring/work/{first.pk}/")
    with transaction.atomic():
        second = a_task()
        record("caring.begun", subject=second, made=1)
    rows = page.locator("#work-list tbody tr")
    expect(rows).to_have_count(2, timeout=PATIENCE)
    expect(page.locator("#work-list tr.on")).to_have_count(1)


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
