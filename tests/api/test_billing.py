"""Single facts from the billing system."""

import pytest

from crm.api.actions import create_client
from crm.api.models import Scope
from crm.billing.models import Bill, LineMonths, Payment, TopUp, Usage
from tests.api.people import Caller, give_token, wrong_fields
from tests.people import a_customer, a_line

pytestmark = pytest.mark.django_db
BILLS, PAYMENTS, TOP_UPS, USAGE = (f"/api/v1/{name}" for name in ("bills", "payments", "top-ups", "usage"))
BILL = {"line": "0812-0000-0001", "number": "B-1", "month": "2026-09", "net": 125_000, "tax": 13_750}


@pytest.fixture
def line():
    return a_line(a_customer(), "+6281200000001", product="kartuHALO")


@pytest.fixture
def billing(client, administrator, line):
    system = create_client(name="Billing", scopes=[Scope.BILLING_WRITE], channel="", by=administrator)[0]
    return Caller(client, give_token(system))


def test_a_bill_is_told_once_and_corrected_by_its_number(billing, line):
    first, again = (billing.post(BILLS, BILL) for _ in range(2))
    assert (first.status_code, again.status_code) == (201, 200)
    assert first.json() == again.json()
    assert first.json()["customer"] == line.customer_id
    assert billing.post(BILLS, BILL | {"net": 100_000}).status_code == 200
    assert (Bill.objects.get().total, LineMonths.objects.get().revenue[0]) == (113_750, 100_000)


def test_the_same_key_is_answered_once(billing):
    first, again = (billing.post(BILLS, BILL, Idempotency_Key="k-1") for _ in range(2))
    assert (again.status_code, again["Idempotent-Replayed"], again.json()) == (201, "true", first.json())


def test_payments_top_ups_and_usage_reach_the_line(billing, line):
    billing.post(BILLS, BILL)
    paid = {"line": line.msisdn, "reference": "P-1", "amount": 138_750, "paid_on": "2026-10-02", "bill": "B-1"}
    bought = {"line": line.msisdn, "reference": "T-1", "amount": 50_000, "bought_on": "2026-10-02"}
    used = {"line": line.msisdn, "month": "2026-10", "megabytes": "1024.50", "charged": -5_000}
    for path, said in ((PAYMENTS, paid), (TOP_UPS, bought), (USAGE, used)):
        assert billing.post(path, said).status_code == 201, path
    assert billing.post(USAGE, used | {"megabytes": "2048"}).status_code == 200
    assert Payment.objects.get().bill == Bill.objects.get()
    assert (TopUp.objects.get().subscription, Usage.objects.get().megabytes) == (line, 2048)
    assert LineMonths.objects.get().revenue[:2] == [-5_000, 125_000]


@pytest.mark.parametrize(
    ("path", "change", "wrong"),
    [
        (BILLS, {"month": "10/2026"}, {"month": "invalid"}),
        (BILLS, {"month": "2062-01"}, {"month": "future"}),
        (BILLS, {"net": "banyak"}, {"net": "invalid"}),
        (BILLS, {"line": "0812-0000-0099"}, {"line": "unknown"}),
        (BILLS, {"line": "halo"}, {"line": "bad_number"}),
        (BILLS, {"nett": 1}, {"nett": "unknown"}),
    ],
)
def test_what_is_wrong_is_named_and_keeps_nothing(billing, path, change, wrong):
    answer = billing.post(path, BILL | change)
    assert (answer.status_code, wrong_fields(answer)) == (400, wrong)
    assert answer["Content-Type"] == "application/problem+json"
    assert not Bill.objects.exists()


def test_a_number_that_another_lines_bill_has_is_refused(billing, line):
    billing.post(BILLS, BILL)
    a_line(a_customer("Budi"), "+6281200000002", product="kartuHALO")
    answer = billing.post(BILLS, BILL | {"line": "0812-0000-0002"})
    assert wrong_fields(answer) == {"number": "taken"}
    assert Bill.objects.get().subscription == line


def test_a_client_without_the_scope_tells_nothing(caller, line):
    assert caller.post(BILLS, BILL).status_code == 403
    assert not Bill.objects.exists()
