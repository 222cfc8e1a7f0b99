"""The map, its tasks, one stage with its switch, the contact policy, the runs: who may, and what is counted."""

import datetime as dt

import pytest
from django.test import Client
from django.utils import timezone

from caring.models import ContactPolicy, Run, SetAside, Stage, Task
from caring.tasks import evaluate_now
from caring.words import State, Why
from crm.events.models import Event
from crm.messaging import pacing
from crm.staff.models import Role
from tests.caring.people import TODAY, a_bill, a_consenting, a_subscriber, night, tasks_of, used
from tests.desk.test_pages import queries_of
from tests.people import a_member, a_team

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("programme")]
DAY = dt.timedelta(days=1)
PAGES = ("programme/", "tasks/", "stages/13/", "stages/13/edit/", "policy/", "runs/", "tasks.csv")


def client_of(role=Role.SUPERVISOR, **fields):
    client = Client(headers={"accept-language": "en"})
    client.user = a_member(role=role, **fields)
    client.force_login(client.user)
    return client


@pytest.fixture
def ratnas():
    return client_of()


def a_task(stage=13, state=State.OPEN, **fields):
    line, at = a_subscriber(), timezone.now()
    stage = Stage.objects.get(pk=stage)
    given = {"occurred_at": at, "due_at": at + DAY, "next_at": at, "occasion": f"x:{line.pk}"}
    if state not in Task.RUNNING:
        given["closed_at"] = at
    return Task.objects.create(
        stage=stage, version=stage.version, customer=line.customer, subscription=line, state=state, **given | fields
    )


def test_the_map_counts_what_is_due_late_done_and_left_out(ratnas):
    a_task()
    a_task(state=State.WAITING)
    a_task(occurred_at=timezone.now() - 2 * DAY, due_at=timezone.now() - DAY)
    a_task(state=State.DONE)
    a_task(state=State.DONE, closed_at=timezone.now() - 40 * DAY)
    a_task(state=State.FAILED)
    a_task(state=State.SUPPRESSED, why=Why.NO_CONSENT)
    context = ratnas.get("/caring/programme/").context
    tile = next(tile for band in context["bands"] for tile in band.tiles if tile.stage.pk == 13)
    assert (tile.due, tile.overdue, tile.done, tile.failed, tile.left_out) == (3, 1, 1, 1, [(Why.NO_CONSENT, 1)])
    assert [len(band.tiles) for band in context["bands"]] == [8, 2, 6, 8]
    assert [(stage.pk, cells) for stage, cells in context["left_out"]] == [(13, [(Why.NO_CONSENT, 1)])]


def test_every_figure_opens_as_many_tasks_as_it_says(ratnas):
    a_task()
    a_task(stage=12)
    a_task(occurred_at=timezone.now() - 2 * DAY, due_at=timezone.now() - DAY)
    a_task(state=State.DONE)
    a_task(state=State.SUPPRESSED, why=Why.NO_CONSENT)
    a_task(state=State.SUPPRESSED, why=Why.HOLD_OUT)

    def listed(query):
        return len(ratnas.get(f"/caring/tasks/?stage=13&{query}").context["rows"])

    assert [listed("state=due"), listed("state=due&overdue=on"), listed("state=done")] == [2, 1, 1]
    assert [listed("state=suppressed"), listed("state=suppressed&why=hold_out"), listed("state=failed")] == [2, 1, 0]
    assert len(ratnas.get("/caring/tasks/").context["rows"]) == 3
    assert len(ratnas.get("/caring/tasks/?stage=99&state=moon").context["rows"]) == 3


def test_the_map_costs_the_same_however_many_tasks_there_are(ratnas):
    a_task()
    few = queries_of(ratnas, "/caring/programme/")
    for state in (State.DONE, State.OPEN, State.FAILED, State.WAITING):
        for stage in (1, 9, 13):
            a_task(stage, state)
    assert queries_of(ratnas, "/caring/programme/") == few


def test_the_list_costs_the_same_however_long_it_is(ratnas):
    a_task()
    few = queries_of(ratnas, "/caring/tasks/")
    for _ in range(8):
        a_task()
    assert queries_of(ratnas, "/caring/tasks/") == few


@pytest.mark.parametrize("query", ["", "state=done"])
def test_a_long_list_is_read_page_by_page_and_nothing_is_lost_or_doubled(ratnas, monkeypatch, query):
    monkeypatch.setattr("caring.listing.PAGE", 2)
    at, closed = timezone.now() + DAY, timezone.now() - DAY
    made = {a_task(due_at=at).pk for _ in range(5)}
    done = {a_task(state=State.DONE, closed_at=closed).pk for _ in range(5)}
    seen, after = [], ""
    for _ in range(3):
        context = ratnas.get("/caring/tasks/", {"after": after} | ({"state": "done"} if query else {})).context
        seen += [task.pk for task, _stage, _number in context["rows"]]
        after = context["following"]
    assert (sorted(seen), after) == (sorted(done if query else made), "")


def test_numbers_are_masked_on_the_list_and_in_its_file(ratnas):
    number = a_task().subscription.msisdn
    page = ratnas.get("/caring/tasks/").text
    file = b"".join(ratnas.get("/caring/tasks.csv?stage=13").streaming_content).decode()
    assert "Rina Maharani" in page
    assert "Rina Maharani" in file
    assert number[-8:] not in page + file
    assert "••••" in page
    assert "••••" in file


def test_tasks_of_other_teams_are_neither_listed_nor_counted(ratnas):
    a_task(team=a_team("Elsewhere"))
    a_task(team=ratnas.user.team)
    assert len(ratnas.get("/caring/tasks/").context["rows"]) == 1
    assert ratnas.get("/caring/stages/13/").context["tile"].due == 1


@pytest.mark.parametrize("path", PAGES)
@pytest.mark.parametrize("role", [Role.AGENT, Role.DIVISION])
def test_the_programme_is_not_for_agents_and_divisions(path, role):
    assert client_of(role).get(f"/caring/{path}").status_code == 403


def test_an_agent_changes_nothing():
    agent = client_of(Role.AGENT)
    sent = {"on": "no", "why": "x", "most": "9", "days": "1"}
    for path in ("stages/13/switch/", "stages/13/edit/", "stages/13/simulate/", "policy/", "runs/now/"):
        assert agent.post(f"/caring/{path}", sent).status_code == 403
    assert Stage.objects.get(pk=13).is_on
    assert Stage.objects.get(pk=13).version.number == 1
    assert (ContactPolicy.objects.get().most, Run.objects.count()) == (2, 0)


def test_quality_reads_and_changes_nothing():
    quality = client_of(Role.QUALITY)
    assert quality.get("/caring/stages/13/").status_code == 200
    assert quality.get("/caring/stages/13/edit/").status_code == 403
    assert quality.post("/caring/stages/13/switch/", {"on": "no", "why": "x"}).status_code == 403
    assert Stage.objects.get(pk=13).is_on


def test_every_stage_says_its_rule_and_its_texts_in_both_languages(ratnas):
    for number in range(1, 25):
        page = ratnas.get(f"/caring/stages/{number}/")
        version = page.context["version"]
        assert version.texts["id"]["name"]
        assert page.context["rule"]
        assert page.context["texts"][0]["parts"]
        assert page.context["texts"][1]["parts"]
        assert f'href="/caring/tasks/?stage={number}&amp;state=due"' in page.text
    assert ratnas.get("/caring/stages/25/").status_code == 404


def test_a_stage_is_switched_off_with_a_reason_and_running_tasks_stay(ratnas):
    used(a_subscriber(customer=a_consenting()), 0, 40)
    night()
    ratnas.post("/caring/stages/21/switch/", {"on": "no", "why": "Pusat panggilan penuh"})
    used(a_subscriber(), 0, 40)
    night(timezone.now() + DAY)
    assert (Stage.objects.get(pk=21).is_on, [task.state for task in tasks_of(21)]) == (False, ["open"])
    assert "Pusat panggilan penuh" in ratnas.get("/settings/audit/").text
    ratnas.post("/caring/stages/21/switch/", {"on": "yes", "why": "Ada orang lagi"})
    assert Stage.objects.get(pk=21).is_on


def test_a_switch_without_a_reason_is_refused(ratnas):
    answer = ratnas.post("/caring/stages/21/switch/", {"on": "no", "why": "  "})
    assert answer.status_code == 422
    assert "Say why" in answer.text
    assert Stage.objects.get(pk=21).is_on
    assert not Event.objects.filter(kind__startswith="caring.stage").exists()


A_POLICY = {
    "most": "3", "days": "14", "quiet_from": "21:00", "quiet_until": "07:00", "hold_out_per_mille": "20",
    "sms_a_minute": "600", "email_a_minute": "50", "other_a_minute": "0",
}  # fmt: skip


def test_the_contact_policy_is_changed_and_its_history_kept(ratnas):
    assert ratnas.post("/caring/policy/", A_POLICY, follow=True).status_code == 200
    policy = ContactPolicy.objects.get()
    assert (policy.most, policy.days, policy.quiet_from, policy.hold_out_per_mille) == (3, 14, dt.time(21), 20)
    assert [pacing.limit_of(channel) for channel in ("sms", "email", "x")] == [600, 50, 0]
    page = ratnas.get("/caring/policy/").text
    assert ratnas.user.name in page
    assert "21:00" in page
    assert "Contact policy" in ratnas.get("/settings/audit/").text


@pytest.mark.parametrize(
    "wrong",
    [
        {"days": "0"},
        {"hold_out_per_mille": "501"},
        {"quiet_until": "21:00"},
        {"most": ""},
        {"sms_a_minute": "100001"},
        {"email_a_minute": "-1"},
    ],
)
def test_an_impossible_policy_is_refused(ratnas, wrong):
    assert ratnas.post("/caring/policy/", A_POLICY | wrong).status_code == 422
    assert (ContactPolicy.objects.get().most, ContactPolicy.objects.get().sms_a_minute) == (2, 3000)


def test_runs_say_how_far_they_are_and_what_they_set_aside(ratnas):
    used(a_subscriber(), 0, 40)
    run = night()
    SetAside.objects.create(run=run, stage_id=21, row_id=4711, reason="DivisionByZero at sources.py")
    page = ratnas.get("/caring/runs/")
    (shown, share) = page.context["runs"][0]
    assert (shown.so_far, share, shown.parts == shown.parts_done) == (1, 100, True)
    assert "4711" in page.text
    assert "every 2s" not in page.text


def test_a_run_that_is_not_finished_is_asked_for_again(ratnas):
    Run.objects.create(slot="2026-11-26T03", day=TODAY)
    fragment = ratnas.get("/caring/runs/", headers={"HX-Request": "true"}).text
    assert "every 2s" in fragment
    assert "<html" not in fragment


def test_evaluated_now_twice_is_once(ratnas):
    a_bill(a_subscriber(), due=TODAY + DAY)
    assert evaluate_now() >= 1
    evaluate_now()
    assert len(tasks_of(12)) == 1
    page = ratnas.get("/caring/runs/").text
    assert "Asked for" in page


def test_a_run_that_is_not_finished_is_helped_and_no_other_begun():
    night()
    Run.objects.update(finished_at=None)
    evaluate_now()
    assert [run.finished_at is None for run in Run.objects.all()] == [False]


def test_evaluate_now_is_asked_of_a_worker(ratnas, monkeypatch):
    asked = []
    monkeypatch.setattr("caring.views.runs.evaluate.delay", lambda: asked.append(1))
    assert ratnas.post("/caring/runs/now/").status_code == 302
    assert asked == [1]
