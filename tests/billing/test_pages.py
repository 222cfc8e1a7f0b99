"""What people see and press: loads, tiers, a customer's bills."""

import datetime as dt
import json
from pathlib import Path

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from crm.billing import months
from crm.billing.loading.running import run_load
from crm.billing.models import Bill, LineMonths, Load, TierScale
from crm.events.models import Event
from tests.billing.files import BILLS, HEAD
from tests.people import a_customer, a_line, a_member

pytestmark = pytest.mark.django_db(transaction=True)
ROW = "0812-0000-0001,B-1,2026-09,125.000,13.750,20/10/2026\n"
TODAY = dt.date.today()  # noqa: DTZ011


@pytest.fixture
def boss(client):
    boss = a_member("Ratna", "supervisor", language="en")
    client.force_login(boss)
    return boss


@pytest.fixture
def line():
    return a_line(a_customer(), "+6281200000001", product="kartuHALO")


def upload(client, text=HEAD + ROW, mapping=BILLS):
    files = {"file": SimpleUploadedFile("b.csv", text.encode()), "own": SimpleUploadedFile("m.toml", mapping.encode())}
    return client.post("/billing/loads/new/", {"known": ""} | files)


def test_a_file_is_looked_at_begun_watched_and_its_refusals_fetched(client, boss, line, monkeypatch):
    begun = []
    monkeypatch.setattr("crm.billing.tasks.run_billing_load.delay", begun.append)
    page = upload(client, HEAD + ROW + "x,B-2,2026-09,1,0,\n")
    load = Load.objects.get()
    assert (page.url, load.state, Bill.objects.count()) == (f"/billing/loads/{load.pk}/", "preview", 0)
    assert "125.000" in client.get(page.url).content.decode()
    for _twice in range(2):
        client.post(f"{page.url}begin/")
    assert set(begun) == {load.pk}
    load.refresh_from_db()
    run_load(load, Path(load.file.path))
    assert "Done" in client.get(f"{page.url}progress/").content.decode()
    refused = b"".join(client.get(f"{page.url}refused.csv").streaming_content).decode("utf-8-sig")
    assert "3,MSISDN,This is no telephone number.,no,x,B-2" in refused
    assert client.get("/billing/loads/").status_code == 200
    assert Bill.objects.get().load == load


def test_a_file_that_the_mapping_does_not_fit_is_refused_and_not_kept(client, boss):
    page = upload(client, "a,b\n1,2\n")
    assert page.status_code == 422
    assert "The heading lacks these columns: MSISDN, No" in page.content.decode()
    assert not Load.objects.exists()


def test_what_was_only_looked_at_is_thrown_away(client, boss, line):
    page = upload(client)
    client.post(f"{page.url}discard/")
    assert not Load.objects.exists()


def test_an_agent_loads_nothing_and_sets_no_tier(client, line):
    client.force_login(a_member())
    for path in ("/billing/loads/", "/billing/loads/new/", "/settings/tiers/", f"/customers/{line.customer_id}/tier/"):
        assert client.get(path).status_code == 403, path
    said = {"tier": "gold", "until": TODAY.isoformat(), "reason": "x"}
    assert client.post(f"/customers/{line.customer_id}/tier/", said).status_code == 403
    assert not line.customer.tier_overrides.exists()
    assert client.get(f"/customers/{line.customer_id}/bills/").status_code == 200


def test_the_page_masks_the_number_and_says_why_this_tier(client, boss, line):
    last = months.last_full(TODAY)
    for place, amount in enumerate((600_000, 500_000, 700_000)):
        line.bills.create(
            customer=line.customer, number=f"B-{place}", month=months.first_day(last - place), net=amount, total=amount
        )
    LineMonths.objects.create(subscription=line, newest=last, first=last - 2, revenue=[600_000, 500_000, 700_000])
    from crm.billing.nightly import value_everybody

    value_everybody(TODAY)
    page = client.get(f"/customers/{line.customer_id}/bills/").content.decode()
    assert "Why Gold" in page
    assert "Rp\u00a0600.000" in page
    assert "from Rp\u00a0500.001" in page
    assert "0000-0001" not in page
    assert "+6281200000001" not in page
    chart = json.loads(page.split('id="value-months" type="application/json">')[1].split("</script>")[0])
    assert chart["amounts"][-3:] == [700_000, 500_000, 600_000]
    assert chart["basis"] == [False] * 9 + [True] * 3
    assert client.get(f"/customers/{line.customer_id}/bills/", headers={"HX-Request": "true"}).status_code == 200


def test_a_supervisor_sets_a_tier_with_reason_and_end_and_takes_it_back(client, boss, line):
    path = f"/customers/{line.customer_id}/tier/"
    wrong = {"tier": "gold", "until": "2020-01-01", "reason": "Janji."}
    assert client.post(path, wrong).status_code == 422
    assert client.post(path, wrong | {"until": TODAY.isoformat(), "reason": " "}).status_code == 422
    assert not line.customer.tier_overrides.exists()
    client.post(path, wrong | {"until": (TODAY + dt.timedelta(days=30)).isoformat()})
    line.customer.refresh_from_db()
    assert (line.customer.tier, line.customer.tier_changes.get().by) == ("gold", boss)
    assert "Janji." in client.get(f"/customers/{line.customer_id}/bills/").content.decode()
    client.post(f"{path}free/")
    line.customer.refresh_from_db()
    assert line.customer.tier == "basic"
    kinds = Event.objects.filter(customer_id=line.customer_id).values_list("kind", flat=True)
    assert {"customer.tier_set", "customer.tier_freed", "customer.tier_changed"} <= set(kinds)


def test_limits_out_of_order_are_refused_and_saved_ones_count(client, boss):
    said = {"platinum_from": 900_000, "gold_from": 400_000, "silver_from": 150_001, "bronze_from": 50_001,
            "margin_percent": 5, "grace_days": 30}  # fmt: skip
    assert client.post("/settings/tiers/", said | {"gold_from": 950_000}).status_code == 422
    assert not TierScale.objects.exists()
    client.post("/settings/tiers/", said)
    assert TierScale.objects.get().gold_from == 400_000
    assert "Rp\u00a0400.000" in client.get("/settings/tiers/").content.decode()
