"""What agents did at the telephone: each has their own part of a call, to the second."""

import csv
import datetime as dt
import io

import pytest
from django.utils import timezone

from crm.calls.actions import hear, wrap_up
from crm.calls.defaults import ensure_reasons
from crm.calls.models import CallReason
from crm.reports.calls import count
from crm.staff.models import Role
from tests.calls.people import a_call, an_agent
from tests.people import a_member, a_team

pytestmark = pytest.mark.django_db
NOON = dt.datetime(2026, 11, 25, 5, tzinfo=dt.UTC)
DAY = timezone.localdate(NOON)


def tell(call, kind, minute, agent=None, number=""):
    hear(exchange_id=call, kind=kind, agent=agent, at=NOON + dt.timedelta(minutes=minute), msisdn=number)


def a_row(rows, agent):
    return next(row for row in rows if row.agent == agent and row.day)


def test_a_call_that_was_handed_on_is_shared_and_counts_once_in_all():
    sari, joko = an_agent(), an_agent("Joko")
    tell("x", "ringing", 0, sari)
    tell("x", "answered", 1, sari)
    tell("x", "held", 2)
    tell("x", "transferred", 4, joko)
    tell("x", "answered", 5, joko)
    tell("x", "ended", 10)
    total, *rows = count([sari, joko], DAY, DAY)
    assert (total.answered, total.talked, total.transferred, total.without_wrap_up) == (1, 480, 1, 1)
    first, second = a_row(rows, sari), a_row(rows, joko)
    assert (first.answered, first.talked, first.transferred, first.without_wrap_up) == (1, 180, 1, 0)
    assert (second.answered, second.talked, second.transferred, second.without_wrap_up) == (1, 300, 0, 1)


def test_who_answered_is_where_it_rang_when_the_exchange_does_not_say():
    sari = an_agent()
    tell("x", "ringing", 0, sari)
    tell("x", "answered", 1)
    tell("x", "ended", 3)
    assert a_row(count([sari], DAY, DAY), sari).talked == 120


def test_the_wrap_up_runs_from_the_end_and_a_missed_call_is_none():
    ensure_reasons()
    sari = an_agent()
    call, _missed = a_call(sari, until="ended"), a_call(sari)
    wrap_up(call=call, reason=CallReason.objects.get(code="bill"), by=sari, at=call.ended_at + dt.timedelta(seconds=90))
    today = timezone.localdate(call.answered_at)
    row = a_row(count([sari], today, today), sari)
    assert (row.answered, row.wrap_mean, row.without_wrap_up) == (1, 90, 0)


def test_a_supervisor_reads_their_own_people_and_takes_the_table_out(client):
    team = a_team()
    ours, others = an_agent(teams=(team,)), an_agent("Wayan")
    for agent in (ours, others):
        a_call(agent, until="ended")
    client.force_login(a_member("Hendro", Role.SUPERVISOR, teams=(team,), language="en"))
    shown = client.get("/reports/calls/").content.decode()
    assert "Sari Wulandari" in shown
    assert "Wayan" not in shown
    answer = client.get("/reports/calls/table.csv")
    body = b"".join(answer.streaming_content) if answer.streaming else answer.content
    rows = list(csv.reader(io.StringIO(body.decode("utf-8-sig"))))
    assert [row[0] for row in rows[1:]] == ["All", "Sari Wulandari", "Sari Wulandari"]


def test_agents_read_no_report_of_calls(client):
    client.force_login(an_agent())
    assert client.get("/reports/calls/").status_code == 403
    assert client.get("/reports/calls/table.csv").status_code == 403


def listed(client, link):
    return [screen.call.exchange_id for screen in client.get(link).context["screens"]]


def test_every_count_opens_its_calls_of_those_whom_one_looks_after(client):
    team = a_team()
    ours, others = an_agent(teams=(team,)), an_agent("Wayan")
    tell("handed on", "ringing", 0, ours)
    tell("handed on", "answered", 1, ours)
    tell("handed on", "transferred", 4, others)
    tell("handed on", "answered", 5, others)
    tell("handed on", "ended", 9)
    for number, agent in enumerate((ours, others)):
        tell(f"whole {number}", "ringing", 10, agent)
        tell(f"whole {number}", "answered", 11, agent)
        tell(f"whole {number}", "ended", 12)
    client.force_login(a_member("Hendro", Role.SUPERVISOR, teams=(team,), language="en"))
    total, opens = client.get(f"/reports/calls/?since={DAY}&until={DAY}").context["total"]
    assert (total.answered, total.transferred, total.without_wrap_up) == (2, 1, 1)
    assert listed(client, opens["answered"]) == ["whole 0", "handed on"]
    assert listed(client, opens["transferred"]) == ["handed on"]
    assert listed(client, opens["waiting"]) == ["whole 0"]
    assert listed(client, f"/calls/?of=waiting&agent={ours.username}") == ["whole 0"]
    assert listed(client, f"/calls/?agent={others.username}") == ["whole 0", "handed on"]  # not theirs: narrows nothing


def test_an_administrator_reads_the_figures_and_no_single_call(client):
    a_call(an_agent(), until="ended")
    client.force_login(a_member("Yosef", Role.ADMINISTRATOR))
    answer = client.get("/reports/calls/")
    assert answer.context["total"][0].answered == 1
    assert "/calls/?" not in answer.content.decode().replace("/reports/calls/?", "")
    assert client.get("/calls.csv").status_code == 403


def test_the_list_is_a_file_with_masked_numbers(client):
    team = a_team()
    call = a_call(an_agent(teams=(team,)), until="ended")
    client.force_login(a_member("Hendro", Role.SUPERVISOR, teams=(team,), language="en"))
    answer = client.get("/calls.csv?of=waiting")
    body = b"".join(answer.streaming_content if answer.streaming else [answer.content]).decode("utf-8-sig")
    assert len(list(csv.reader(io.StringIO(body)))) == 2
    assert call.msisdn not in body
