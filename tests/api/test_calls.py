"""A telephone exchange."""

import datetime as dt

import pytest
from django.utils import timezone

from crm.api.actions import create_client
from crm.api.models import Scope
from crm.calls.models import Call
from tests.api.people import Caller, give_token, wrong_fields
from tests.calls.people import an_agent
from tests.people import a_customer

pytestmark = pytest.mark.django_db
CALLS = "/api/v1/calls"
RINGS = {"call_id": "PBX-1", "msisdn": "0812-0000-4471", "agent": "2101", "ivr": "Tagihan", "waited": 38}


@pytest.fixture
def sari(call_team):
    return an_agent(extension="2101", staff_number="104400", teams=(call_team,))


@pytest.fixture
def exchange(client, administrator, sari):
    system = create_client(name="PBX", scopes=[Scope.CALLS_WRITE], channel="", by=administrator)[0]
    return Caller(client, give_token(system))


def moment(minutes):
    return (timezone.now() - dt.timedelta(minutes=minutes)).isoformat()


def test_a_call_as_the_exchange_tells_it(exchange, sari):
    rina = a_customer(msisdn="+6281200004471")
    first = exchange.post(CALLS, RINGS | {"at": moment(5)}, Idempotency_Key="k")
    assert (first.status_code, first.json()["state"], first.json()["customer"]) == (201, "ringing", rina.pk)
    assert first.json()["agent"] == sari.username
    said = [{"event": "answered", "agent": "2101", "at": moment(4)}, {"event": "ended", "at": moment(1)}]
    states = [exchange.post(f"{CALLS}/PBX-1/events", one).json()["state"] for one in said]
    again = exchange.post(f"{CALLS}/PBX-1/events", said[1])
    assert (states, again.status_code) == (["talking", "ended"], 200)
    assert (Call.objects.get().ivr, Call.objects.get().waited) == ("Tagihan", 38)


@pytest.mark.parametrize("agent", ["2101", "104400", "username"])
def test_an_agent_is_known_by_extension_staff_number_or_user_name(exchange, sari, agent):
    named = sari.username if agent == "username" else agent
    assert exchange.post(CALLS, RINGS | {"agent": named}).status_code == 201


def test_an_event_may_come_before_its_call(exchange, sari):
    exchange.post(f"{CALLS}/PBX-1/events", {"event": "answered", "agent": "2101", "at": moment(4)})
    assert exchange.post(CALLS, RINGS | {"at": moment(5)}).json()["state"] == "talking"
    assert Call.objects.get().msisdn == "+6281200004471"


@pytest.mark.parametrize(
    ("change", "wrong"),
    [
        ({"agent": "9999"}, {"agent": "unknown"}),
        ({"agent": ""}, {"agent": "unknown"}),
        ({"msisdn": "banyak"}, {"msisdn": "bad_number"}),
        ({"call_id": ""}, {"call_id": "blank"}),
        ({"at": "2062-01-01T00:00:00+07:00"}, {"at": "future"}),
    ],
)
def test_bad_input_is_named_and_nothing_is_kept(exchange, change, wrong):
    answer = exchange.post(CALLS, RINGS | change)
    assert (answer.status_code, wrong_fields(answer)) == (400, wrong)
    assert not Call.objects.exists()


def test_a_transfer_says_to_whom(exchange, sari):
    exchange.post(CALLS, RINGS)
    answer = exchange.post(f"{CALLS}/PBX-1/events", {"event": "transferred", "at": moment(0)})
    assert wrong_fields(answer) == {"agent": "required"}


def test_a_client_without_the_scope_rings_nobody(caller):
    assert caller.post(CALLS, RINGS).status_code == 403
    assert not Call.objects.exists()
