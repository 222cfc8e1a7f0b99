"""What somebody finds who starts the product for the first time."""

import base64
import datetime as dt
import re
from collections import defaultdict
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command
from django.db.models import Count, F
from django.test import Client
from django.urls import reverse

from caring.models import Attempt, EffectFigures, Score, Task
from caring.words import State as TaskState
from caring.words import Work
from crm.cases.models import Breach, Case, CaseLink, Escalation, Note, SlaClock
from crm.cases.verify import verify
from crm.cases.words import ClockKind, Kind, Outcome, State, Verdict, Waiting
from crm.customers.models import ContactPoint, Customer, Subscription
from crm.demo import client as demo_client
from crm.demo import people, seed
from crm.demo.data_requests import ASKED
from crm.demo.problems import GATHERING
from crm.demo.traffic import CHANNELS, body_of
from crm.desk.handlers import KINDS
from crm.desk.models import Ask, BulkJob, CannedReply, CannedUse, Follow, Pin, View
from crm.desk.models.view import Sharing
from crm.events.models import Event, Subscriber
from crm.events.subscribe import after
from crm.privacy.models import DataRequest
from crm.reports.models import Schedule
from crm.staff.models import Division, Office, Role, Shift, Team, User
from crm.timeline.models import Channel, Interaction, NotACase

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("operator")]
README = Path(__file__).resolve().parents[2] / "README.md"
REQUESTS = len(ASKED) + 1  # of customers for their data; one asks to be forgotten


def words(field: str) -> set[str]:
    return set(Case.objects.values_list(field, flat=True).distinct())


def test_there_are_four_teams_two_offices_five_divisions_and_people_in_every_role() -> None:
    assert (Team.objects.count(), Office.objects.count(), Division.objects.count()) == (4, 2, 5)
    assert set(User.objects.values_list("role", flat=True)) == set(Role.values)
    assert User.objects.count() == len(people.STAFF) == 15


def test_there_are_canned_replies_in_both_languages_for_everybody_for_teams_and_of_ones_own() -> None:
    assert set(CannedReply.objects.values_list("sharing", flat=True)) == set(Sharing.values)
    assert set(CannedReply.objects.values_list("language", flat=True)) == {"id", "en"}
    assert CannedUse.objects.exists()


def test_sari_finds_views_snoozed_cases_and_a_case_she_follows(operator: dt.datetime) -> None:
    sari = User.objects.get(username="sari")
    assert {view.sharing for view in View.objects.visible_to(sari)} == {Sharing.OWN, Sharing.TEAM}
    assert Pin.objects.filter(user=sari).count() == 1
    assert Case.objects.live().snoozed(operator).filter(snoozed_by=sari).count() == 2
    assert Follow.objects.filter(user=sari).count() == 2
    assert Note.objects.filter(mentions=[sari.pk]).count() == 1


def test_ratna_finds_a_question_a_finished_bulk_job_and_a_report_by_e_mail() -> None:
    ratna = User.objects.get(username="ratna")
    assert Ask.objects.open().filter(case__team__in=ratna.team_ids).count() == 1
    job = BulkJob.objects.get(by=ratna)
    assert (job.state, job.rows.filter(state="done").count()) == (BulkJob.State.DONE, 12)
    assert Schedule.objects.get(owner=ratna).recipients == [ratna.email]


def test_one_who_asks_to_be_forgotten_waits_for_the_second_person() -> None:
    asked = DataRequest.objects.get(kind="erasure")
    assert (asked.state, asked.proposed_by and asked.proposed_by.username) == ("proposed", "ratna")


def test_every_agent_has_shifts_this_week(operator: dt.datetime) -> None:
    week = Shift.objects.filter(
        starts_at__gte=operator - dt.timedelta(days=8), ends_at__lte=operator + dt.timedelta(days=8)
    )
    planned = dict(week.values_list("user__username").annotate(Count("pk")))
    assert planned == {one.username: 5 for one in people.STAFF if one.role == Role.AGENT}


def test_there_are_300_customers_with_lines_and_somewhere_to_reach_them() -> None:
    assert Customer.objects.count() == 300 + 3  # written down twice
    assert not Customer.objects.filter(contact_points=None).exists()
    assert Subscription.objects.values("customer").distinct().count() == 300 - 14


def test_there_are_400_cases_in_every_state_of_every_kind_on_every_common_channel() -> None:
    assert Case.objects.count() == 400 + len(GATHERING) + REQUESTS
    assert words("state") == set(State.values)
    assert words("kind") == set(Kind.values)
    assert words("waiting_for") == {"", *Waiting.values}
    assert words("outcome") == {"", *Outcome.values} - {Outcome.ARCHIVED}
    assert words("channel") >= set(Channel.values) - {Channel.LETTER, Channel.PRESS, Channel.IVR}


def test_cases_were_escalated_accepted_handed_back_merged_linked_reopened_and_noted() -> None:
    assert Escalation.objects.exclude(accepted_at=None).filter(ended_at=None).exists()
    assert Escalation.objects.exclude(handed_back_by=None).exists()
    assert Case.objects.exclude(merged_into=None).count() == 5
    assert Case.objects.filter(reopened=1, state=State.OPEN).exists()
    assert CaseLink.objects.exists()
    assert Note.objects.exists()
    assert NotACase.objects.count() == 5


def test_some_first_replies_fall_due_while_you_watch(operator: dt.datetime) -> None:
    soon = Case.objects.filter(state__in=[State.NEW, State.OPEN], due_kind=ClockKind.RESPONSE)
    left = sorted((case.due_at - operator).total_seconds() for case in soon.filter(due_at__gt=operator) if case.due_at)
    assert len([seconds for seconds in left if seconds <= 12 * 60]) >= 8
    assert left[0] > 60
    assert soon.filter(assignee=None, due_at__gt=operator).count() >= 6


def test_breaches_were_found_at_their_deadline_and_some_wait_for_a_review() -> None:
    found_late = [b for b in Breach.objects.all() if b.detected_at - b.due_at > dt.timedelta(minutes=96)]
    assert found_late == []
    assert Breach.objects.filter(reviewed_at=None).exists()
    assert Breach.objects.exclude(reviewed_at=None).exists()
    assert set(Breach.objects.values_list("kind", flat=True)) == set(ClockKind.values)


def test_the_stored_verdicts_are_those_of_the_history() -> None:
    proof = verify()
    assert (proof.clocks, proof.differing) == (SlaClock.objects.count(), 0)


def test_most_first_replies_were_in_time() -> None:
    first = SlaClock.objects.filter(kind=ClockKind.RESPONSE, turn=1)
    met, missed = (first.filter(verdict=verdict).count() for verdict in (Verdict.MET, Verdict.MISSED))
    assert 0.85 < met / (met + missed) < 0.97


def test_hardly_two_cases_begin_with_the_same_words() -> None:
    first = Interaction.objects.filter(at=F("in_case__case__opened_at"))
    told = first.values_list("text").annotate(n=Count("pk")).order_by("-n")
    assert told[0][1] <= 9
    assert len(told) > 280


def test_every_number_and_address_is_invented() -> None:
    values = ContactPoint.objects.exclude(kind="handle").exclude(kind="post").values_list("value", flat=True)
    assert [value for value in values if not re.fullmatch(r"\+62\d{2,3}0000\d{4}|\S+@\S+\.example", value)] == []


def test_only_the_last_hours_are_news_to_anybody(operator: dt.datetime) -> None:
    reader = Subscriber.objects.get(name="notifications")
    news = Event.objects.filter(after(reader), kind__in=KINDS)
    assert 0 < news.count() < 150
    assert min(news.values_list("at", flat=True)) > operator - dt.timedelta(hours=3)


def test_seeding_again_changes_nothing(capsys: pytest.CaptureFixture[str]) -> None:
    before = Event.objects.count()
    call_command("seed_demo")
    assert (Case.objects.count(), Event.objects.count()) == (400 + len(GATHERING) + REQUESTS, before)
    assert "Demo kept as it is." in capsys.readouterr().out


def test_when_all_first_quarters_of_an_hour_are_over_new_cases_are_opened(operator: dt.datetime) -> None:
    Case.objects.filter(due_kind=ClockKind.RESPONSE).update(due_at=operator - dt.timedelta(hours=1))
    call_command("seed_demo")
    fresh = Case.objects.filter(due_kind=ClockKind.RESPONSE, due_at__gt=operator)
    assert (Case.objects.count(), fresh.count()) == (412 + len(GATHERING) + REQUESTS, 12)


def test_all_24_stages_have_a_year_behind_them_and_work_for_today(operator: dt.datetime) -> None:
    states = defaultdict(set)
    for stage, state in Task.objects.order_by().values_list("stage", "state").distinct():
        states[stage].add(state)
    assert sorted(states) == list(range(1, 25))
    assert all(len(of_one) > 1 for of_one in states.values())
    assert set().union(*states.values()) >= set(TaskState.values) - {TaskState.SENT, TaskState.WAITING}
    assert Task.objects.order_by("created_at")[0].created_at < operator - dt.timedelta(days=360)
    late, due = Task.objects.overdue(operator).count(), Task.objects.due().count()
    assert late < due


def test_some_are_held_out_nobody_contacted_them_and_what_came_of_it_is_compared() -> None:
    held_out = Task.objects.filter(is_held_out=True)
    assert held_out.exists()
    assert not Attempt.objects.filter(task__in=held_out).exists()
    assert EffectFigures.objects.filter(outcomes__left__held_of__gt=0).exists()


def test_what_was_done_is_told_once_each_and_closed_after_its_last_attempt() -> None:
    tried = Task.objects.annotate(made=Count("attempts_made"))
    assert not tried.exclude(made=F("tried")).exists()
    assert not Task.objects.filter(attempts_made__at__gt=F("closed_at")).exists()
    closed = Task.objects.filter(state__in=[TaskState.DONE, TaskState.FAILED, TaskState.ENDED])
    told = Event.objects.filter(kind="caring.closed").values_list("subject_id", flat=True).distinct()
    assert set(closed.values_list("pk", flat=True)) <= set(told)


def test_the_retention_team_takes_its_stages_offices_their_visits_and_service_quality_the_scores() -> None:
    team = Team.objects.get(takes_retention=True)
    by_hand = Attempt.objects.exclude(by=None)
    kept = by_hand.filter(task__stage__work=Work.RETENTION)
    assert set(kept.values_list("by__teams__code", flat=True)) >= {team.code}
    assert not kept.exclude(by__in=team.members.all()).exists()
    assert not by_hand.filter(task__stage__work=Work.OFFICE, by__office=None).exists()
    assert Score.objects.exists()
    assert set(Score.objects.values_list("by__role", flat=True)) == {Role.QUALITY}
    assert Task.objects.filter(stage=16).exclude(reason="").exclude(offer="").exists()


def test_production_refuses_the_demo(settings: pytest.FixtureRequest) -> None:
    settings.PRODUCTION = True
    before = Event.objects.count()
    for command in ("seed_demo", "demo_logins"):
        with pytest.raises(CommandError, match="production"):
            call_command(command)
    assert Event.objects.count() == before


@pytest.mark.parametrize("username", [one.username for one in people.STAFF])
def test_everybody_can_sign_in_with_what_the_readme_says(client: Client, username: str) -> None:
    row = next(line for line in README.read_text().splitlines() if f"`{username}`" in line and line.startswith("|"))
    password = re.search(r"password is `([^`]+)`", README.read_text())
    assert User.objects.get(username=username).name in row
    assert password
    client.post(reverse("staff:login"), {"username": username, "password": password[1]})
    assert client.session.get("_auth_user_id") == str(User.objects.get(username=username).pk)


def test_the_log_ins_are_told(capsys: pytest.CaptureFixture[str]) -> None:
    call_command("demo_logins")
    told = capsys.readouterr().out
    assert [one.username for one in people.STAFF if one.username not in told] == []
    assert f"{demo_client.CLIENT_ID}  {demo_client.CLIENT_SECRET}" in told


def a_token(client: Client) -> str:
    known = base64.b64encode(f"{demo_client.CLIENT_ID}:{demo_client.CLIENT_SECRET}".encode()).decode()
    asked = {"grant_type": "client_credentials"}
    answer = client.post(reverse("api:token"), asked, headers={"Authorization": f"Basic {known}"})
    assert answer.status_code == 200, answer.content
    return str(answer.json()["access_token"])


@pytest.mark.parametrize("channel", CHANNELS)
def test_the_api_client_opens_cases_of_customers_we_know(operator: dt.datetime, client: Client, channel: str) -> None:
    scene = seed.present_writer(operator).scene(operator, channels=[channel])
    signed = {"Authorization": f"Bearer {a_token(client)}"}
    answer = client.post("/api/v1/cases", body_of(scene), content_type="application/json", headers=signed)
    assert answer.status_code == 201, answer.content
    case = Case.objects.get(number=answer.json()["number"])
    assert (case.customer, case.channel, case.kind) == (scene.somebody.customer, channel, scene.story.kind)


def test_the_mark_says_that_this_is_a_demo() -> None:
    assert seed.is_demo()
