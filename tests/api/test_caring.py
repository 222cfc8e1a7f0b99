"""A dialling system reads the programme, takes tasks for its agents and says what came of them."""

import datetime as dt

import pytest
from django.utils import timezone

from caring.defaults import ensure_programme
from caring.models import Attempt, ContactPolicy, Task
from crm.api.actions import create_client
from crm.api.models import Scope
from crm.api.v1.caring import NotedShape, StageDetailShape, TaskShape
from crm.customers.models import Reveal, Subscription
from crm.staff.models import Role, Team
from tests.api.people import Caller, give_token, make_person, wrong_fields
from tests.api.test_schema import assert_shaped
from tests.caring.people import a_consenting, a_task, hear, states_of
from tests.people import a_customer, a_line

pytestmark = pytest.mark.django_db
STAGES, TASKS, EVENTS = "/api/v1/caring/stages", "/api/v1/caring/tasks", "/api/v1/provisioning-events"
BOTH = [Scope.CARING_READ, Scope.CARING_WRITE]


@pytest.fixture
def programme(policy):
    """Without a hold-out group and quiet hours."""
    ensure_programme()
    ContactPolicy.objects.update(hold_out_per_mille=0, quiet_from=dt.time(3), quiet_until=dt.time(3))


@pytest.fixture
def dialler(client, administrator, programme):
    return Caller(client, give_token(create_client(name="Dialler", scopes=BOTH, channel="", by=administrator)[0]))


@pytest.fixture
def provisioning(client, administrator, programme):
    scopes = [Scope.LINES_WRITE]
    return Caller(client, give_token(create_client(name="OSS", scopes=scopes, channel="", by=administrator)[0]))


@pytest.fixture
def taken(dialler, agent):
    task = a_task(13)
    answer = dialler.post(f"{TASKS}/{task.pk}/take", {"staff_number": "104417"})
    assert answer.json()["assignee"] == {"staff_number": "104417", "name": "Dewi"}
    return task


def test_a_stage_is_told_with_its_rule_in_words_and_all_its_texts(dialler, django_assert_max_num_queries):
    with django_assert_max_num_queries(4):
        every = dialler.get(STAGES).json()
    assert [one["number"] for one in every] == list(range(1, 25))
    with django_assert_max_num_queries(4):
        stage = dialler.get(f"{STAGES}/12").json()
    assert_shaped(stage, StageDetailShape())
    first = stage["rule"][0]
    assert (first["source"], first["channels"]) == ("unpaid", ["sms", "call"])
    assert first["when"][0]["words"]["en"] == "at most 3 days before the due date"
    assert all(stage["texts"][language]["message"] for language in ("id", "en"))
    assert dialler.get(f"{STAGES}/25").status_code == 404


def test_tasks_are_narrowed_paged_and_masked(dialler):
    first, second, other = (a_task(stage) for stage in (13, 13, 22))
    Subscription.objects.filter(pk=other.subscription_id).update(msisdn="+6281200000001")
    page = dialler.get(f"{TASKS}?stage=13&state=open&limit=1&ordering=oldest").json()
    assert_shaped(page["items"][0], TaskShape())
    assert page["items"][0]["number"].startswith("+62••••")
    following = dialler.get(page["next"]).json()
    assert [one["id"] for one in (*page["items"], *following["items"])] == [first.pk, second.pk]
    found = {
        f"line={other.subscription_id}": [other.pk],
        "msisdn=081200000001": [other.pk],
        f"customer={first.customer_id}": [first.pk],
        "due_before=2026-01-01T00:00:00%2B07:00": [],
    }
    for query, wanted in found.items():
        assert [one["id"] for one in dialler.get(f"{TASKS}?{query}").json()["items"]] == wanted
    assert wrong_fields(dialler.get(f"{TASKS}?stage=25")) == {"stage": "invalid_choice"}
    assert wrong_fields(dialler.get(f"{TASKS}?tahap=1")) == {"tahap": "unknown"}


def test_whatever_changes_a_task_is_seen_by_who_keeps_in_step(dialler):
    _still, changed = a_task(13), a_task(13)
    since = dialler.get(f"{TASKS}?limit=1").json()["items"][0]["changed_at"].replace("+", "%2B")
    Task.objects.filter(pk=changed.pk).update(state="ended", closed_at=timezone.now())
    page = dialler.get(f"{TASKS}?changed_since={since}&ordering=oldest").json()
    assert [(one["id"], one["state"]) for one in page["items"]] == [(changed.pk, "ended")]


def test_a_list_costs_the_same_however_long(dialler, agent, django_assert_max_num_queries):
    for _ in range(9):
        a_task(13)
    Task.objects.update(assignee=agent)
    with django_assert_max_num_queries(5):
        assert len(dialler.get(TASKS).json()["items"]) == 9


def test_what_came_of_a_call_is_noted_once(dialler, taken):
    said = {"staff_number": "104417", "outcome": "reached", "note": "Akan dibayar besok."}
    answers = [dialler.post(f"{TASKS}/{taken.pk}/outcomes", said, Idempotency_Key="k-1") for _ in range(2)]
    assert answers[1]["Idempotent-Replayed"] == "true"
    assert_shaped(answers[0].json(), NotedShape())
    assert answers[1].json()["task"]["state"] == "done"
    assert (Attempt.objects.get().note, Reveal.objects.get().what) == ("Akan dibayar besok.", "msisdn")


def test_the_next_is_taken_until_nothing_is_left(dialler, agent):
    task, said = a_task(13), {"staff_number": "104417"}
    assert [dialler.post(f"{TASKS}/take-next", said).json()["task"] for _ in range(2)][1] is None
    assert dialler.post(f"{TASKS}/{task.pk}/give-back", said).json()["assignee"] is None
    assert dialler.post(f"{TASKS}/take-next", said).json()["task"]["id"] == task.pk


def test_a_task_that_the_policy_does_not_allow_says_why(dialler, agent):
    task = a_task(22)
    task.customer.do_not_disturb = True
    task.customer.save()
    told = dialler.post(f"{TASKS}/{task.pk}/take", {"staff_number": "104417"}).json()
    assert (told["assignee"], told["state"], told["why"]) == (None, "suppressed", "do_not_disturb")


@pytest.mark.parametrize(
    ("said", "status", "wrong"),
    [
        ({"outcome": "pergi"}, 400, {"outcome": "invalid_choice"}),
        ({"outcome": "call_back"}, 400, {"when": "work_refused"}),
        ({"outcome": "call_back", "when": "2026-01-01T00:00:00+07:00"}, 400, {"when": "past"}),
        ({"outcome": "needs_case"}, 400, {"words": "work_refused"}),
        ({"outcome": "reached", "offer": "mobil"}, 400, {"offer": "work_refused"}),
        ({"outcome": "reached", "catatan": "x"}, 400, {"catatan": "unknown"}),
        ({"outcome": "reached", "staff_number": "9"}, 400, {"staff_number": "does_not_exist"}),
    ],
)
def test_an_outcome_that_cannot_be_is_refused_and_changes_nothing(dialler, taken, said, status, wrong):
    answer = dialler.post(f"{TASKS}/{taken.pk}/outcomes", {"staff_number": "104417"} | said)
    assert (answer.status_code, wrong_fields(answer)) == (status, wrong)
    assert (Task.objects.get().state, Attempt.objects.count()) == ("open", 0)


def test_only_who_has_taken_a_task_and_has_this_work_says_what_came_of_it(dialler, taken, call_team):
    make_person("budi", Role.AGENT, call_team, "104418")
    make_person("dina", Role.DIVISION, None, "104419")
    said = [{"staff_number": number, "outcome": "reached"} for number in ("104418", "104419")]
    answers = [dialler.post(f"{TASKS}/{taken.pk}/outcomes", one) for one in said]
    assert [one.status_code for one in answers] == [409, 403]
    assert answers[0].json()["type"] == "urn:sapa:problem:not_taken"
    assert dialler.post(f"{TASKS}/{taken.pk}/take", {"staff_number": "104418"}).status_code == 409
    assert (Task.objects.get().state, Attempt.objects.count()) == ("open", 0)


def test_without_the_scope_nothing_is_told_and_a_bound_client_sees_its_team(client, caller, taken, administrator):
    said = {"staff_number": "104417", "outcome": "reached"}
    refused = [caller.get(STAGES), caller.get(TASKS), caller.post(f"{TASKS}/{taken.pk}/outcomes", said)]
    assert [one.status_code for one in refused] == [403, 403, 403]
    theirs, ours = (Team.objects.create(code=code, name=code, position=9) for code in ("theirs", "ours"))
    Task.objects.update(team=theirs)
    bound = create_client(name="Bound", scopes=BOTH, channel="", team=ours, by=administrator)[0]
    assert Caller(client, give_token(bound)).get(f"{TASKS}/{taken.pk}").status_code == 404
    assert not Attempt.objects.exists()


@pytest.mark.parametrize(
    ("event", "more", "stage"),
    [
        ("registration.planned", {"reference": "SO-1"}, 1),
        ("survey.planned", {"reference": "SO-1"}, 3),
        ("installation.done", {"reference": "SO-1"}, 5),
        ("line.activated", {}, 6),
        ("repair.planned", {"reference": "SO-1"}, 9),
        ("repair.done", {"reference": "SO-1"}, 10),
    ],
)
def test_an_event_begins_its_stage_once(provisioning, event, more, stage):
    line = a_line(a_consenting(), "+6281200000001", "Flexi Classy", state="installed")
    Subscription.objects.update(state_since="2026-01-01T00:00Z")
    said = {"event": event, "line": line.msisdn} | more
    if event.endswith(".done"):
        said["done_at"] = (timezone.now() - dt.timedelta(hours=1)).isoformat()
    answers = [provisioning.post(EVENTS, said) for _ in range(2)]
    assert [one.status_code for one in answers] == ([201, 200] if more else [200, 200]), answers[0].json()
    hear()
    assert states_of(stage) == ["open"]
    assert answers[1].json()["line"] == line.pk


@pytest.mark.parametrize(
    ("change", "status", "wrong"),
    [
        ({"event": "line.exploded"}, 400, {"event": "invalid_choice"}),
        ({"line": "0812-0000-0099"}, 400, {"line": "unknown"}),
        ({"line": ""}, 400, {"line": "blank"}),
        ({"reference": "SO-1"}, 400, {"reference": "not_of_event"}),
        ({"event": "repair.planned"}, 400, {"reference": "required"}),
        ({"event": "line.activated"}, 409, {"event": "other_event"}),
        ({"event": "line.surveyed"}, 409, {"event": "wrong_state"}),
        ({"at": "2099-01-01T00:00:00+07:00"}, 400, {"at": "future"}),
    ],
)
def test_an_event_that_cannot_be_is_refused_and_changes_nothing(provisioning, change, status, wrong):
    line = a_line(a_customer("Rina"), "+6281200000001", product="kartuHALO", state="isolir")
    Subscription.objects.update(state_since="2026-01-01T00:00Z")
    answer = provisioning.post(EVENTS, {"event": "line.restored", "line": line.msisdn} | change)
    assert (answer.status_code, wrong_fields(answer)) == (status, wrong)
    line.refresh_from_db()
    assert line.state == "isolir"
    assert not line.orders.exists()
    hear()
    assert not Task.objects.exists()
