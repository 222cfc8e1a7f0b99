"""Reading and changing a customer's record over REST."""

import pytest

from crm.api.actions import create_client
from crm.api.models import Scope
from crm.customers.editing import edit_customer
from crm.events.models import Event
from crm.staff.models import Role
from tests.api.people import Caller, give_token, wrong_fields
from tests.people import a_case, a_customer, a_member, a_team

pytestmark = pytest.mark.django_db


@pytest.fixture
def rina(policy):
    return a_customer("Rina Maharani", msisdn="+6281200004471", email="rina@example.com", birth_date="1990-05-14")


@pytest.fixture
def url(rina):
    return f"/api/v1/customers/{rina.pk}"


@pytest.fixture
def counters(client, administrator):
    scopes = [Scope.CUSTOMERS_READ, Scope.CUSTOMERS_WRITE]
    return Caller(client, give_token(create_client(name="Counters", scopes=scopes, by=administrator)[0]))


def change(counters, url, by, if_match="*", **fields):
    return counters.patch(url, {"staff_number": by.staff_number, **fields}, If_Match=if_match)


def test_a_record_is_told_masked(counters, url):
    told = counters.get(url)
    assert told.json()["name"] == "Rina Maharani"
    assert {one["value"] for one in told.json()["contacts"]} == {"+62 812-••••-4471", "r•••@example.com"}
    assert not [secret for secret in ("81200004471", "rina@", "1990") if secret in told.content.decode()]


def test_what_they_said_at_the_counter_stands_in_the_record_with_who_wrote_it(counters, url, rina, agent):
    read = counters.get(url)
    done = change(counters, url, agent, read["ETag"], name="Rina  Maharani Putri", language="en", hobbies=["mancing"])
    assert (done.status_code, done.json()["name"], done["ETag"] == read["ETag"]) == (200, "Rina Maharani Putri", False)
    rina.refresh_from_db()
    assert (rina.language, rina.hobbies, str(rina.birth_date)) == ("en", ["mancing"], "1990-05-14")
    event = Event.objects.get(kind="customer.edited")
    assert (event.actor_id, event.facts["fields"]) == (agent.pk, ["hobbies", "language", "name"])
    assert "client" in event.facts


def test_of_two_who_change_one_field_the_second_is_told(counters, url, rina, agent):
    read = counters.get(url)
    edit_customer(customer=rina, changes={"honorific": "Ibu"}, by=agent)
    assert change(counters, url, agent, read["ETag"], honorific="Kak").status_code == 412
    assert change(counters, url, agent, read["ETag"], language="en").status_code == 200
    rina.refresh_from_db()
    assert (rina.honorific, rina.language) == ("Ibu", "en")


def test_without_if_match_nothing_changes(counters, url, rina, agent):
    assert counters.patch(url, {"staff_number": agent.staff_number, "name": "X"}).status_code == 428
    rina.refresh_from_db()
    assert rina.name == "Rina Maharani"


@pytest.mark.parametrize(
    ("fields", "wrong"),
    [
        ({"name": ""}, "name"),
        ({"birth_date": "14/05/1990"}, "birth_date"),
        ({"birth_date": "1700-01-01"}, "birth_date"),
        ({"hobbies": ["x" * 41]}, "hobbies.0"),
        ({"nik": "3273015405900001"}, "nik"),
        ({"preferred_channel": "pigeon"}, "preferred_channel"),
    ],
)
def test_what_is_wrong_is_named_and_nothing_changes(counters, url, agent, fields, wrong):
    refused = change(counters, url, agent, language="en", **fields)
    assert (refused.status_code, list(wrong_fields(refused))) == (400, [wrong])
    assert not Event.objects.filter(kind="customer.edited").exists()


def test_whoever_may_not_change_records_does_not_by_way_of_a_system(counters, url):
    yosef = a_member("Yosef Tanaya", Role.ADMINISTRATOR, staff_number="104999")
    assert change(counters, url, yosef, name="X").status_code == 403
    assert not Event.objects.filter(kind="customer.edited").exists()


def test_a_client_of_one_team_reaches_the_customers_of_its_cases(client, administrator, url, rina):
    team = a_team("GraPARI Bandung")
    scopes = [Scope.CUSTOMERS_READ]
    ours = Caller(client, give_token(create_client(name="Team", scopes=scopes, team=team, by=administrator)[0]))
    assert ours.get(url).status_code == 404
    a_case(customer=rina, team=team)
    assert ours.get(url).status_code == 200
