"""States of people: said by them, by a supervisor, or by time."""

import datetime as dt
import importlib

import pytest
from django.apps import apps
from django.core.exceptions import PermissionDenied
from django.db import transaction

from crm.events.models import Event
from crm.staff.absence import Change, Patience, Signs, change_due
from crm.staff.actions import send_away, set_presence
from crm.staff.actions.presence import watch
from crm.staff.attending import note_act, note_present
from crm.staff.models import Presence, PresenceSpan, Role, User
from tests.connections import somebody_else, until_somebody_waits
from tests.people import a_member, a_team

NINE = dt.datetime(2026, 10, 20, 2, 0, tzinfo=dt.UTC)
MINUTE = dt.timedelta(minutes=1)


def somebody(presence: str = Presence.AWAY, *, role: str = Role.AGENT, since: dt.datetime = NINE, **team: int) -> User:
    teams = (a_team(**{"wrap_up_minutes": 3, "gone_minutes": 5, "idle_minutes": 20} | team),)
    return a_member(role=role, teams=teams, presence=presence, presence_since=since)


def days_of(user: User) -> list[tuple[str, dt.datetime, dt.datetime | None]]:
    return list(PresenceSpan.objects.filter(user=user).values_list("presence", "since", "until"))


@pytest.mark.django_db
def test_each_change_of_state_ends_one_span_and_begins_the_next():
    sari = somebody()
    set_presence(user=sari, presence=Presence.AVAILABLE, at=NINE + MINUTE)
    set_presence(user=sari, presence=Presence.AVAILABLE, at=NINE + 2 * MINUTE)
    set_presence(user=sari, presence=Presence.BUSY, at=NINE + 3 * MINUTE)
    assert days_of(sari) == [
        ("away", NINE, NINE + MINUTE),
        ("available", NINE + MINUTE, NINE + 3 * MINUTE),
        ("busy", NINE + 3 * MINUTE, None),
    ]
    assert (sari.presence, sari.presence_since) == ("busy", NINE + 3 * MINUTE)


@pytest.mark.django_db(transaction=True)
def test_two_tabs_that_press_at_once_leave_one_open_span():
    sari = somebody()
    with somebody_else() as does:
        with transaction.atomic():
            set_presence(user=sari, presence=Presence.AVAILABLE)
            later = does(set_presence, user=sari, presence=Presence.BUSY)
            until_somebody_waits()
        assert later.result(10)
    assert [span[0] for span in days_of(sari) if span[2] is None] == ["busy"]
    assert [(one.facts["before"], one.facts["after"]) for one in Event.objects.order_by("id")] == [
        ("away", "available"),
        ("available", "busy"),
    ]


@pytest.mark.django_db
def test_a_supervisor_sends_an_agent_of_their_team_away_and_nobody_elses():
    sari = somebody(Presence.AVAILABLE)
    ratna = a_member("Ratna Kusumaningrum", Role.SUPERVISOR, teams=tuple(sari.teams.all()))
    hendro = a_member("Hendro Wibisono", Role.SUPERVISOR, teams=(a_team(),))
    with pytest.raises(PermissionDenied):
        send_away(person=sari, by=hendro)
    assert not Event.objects.exists()
    assert send_away(person=sari, by=ratna)
    event = Event.objects.get()
    assert (event.actor_id, event.facts["after"], event.facts["why"]) == (ratna.pk, "away", "by_hand")


@pytest.mark.django_db
def test_wrap_up_ends_by_itself_and_never_where_the_team_says_never():
    sari, dimas = somebody(Presence.WRAP_UP), somebody(Presence.WRAP_UP, wrap_up_minutes=0)
    assert watch(NINE + 2 * MINUTE) == 0
    assert watch(NINE + 3 * MINUTE) == 1
    sari.refresh_from_db(), dimas.refresh_from_db()
    assert (sari.presence, dimas.presence) == (Presence.AVAILABLE, Presence.WRAP_UP)
    assert Event.objects.get().facts["why"] == "wrap_up"


@pytest.mark.django_db
def test_whoever_shows_no_sign_is_away_and_comes_back_by_hand():
    sari, putri = somebody(Presence.AVAILABLE), somebody(Presence.AVAILABLE)
    note_act(putri.pk, NINE + 10 * MINUTE)
    assert watch(NINE + 21 * MINUTE) == 1
    sari.refresh_from_db(), putri.refresh_from_db()
    assert (sari.presence, putri.presence) == (Presence.AWAY, Presence.AVAILABLE)
    assert set_presence(user=sari, presence=Presence.AVAILABLE, at=NINE + 22 * MINUTE)
    assert watch(NINE + 23 * MINUTE) == 0


@pytest.mark.django_db
def test_whose_page_is_gone_is_away_but_only_while_pages_are_heard_at_all():
    sari, putri = somebody(Presence.AVAILABLE), somebody(Presence.AVAILABLE)
    note_present([sari.pk, putri.pk], NINE)
    assert watch(NINE + 6 * MINUTE) == 0  # nobody is heard: the live process is down, not the people
    note_present([putri.pk], NINE + 6 * MINUTE)
    assert watch(NINE + 6 * MINUTE) == 1
    sari.refresh_from_db()
    assert (sari.presence, Event.objects.get().facts["why"]) == (Presence.AWAY, "gone")


@pytest.mark.django_db
def test_division_staff_are_left_alone():
    togar = somebody(Presence.AVAILABLE, role=Role.DIVISION)
    assert watch(NINE + dt.timedelta(hours=9)) == 0
    assert User.objects.get(pk=togar.pk).presence == Presence.AVAILABLE


PATIENT = Patience(3 * MINUTE, 5 * MINUTE, 20 * MINUTE, 60 * MINUTE)


@pytest.mark.parametrize(
    ("presence", "minutes", "due"),
    [
        ("busy", 59, None),  # on a call
        ("busy", 60, Change(Presence.AWAY, "gone")),  # nobody calls for an hour from a page that is closed
        ("available", 4, None),
        ("available", 5, Change(Presence.AWAY, "gone")),
        ("available", 20, Change(Presence.AWAY, "idle")),
        ("away", 600, None),
    ],
)
def test_what_time_makes_of_somebody(presence, minutes, due):
    signs = Signs(presence, NINE)
    assert change_due(signs, PATIENT, NINE + minutes * MINUTE, is_heard=True) == due


def test_a_team_that_has_switched_it_off_waits_for_ever():
    signs = Signs(Presence.AVAILABLE, NINE)
    assert change_due(signs, Patience(), NINE + dt.timedelta(days=30), is_heard=True) is None


@pytest.mark.django_db
def test_an_upgrade_sends_nobody_away_and_takes_nothing_back():
    sari = somebody(Presence.AVAILABLE, take_back_minutes=5, take_back_percent=50)
    importlib.import_module("crm.staff.migrations.0004_presence").leave_as_they_were(apps, None)
    assert watch(NINE + dt.timedelta(hours=9)) == 0
    assert User.objects.get(pk=sari.pk).presence == Presence.AVAILABLE
    team = sari.teams.get()
    assert (team.take_back_minutes, team.take_back_percent, team.wrap_up_minutes) == (0, 0, 3)
