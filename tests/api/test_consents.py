"""What customers allow, over REST."""

import datetime as dt

import pytest
from django.utils import timezone

from crm.api.actions import create_client
from crm.api.models import Scope
from crm.customers.models import Consent, Customer
from crm.events.models import Event
from tests.api.people import Caller, give_token, make_person, wrong_fields
from tests.people import a_case, a_customer

pytestmark = pytest.mark.django_db
YES = {"purpose": "offers", "answer": "yes", "version": 1, "channel": "counter"}
NO = {"purpose": "offers", "answer": "no", "channel": "call"}


@pytest.fixture
def rina():
    return a_customer("Rina Maharani", msisdn="+6281200004471")


@pytest.fixture
def url(rina):
    return f"/api/v1/customers/{rina.pk}/consents"


@pytest.fixture
def counters(client, administrator):
    scopes = [Scope.CONSENTS_READ, Scope.CONSENTS_WRITE]
    return Caller(client, give_token(create_client(name="Counters", scopes=scopes, by=administrator)[0]))


def offers(answer):
    return next(one for one in answer.json()["items"] if one["purpose"] == "offers")


def test_nobody_who_was_never_asked_allows_anything(counters, url, rina):
    answer = counters.get(url).json()
    assert (answer["customer"], [one["allowed"] for one in answer["items"]]) == (rina.pk, [False] * 5)
    assert answer["items"][0]["text"]["id"].startswith("Bolehkah kami")
    assert "4471" not in str(answer)


def test_a_yes_is_recorded_once_and_taken_back(counters, url, agent):
    first, again = (counters.post(url, YES | {"staff_number": agent.staff_number}) for _ in range(2))
    assert (first.status_code, again.status_code) == (201, 200)
    assert (offers(counters.get(url))["allowed"], Consent.objects.get().by) == (True, agent)
    assert counters.post(url, NO).status_code == 201
    assert (offers(counters.get(url))["allowed"], Consent.objects.count()) == (False, 1)
    assert "client" in Event.objects.get(kind="consent.withdrawn").facts


def test_the_same_key_is_answered_once(counters, url):
    first, again = (counters.post(url, NO, Idempotency_Key="k-1") for _ in range(2))
    assert (again.status_code, again["Idempotent-Replayed"], again.json()) == (201, "true", first.json())


@pytest.mark.parametrize(
    ("change", "wrong"),
    [
        ({"version": 7}, {"version": "text_moved"}),
        ({"purpose": "money"}, {"purpose": "invalid_choice"}),
        ({"channel": "drum"}, {"channel": "invalid_choice"}),
        ({"sekali": 1}, {"sekali": "unknown"}),
        ({"at": "2062-01-01T00:00:00Z"}, {"at": "future"}),
    ],
)
def test_what_is_wrong_is_named_and_nothing_is_kept(counters, url, change, wrong):
    answer = counters.post(url, YES | change)
    assert (answer.status_code, wrong_fields(answer), Consent.objects.count()) == (400, wrong, 0)


def test_a_yes_names_the_version_that_was_read(counters, url):
    answer = counters.post(url, {name: value for name, value in YES.items() if name != "version"})
    assert wrong_fields(answer) == {"version": "required"}


def test_a_no_before_the_yes_that_stands_is_refused(counters, url):
    counters.post(url, YES)
    answer = counters.post(url, NO | {"at": (timezone.now() - dt.timedelta(days=1)).isoformat()})
    assert wrong_fields(answer) == {"at": "bad_moment"}
    assert Consent.objects.standing().count() == 1


def test_a_division_records_nothing(counters, url):
    lia = make_person("lia", "division", number="777")
    assert counters.post(url, YES | {"staff_number": lia.staff_number}).status_code == 403
    assert not Consent.objects.exists()


def test_without_the_scope_nothing_is_read_or_written(caller, url):
    assert (caller.get(url).status_code, caller.post(url, YES).status_code) == (403, 403)
    assert not Consent.objects.exists()


@pytest.fixture
def theirs(client, administrator, call_team, policy):
    scopes = [Scope.CONSENTS_READ, Scope.CONSENTS_WRITE]
    return Caller(client, give_token(create_client(name="Bound", scopes=scopes, team=call_team, by=administrator)[0]))


def test_a_teams_client_reaches_the_customers_of_its_cases(theirs, call_team, rina, url):
    assert theirs.get(url).status_code == 404
    a_case(customer=rina, team=call_team)
    assert theirs.get(url).status_code == 200


def test_an_erased_or_unknown_customer_is_not_found(counters, rina, url):
    assert counters.get("/api/v1/customers/99999999/consents").status_code == 404
    Customer.objects.filter(pk=rina.pk).update(erased_at=timezone.now())
    assert (counters.get(url).status_code, counters.post(url, YES).status_code) == (404, 404)
