"""The team room: who is here and how much each holds; and what a supervisor does there."""

import datetime as dt
import html
import re

from django.urls import reverse
from django.utils import timezone

from crm.cases.models import Case
from crm.desk.bulk.work import run
from crm.desk.day import strips, window_of
from crm.desk.models import BulkJob
from crm.staff.models import PresenceSpan, Role, User
from tests.desk.conftest import HTMX
from tests.people import a_case, a_member, a_team

MIDNIGHT = dt.datetime(2026, 10, 20, tzinfo=dt.timezone(dt.timedelta(hours=7)))


def page(client, **query) -> str:
    return client.get(reverse("desk:team"), query).content.decode()


def test_a_supervisor_sees_the_people_of_their_teams_and_nobody_elses(as_user, ratna, sari, joko):
    shown = page(as_user(ratna))
    assert sari.name in shown
    assert joko.name not in shown


def test_service_quality_sees_every_team_and_an_agent_none(as_user, sari, joko):
    assert joko.name in page(as_user(a_member("Bagas Santoso", Role.QUALITY)))
    assert as_user(sari).get(reverse("desk:team")).status_code == 403


def test_a_row_says_how_much_somebody_holds_by_channel_and_what_is_late(as_user, ratna, sari):
    User.objects.filter(pk=sari.pk).update(capacity=4, channel_capacity={"call": 2})
    a_case(assignee=sari, team=ratna.team)
    a_case(timezone.now() - dt.timedelta(hours=1), assignee=sari, team=ratna.team, channel="counter")
    shown = page(as_user(ratna))
    assert "2 / 4" in shown
    assert '1<span class="muted">/2</span>' in shown
    assert f"?queue=breached&amp;assignee={sari.pk}" in shown


def opened(client, shown: str, begins: str) -> list[int]:
    """The cases that a link of the room opens."""
    link = next(one for one in re.findall(r'href="([^"]+)"', shown) if begins in one)
    return [row.case.pk for row in client.get(html.unescape(link)).context["rows"]]


def test_what_somebody_holds_on_a_channel_and_settled_today_open_those_cases(as_user, ratna, sari, team):
    call = a_case(assignee=sari, team=team, channel="call")
    a_case(assignee=sari, team=team, channel="counter")
    before, today = (a_case(assignee=sari, team=team, channel="call") for _ in range(2))
    Case.objects.filter(pk__in=[before.pk, today.pk]).update(state="settled", settled_at=timezone.now())
    Case.objects.filter(pk=before.pk).update(settled_at=timezone.now() - dt.timedelta(days=1))
    client = as_user(ratna)
    shown = page(client)
    assert opened(client, shown, "channel=call") == [call.pk]
    assert opened(client, shown, "settled=") == [today.pk]


def test_it_asks_as_much_for_three_people_as_for_thirty(as_user, ratna, team, django_assert_max_num_queries):
    client = as_user(ratna)
    page(client)
    for number in range(30):
        a_case(assignee=a_member(f"Agen {number}", teams=(team,)), team=team)
    with django_assert_max_num_queries(21):
        page(client)


def span(presence: str, since: float, until: float | None) -> PresenceSpan:
    hour = dt.timedelta(hours=1)
    return PresenceSpan(presence=presence, since=MIDNIGHT + since * hour, until=until and MIDNIGHT + until * hour)


def test_the_day_is_shown_from_the_hour_of_the_first_who_came():
    now = MIDNIGHT + dt.timedelta(hours=16, minutes=30)
    spans = [span("away", -9, 7.5), span("available", 7.5, 12), span("away", 12, None)]
    window = window_of(spans, MIDNIGHT, now)
    assert (window.begin.hour, window.end.hour) == (7, 17)
    assert [(one.presence, one.x, one.width) for one in strips(spans, window, now)] == [
        ("away", "0.00", "5.00"),
        ("available", "5.00", "45.00"),
        ("away", "50.00", "45.00"),
    ]


def reassign(client, person: User, **data) -> object:
    return client.post(reverse("desk:reassign", args=[person.pk]), {"key": "one", "which": "all", "to": ""} | data)


def test_all_of_somebodys_cases_go_to_a_colleague_in_one_job_however_often_one_presses(as_user, ratna, sari, team):
    putri = a_member("Putri Maharani", teams=(team,))
    cases = [a_case(assignee=sari, team=team) for _ in range(3)]
    client = as_user(ratna)
    for _ in range(2):
        response = reassign(client, sari, to=f"user-{putri.pk}")
    job = BulkJob.objects.get()
    assert response["Location"] == reverse("desk:job", args=[job.pk])
    run(job.pk)
    assert {Case.objects.get(pk=case.pk).assignee for case in cases} == {putri}


def test_the_dialog_itself_says_which_are_meant(as_user, ratna, sari, team):
    """What a browser sends of it untouched: those ticked."""
    a_case(assignee=sari, team=team)
    shown = as_user(ratna).get(reverse("desk:reassign", args=[sari.pk])).content.decode()
    asked = re.findall(r'<input type="radio" name="which" value="(\w+)"[^>]*?( checked)?>', shown)
    assert asked == [("all", ""), ("some", " checked")]


def test_only_those_ticked_go_back_to_the_unassigned(as_user, ratna, sari, team):
    one, other = a_case(assignee=sari, team=team), a_case(assignee=sari, team=team)
    reassign(as_user(ratna), sari, which="some", picked=one.pk)
    run(BulkJob.objects.get().pk)
    assert [Case.objects.get(pk=case.pk).assignee for case in (one, other)] == [None, sari]


def test_nothing_ticked_is_asked_for_again_and_starts_nothing(as_user, ratna, sari, team):
    a_case(assignee=sari, team=team)
    assert reassign(as_user(ratna), sari, which="some").status_code == 422
    assert not BulkJob.objects.exists()


def test_cases_do_not_go_to_strangers_nor_from_people_of_other_teams(as_user, ratna, sari, joko, team):
    case = a_case(assignee=sari, team=team)
    assert reassign(as_user(ratna), sari, to=f"user-{joko.pk}").status_code == 422
    assert reassign(as_user(ratna), joko).status_code == 404
    assert Case.objects.get(pk=case.pk).assignee == sari
    assert not BulkJob.objects.exists()


def test_somebody_is_set_away_by_their_supervisor_alone(as_user, ratna, sari):
    User.objects.filter(pk=sari.pk).update(presence="available")
    hendro = a_member("Hendro Wibisono", Role.SUPERVISOR, teams=(a_team(),))
    away = reverse("desk:send-away", args=[sari.pk])
    assert as_user(hendro).post(away).status_code == 404
    assert as_user(a_member(role=Role.QUALITY)).post(away).status_code == 403
    assert User.objects.get(pk=sari.pk).presence == "available"
    assert as_user(ratna).post(away, headers=HTMX).status_code == 204
    assert User.objects.get(pk=sari.pk).presence == "away"
