"""A GraPARI's queue system."""

import pytest

from crm.api.actions import create_client
from crm.api.models import Scope
from crm.events.models import Event
from crm.staff.models import Team
from crm.visits.models import Visit
from tests.api.people import Caller, give_token, wrong_fields
from tests.people import a_customer
from tests.visits.people import a_clerk, an_office

pytestmark = pytest.mark.django_db
VISITS = "/api/v1/visits"
BOTH = [Scope.VISITS_READ, Scope.VISITS_WRITE]


@pytest.fixture
def clerk():
    return a_clerk(staff_number="204417")


@pytest.fixture
def queue(client, administrator, clerk):
    system = create_client(name="Queue", scopes=BOTH, channel="", by=administrator)[0]
    return Caller(client, give_token(system))


@pytest.fixture
def visit(queue):
    return queue.post(VISITS, {"office": "dago", "purpose": "card"}).json()


def test_a_visit_as_the_queue_system_tells_it(queue, visit, clerk):
    assert (visit["ticket"], visit["state"], visit["office"]) == ("A-001", "waiting", "dago")
    events = f"{VISITS}/{visit['id']}/events"
    said = [
        {"event": "called", "counter": 3, "staff_number": "204417"},
        {"event": "called_again"},
        {"event": "started", "staff_number": "204417"},
        {"event": "ended", "outcome": "back"},
    ]
    answers = [queue.post(events, one) for one in said]
    assert [(one.status_code, one.json()["state"]) for one in answers] == [
        (200, "called"), (200, "called"), (200, "serving"), (200, "ended"),
    ]  # fmt: skip
    told = queue.get(f"{VISITS}/{visit['id']}").json()
    assert (told["counter"], told["calls"], told["staff_number"], told["outcome"]) == (3, 2, "204417", "back")
    assert Event.objects.filter(kind="visit.ended").get().facts["client"]


def test_a_known_number_brings_its_customer_and_an_unknown_one_makes_nobody(queue):
    customer = a_customer(msisdn="+6281200007718")
    answers = [queue.post(VISITS, {"office": "dago", "msisdn": one}) for one in ("0812-0000-7718", "0812-0000-7719")]
    assert [one.json()["customer"] for one in answers] == [customer.pk, None]


def test_the_same_id_or_key_again_adds_nothing(queue, clerk):
    said = {"office": "dago", "external_id": "Q-1", "ticket": "B-042"}
    assert [queue.post(VISITS, said).status_code for _ in range(2)] == [201, 200]
    first, again = (queue.post(VISITS, {"office": "dago"}, Idempotency_Key="k-1") for _ in range(2))
    assert (again["Idempotent-Replayed"], again.json()) == ("true", first.json())
    assert Visit.objects.count() == 2


@pytest.mark.parametrize(
    ("change", "wrong"),
    [
        ({"office": "antah"}, {"office": "does_not_exist"}),
        ({"ticket": "empat"}, {"ticket": "bad_ticket"}),
        ({"purpose": "jajan"}, {"purpose": "invalid_choice"}),
        ({"msisdn": "halo"}, {"msisdn": "bad_number"}),
        ({"arrived_at": "2099-01-01T00:00:00+07:00"}, {"arrived_at": "future"}),
        ({"prioritas": True}, {"prioritas": "unknown"}),
    ],
)
def test_what_is_wrong_is_named_and_keeps_nothing(queue, change, wrong):
    answer = queue.post(VISITS, {"office": "dago"} | change)
    assert (answer.status_code, wrong_fields(answer)) == (400, wrong)
    assert not Visit.objects.exists()


@pytest.mark.parametrize(
    ("said", "status", "wrong"),
    [
        ({"event": "pergi"}, 400, {"event": "invalid_choice"}),
        ({"event": "called"}, 400, {"counter": "counter_needed"}),
        ({"event": "called", "counter": 0}, 400, {"counter": "min_value"}),
        ({"event": "called", "counter": 1, "staff_number": "9"}, 400, {"staff_number": "does_not_exist"}),
        ({"event": "called", "counter": 1, "staff_number": "300001"}, 400, {"staff_number": "not_here"}),
        ({"event": "ended"}, 409, {"event": "wrong_state"}),
        ({"event": "left", "at": "2026-11-01T00:00:00+07:00"}, 400, {"at": "bad_time"}),
    ],
)
def test_a_step_that_cannot_be_is_refused(queue, visit, said, status, wrong):
    a_clerk("Andi", an_office("panakkukang"), staff_number="300001")
    answer = queue.post(f"{VISITS}/{visit['id']}/events", said)
    assert (answer.status_code, wrong_fields(answer)) == (status, wrong)
    assert Visit.objects.get().state == "waiting"


def test_a_busy_counter_and_a_taken_number_are_conflicts(queue, visit):
    other = queue.post(VISITS, {"office": "dago"}).json()
    queue.post(f"{VISITS}/{visit['id']}/events", {"event": "called", "counter": 1})
    answer = queue.post(f"{VISITS}/{other['id']}/events", {"event": "called", "counter": 1})
    assert (answer.status_code, wrong_fields(answer)) == (409, {"counter": "counter_busy"})
    answer = queue.post(VISITS, {"office": "dago", "ticket": visit["ticket"]})
    assert (answer.status_code, wrong_fields(answer)) == (409, {"ticket": "ticket_taken"})


def test_the_list_is_narrowed_and_paged(queue, visit):
    an_office("panakkukang")
    queue.post(VISITS, {"office": "panakkukang"})
    mine = [queue.post(VISITS, {"office": "dago"}).json()["id"] for _ in range(2)]
    page = queue.get(f"{VISITS}?office=dago&state=waiting&limit=2").json()
    assert [one["id"] for one in page["items"]] == mine[::-1]
    assert [one["id"] for one in queue.get(page["next"]).json()["items"]] == [visit["id"]]
    assert wrong_fields(queue.get(f"{VISITS}?kantor=dago")) == {"kantor": "unknown"}
    assert wrong_fields(queue.get(f"{VISITS}?office=antah")) == {"office": "invalid_choice"}


def test_a_list_costs_the_same_however_long(queue, visit, django_assert_max_num_queries):
    for _ in range(9):
        queue.post(VISITS, {"office": "dago"})
    with django_assert_max_num_queries(6):
        assert len(queue.get(VISITS).json()["items"]) == 10


def test_without_the_scope_or_at_another_office_nothing_is_told(client, administrator, caller, visit):
    assert caller.get(VISITS).status_code == 403
    assert caller.post(VISITS, {"office": "dago"}).status_code == 403
    team = Team.objects.create(code="makassar", name="Loket", office=an_office("panakkukang"))
    far = create_client(name="Makassar", scopes=BOTH, channel="", team=team, by=administrator)[0]
    there = Caller(client, give_token(far))
    assert wrong_fields(there.post(VISITS, {"office": "dago"})) == {"office": "does_not_exist"}
    assert there.get(f"{VISITS}/{visit['id']}").status_code == 404
    assert there.get(VISITS).json()["items"] == []
