"""Provisioning tells how lines and service orders stand."""

import pytest

from crm.api.actions import create_client
from crm.api.models import Scope
from crm.customers.models import NumberChange, ServiceOrder, Subscription
from tests.api.people import Caller, give_token, wrong_fields
from tests.people import a_customer, a_line

pytestmark = pytest.mark.django_db
LINES, ORDERS = "/api/v1/lines", "/api/v1/service-orders"
ORDER = {"reference": "SO-1", "kind": "installation", "line": "0812-0000-0001", "remark": "Rumah pagar hijau"}


@pytest.fixture
def line():
    return a_line(a_customer("Rina"), "+6281200000001", product="kartuHALO", state_since="2026-01-01T00:00Z")


@pytest.fixture
def provisioning(client, administrator, line):
    scopes = [Scope.LINES_READ, Scope.LINES_WRITE]
    return Caller(client, give_token(create_client(name="OSS", scopes=scopes, channel="", by=administrator)[0]))


def test_a_lines_state_is_told_and_read_masked(provisioning, line):
    answer = provisioning.post(f"{LINES}/{line.pk}/state", {"state": "isolir"})
    assert (answer.status_code, answer.json()["state"]) == (200, "isolir")
    told = provisioning.get(f"{LINES}?msisdn=081200000001").json()["items"]
    assert told == [provisioning.get(f"{LINES}/{line.pk}").json()]
    assert told[0]["number"] == "+62 812-••••-0001"


@pytest.mark.parametrize(
    ("path", "said", "refused"),
    [
        ("state", {"state": "installed"}, (409, {"state": "wrong_state"})),
        ("state", {"state": "rusak"}, (400, {"state": "invalid_choice"})),
        ("state", {"state": "due", "at": "2099-01-01T00:00:00+07:00"}, (400, {"at": "future"})),
        ("number", {"number": "halo"}, (400, {"number": "bad_number"})),
        ("number", {"number": "0812-0000-0002"}, (409, {"number": "number_taken"})),
        ("registration", {"state": "registered", "reference": "R-1"}, (400, {"state": "not_prepaid"})),
    ],
)
def test_what_cannot_be_is_refused_and_changes_nothing(provisioning, line, path, said, refused):
    a_line(line.customer, "+6281200000002")
    answer = provisioning.post(f"{LINES}/{line.pk}/{path}", said)
    assert (answer.status_code, wrong_fields(answer)) == refused
    line.refresh_from_db()
    assert (line.state, line.msisdn, line.registration) == ("active", "+6281200000001", "")


def test_a_changed_number_is_found_by_both(provisioning, line):
    said = {"number": "0812-0000-0003", "reference": "SO-9"}
    answers = [provisioning.post(f"{LINES}/{line.pk}/number", said, Idempotency_Key="k-1") for _ in range(2)]
    assert answers[1]["Idempotent-Replayed"] == "true"
    assert NumberChange.objects.get().reference == "SO-9"
    for number in ("081200000001", "081200000003"):
        assert [one["id"] for one in provisioning.get(f"{LINES}?msisdn={number}").json()["items"]] == [line.pk]


def test_a_registration_is_told(provisioning, line):
    prepaid = a_line(line.customer, "+6281200000002")
    answer = provisioning.post(f"{LINES}/{prepaid.pk}/registration", {"state": "registered", "reference": "R-1"})
    assert (answer.status_code, answer.json()["registration"]) == (200, "registered")


def test_an_order_is_told_once_and_again_when_it_changes(provisioning, line):
    first, again = (provisioning.post(ORDERS, ORDER) for _ in range(2))
    assert (first.status_code, again.status_code, first.json()["line"]) == (201, 200, line.pk)
    done = provisioning.post(ORDERS, ORDER | {"state": "done", "done_at": first.json()["created_at"]})
    assert (done.status_code, done.json()["state"], ServiceOrder.objects.count()) == (200, "done", 1)
    late = provisioning.post(ORDERS, ORDER | {"state": "cancelled", "at": first.json()["created_at"]})
    assert late.json()["state"] == "done"
    assert "remark" not in provisioning.get(f"{ORDERS}/{done.json()['id']}").json()
    assert len(provisioning.get(f"{ORDERS}?customer={line.customer_id}").json()["items"]) == 1


@pytest.mark.parametrize(
    ("change", "wrong"),
    [
        ({"kind": "pesta"}, {"kind": "invalid_choice"}),
        ({"line": "0812-0000-0099"}, {"line": "unknown"}),
        ({"line": "halo"}, {"line": "bad_number"}),
        ({"state": "done"}, {"done_at": "required"}),
        ({"jenis": "x"}, {"jenis": "unknown"}),
    ],
)
def test_a_wrong_order_is_named_and_not_kept(provisioning, change, wrong):
    answer = provisioning.post(ORDERS, ORDER | change)
    assert (answer.status_code, wrong_fields(answer)) == (400, wrong)
    assert not ServiceOrder.objects.exists()


def test_an_order_of_a_customer_without_a_line(provisioning, line):
    went = a_customer("Rina M.", absorbed_into=line.customer)
    said = {"reference": "SO-2", "kind": "survey"}
    assert provisioning.post(ORDERS, said | {"customer": went.pk}).json()["customer"] == line.customer_id
    assert wrong_fields(provisioning.post(ORDERS, said)) == {"line": "required"}


def test_a_list_is_of_somebody_and_costs_the_same_however_long(provisioning, line, django_assert_max_num_queries):
    for path in (LINES, ORDERS):
        assert wrong_fields(provisioning.get(path)) == {"msisdn": "required"}
    for number in range(10, 19):
        a_line(line.customer, f"+62812000000{number}")
    with django_assert_max_num_queries(5):
        assert len(provisioning.get(f"{LINES}?customer={line.customer_id}").json()["items"]) == 10


def test_without_the_scope_nothing_is_told_and_an_erased_line_is_not_found(provisioning, caller, line):
    assert caller.post(f"{LINES}/{line.pk}/state", {"state": "isolir"}).status_code == 403
    assert caller.post(ORDERS, ORDER).status_code == 403
    assert (Subscription.objects.get().state, ServiceOrder.objects.count()) == ("active", 0)
    line.customer.erased_at = line.state_since
    line.customer.save()
    assert provisioning.get(f"{LINES}/{line.pk}").status_code == 404
