"""What could not be taken in: shown with its reason, without its content, and decided by a person."""

import pytest
from django.test import Client
from pytest_django import DjangoAssertNumQueries

from crm.events.models import Event
from crm.messaging.models import Arrival, Connection
from crm.staff.models import Role
from tests.people import a_member

URL = "/channels/arrivals/"


@pytest.fixture
def ratna(client: Client, db: None) -> Client:
    client.force_login(a_member("Ratna Kusumaningrum", Role.SUPERVISOR, language="en"))
    return client


@pytest.fixture
def sapa(db: None) -> Connection:
    return Connection.objects.create(channel="x", account="Sapa")


def failed(connection: Connection | None = None, **fields: object) -> Arrival:
    given = {"channel": "x", "external_id": f"event-{Arrival.objects.count()}", "kind": "dm.received", "attempts": 6}
    given |= {"body": b"NIK saya 3171234567890001", "state": "failed", "reason": "KeyError at intake.py:41"}
    return Arrival.objects.create(connection=connection, **given | fields)


def state(arrival: Arrival) -> str:
    arrival.refresh_from_db()
    return arrival.state


def test_a_supervisor_sees_what_and_why_but_nothing_of_what_was_said(ratna: Client, sapa: Connection) -> None:
    failed(sapa)
    shown = ratna.get(URL).content.decode()
    assert "KeyError at intake.py:41" in shown
    assert "dm.received" in shown
    assert "3171234567890001" not in shown
    assert "event-0" not in shown


def test_only_what_failed_is_listed_and_each_account_by_itself(ratna: Client, sapa: Connection) -> None:
    mine, other = failed(sapa), failed()
    failed(sapa, state="taken")
    assert list(ratna.get(URL).context["rows"]) == [other, mine]
    assert list(ratna.get(f"{URL}?connection={sapa.pk}").context["rows"]) == [mine]
    assert ratna.get(f"{URL}?connection=999999").status_code == 404


def test_one_is_tried_again_or_set_aside(ratna: Client, sapa: Connection) -> None:
    one, two = failed(sapa), failed(sapa)
    answer = ratna.post(f"{URL}{one.pk}/", {"decision": "again", "connection": str(sapa.pk)})
    assert answer.headers["Location"] == f"{URL}?connection={sapa.pk}"
    ratna.post(f"{URL}{two.pk}/", {"decision": "aside"})
    assert (state(one), state(two)) == ("waiting", "ignored")
    assert Event.objects.filter(kind__startswith="arrival.").count() == 2
    assert ratna.post(f"{URL}{one.pk}/", {"decision": "burn"}).status_code == 400


def test_all_of_one_account_are_tried_again_with_one_press(ratna: Client, sapa: Connection) -> None:
    mine, other = [failed(sapa) for _each in range(3)], failed()
    ratna.post(f"{URL}all/", {"connection": str(sapa.pk)})
    assert ({state(one) for one in mine}, state(other)) == ({"waiting"}, "failed")
    ratna.post(f"{URL}all/")
    assert state(other) == "waiting"


def test_a_long_list_is_paged_and_costs_the_same(
    ratna: Client, sapa: Connection, django_assert_max_num_queries: DjangoAssertNumQueries
) -> None:
    failed(sapa)
    ratna.get(URL)
    with django_assert_max_num_queries(12) as few:
        ratna.get(URL)
    for _each in range(50):
        failed(sapa)
    with django_assert_max_num_queries(12) as many:
        first = ratna.get(URL).context
    second = ratna.get(URL + first["older_url"]).context
    assert (len(first["rows"]), len(second["rows"]), len(few)) == (50, 1, len(many))


def test_an_empty_page_says_that_all_is_well(ratna: Client) -> None:
    assert "Everything was taken in" in ratna.get(URL).content.decode()


@pytest.mark.parametrize("role", [Role.AGENT, Role.QUALITY, Role.DIVISION])
def test_nobody_else_decides(client: Client, db: None, role: Role) -> None:
    arrival = failed()
    client.force_login(a_member("Sari", role))
    for url in (f"{URL}{arrival.pk}/", f"{URL}all/"):
        assert client.post(url, {"decision": "aside"}).status_code == 403
    assert state(arrival) == "failed"
