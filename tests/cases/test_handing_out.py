"""Cases find their people: by the team's rule, or taken as the next one."""

import datetime as dt

import pytest
from django.db import transaction
from django.utils import timezone

from crm.cases.actions import answer_case, assign_case, hand_out, take_next, taking_back, wait_for
from crm.cases.actions.taking_back import register_sign_of_work, take_back_all
from crm.cases.defaults import ensure_policy
from crm.cases.errors import NoRoom, NothingToTake
from crm.cases.models import Case, Category
from crm.events.models import Event
from crm.staff.attending import note_given
from crm.staff.models import Presence, Role, Skill, Team, User
from tests.connections import somebody_else, until_somebody_waits
from tests.people import a_case, a_customer, a_member, a_team

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def policy(db):
    ensure_policy()


@pytest.fixture
def team() -> Team:
    return a_team(hands_out=True, channels=["call"])


def an_agent(team: Team, name: str = "Sari Wulandari", free_minutes: int = 10, **fields) -> User:
    since = timezone.now() - dt.timedelta(minutes=free_minutes)
    return a_member(name, teams=(team,), **{"presence": Presence.AVAILABLE, "presence_since": since, **fields})


def with_category(skill: Skill | None) -> Category:
    return Category.objects.create(code="bills", name="Tagihan", name_en="Bills", skill=skill)


def assignee(case: Case) -> User | None:
    return Case.objects.get(pk=case.pk).assignee


def test_whoever_has_been_free_the_longest_gets_it_and_the_reason_is_kept(team):
    an_agent(team, "Putri Maharani", free_minutes=3)
    sari = an_agent(team, free_minutes=12)
    an_agent(team, "Dimas Anggoro", 40, presence=Presence.BUSY)
    case = a_case()
    assert hand_out(team=team) == 1
    assert assignee(case) == sari
    facts = Event.objects.get(kind="case.assigned").facts
    assert facts["why"] == "automatic"
    assert 700 < facts["free_seconds"] < 760
    assert facts["considered"] == {"people": 3, "available": 2, "skilled": 2, "room": 2}


def test_each_case_begins_the_turn_anew(team):
    sari, putri = an_agent(team, free_minutes=12), an_agent(team, "Putri Maharani", free_minutes=3)
    cases = [a_case() for _ in range(3)]
    assert hand_out(team=team) == 3
    assert [assignee(case) for case in cases] == [sari, putri, sari]


def test_the_higher_tier_comes_first_then_the_nearer_deadline(team):
    now = timezone.now()
    late = a_case(now - dt.timedelta(minutes=9))
    gold = a_case(now - dt.timedelta(minutes=1), customer=a_customer(tier="gold"))
    fresh = a_case(now)
    sari = an_agent(team, capacity=2)
    assert hand_out(team=team) == 2
    assert [assignee(one) for one in (gold, late, fresh)] == [sari, sari, None]


def test_a_case_that_asks_for_a_skill_waits_for_somebody_who_has_it(team):
    skill = Skill.objects.create(code="bills", name="Tagihan", name_en="Bills")
    sari = an_agent(team, free_minutes=60)
    case = a_case(category=with_category(skill))
    plain = a_case()
    assert hand_out(team=team) == 1
    assert (assignee(case), assignee(plain)) == (None, sari)
    putri = an_agent(team, "Putri Maharani")
    putri.skills.add(skill)
    assert hand_out(team=team) == 1
    assert assignee(case) == putri


def test_nobody_is_given_more_than_they_have_room_for_in_all_or_on_a_channel(team):
    sari = an_agent(team, capacity=5, channel_capacity={"call": 2})
    for _ in range(3):
        a_case()
    elsewhere = a_case(channel="counter", team=team)
    assert hand_out(team=team) == 3
    assert sari.cases.filter(channel="call").count() == 2
    assert assignee(elsewhere) == sari


def test_a_team_that_does_not_hand_out_keeps_its_cases_and_waiting_ones_are_left(team):
    an_agent(team)
    waiting = a_case()
    wait_for(case=waiting, by=None, waiting_for="customer")
    assert hand_out(team=team) == 0
    assert assignee(waiting) is None


def test_supervisors_are_given_nothing(team):
    a_member("Ratna Kusumaningrum", Role.SUPERVISOR, teams=(team,), presence=Presence.AVAILABLE)
    a_case()
    assert hand_out(team=team) == 0


@pytest.mark.django_db(transaction=True)
def test_two_workers_give_each_case_once_and_nobody_too_much(team):
    sari = an_agent(team, capacity=1)
    cases = [a_case(), a_case()]
    with somebody_else() as does:
        with transaction.atomic():
            assert hand_out(team=team, most=1) == 1
            later = does(hand_out, team=team)
            until_somebody_waits()
        assert later.result(10) == 0
    assert [assignee(case) for case in cases] == [sari, None]
    assert Event.objects.filter(kind="case.assigned").count() == 1


@pytest.mark.django_db(transaction=True)
def test_two_who_take_the_next_get_two_different_cases(team):
    sari, putri = an_agent(team), an_agent(team, "Putri Maharani")
    first, second = a_case(), a_case()
    with somebody_else() as does, transaction.atomic():
        assert take_next(by=sari).pk == first.pk
        assert does(take_next, by=putri).result(10).pk == second.pk


def test_the_next_is_the_most_urgent_of_ones_teams_and_why_it_is_ones_own_is_kept(team):
    a_case(team=a_team("Call centre"))
    case = a_case(timezone.now() - dt.timedelta(minutes=3))
    a_case()
    sari = an_agent(team)
    assert take_next(by=sari).pk == case.pk
    event = Event.objects.get(kind="case.assigned")
    assert (event.actor_id, event.facts["why"]) == (sari.pk, "claimed")


def test_whoever_is_full_takes_nothing_more(team):
    sari = an_agent(team, capacity=1)
    a_case(assignee=sari)
    left = a_case()
    with pytest.raises(NoRoom, match=r"1 of 1|1 dari 1"):
        take_next(by=sari)
    assert assignee(left) is None


def test_where_nothing_fits_there_is_nothing_to_take(team):
    skill = Skill.objects.create(code="bills", name="Tagihan", name_en="Bills")
    a_case(category=with_category(skill))
    with pytest.raises(NothingToTake):
        take_next(by=an_agent(team))
    assert not Event.objects.filter(kind="case.assigned").exists()


# --- taken back ---------------------------------------------------------------------------------------------------


def given(team: Team, sari: User, minutes_ago: int) -> Case:
    case = a_case(timezone.now() - dt.timedelta(minutes=minutes_ago), assignee=sari)
    note_given(sari.pk, timezone.now())
    return case


def test_what_lies_for_half_of_the_reply_time_is_taken_back_and_goes_to_somebody_else(team):
    sari = an_agent(team, free_minutes=99)
    case, fresh = given(team, sari, 8), given(team, sari, 7)
    assert take_back_all() == 1
    assert (assignee(case), assignee(fresh)) == (None, sari)
    event = Event.objects.get(kind="case.taken_back")
    assert (event.facts["was"], event.facts["why"], event.actor_id) == (sari.pk, "idle", None)
    assert hand_out(team=team) == 0  # not to the one who let it lie
    putri = an_agent(team, "Putri Maharani")
    assert hand_out(team=team) == 1
    assert assignee(case) == putri


def test_whoever_gets_it_late_has_half_of_what_was_left(team):
    case = a_case(timezone.now() - dt.timedelta(minutes=10))
    assign_case(case=case, assignee=an_agent(team), by=None)
    assert take_back_all(timezone.now() + dt.timedelta(minutes=2)) == 0
    assert take_back_all(timezone.now() + dt.timedelta(minutes=3)) == 1


def test_who_is_away_loses_what_is_unanswered_and_keeps_what_is_not(team):
    sari = an_agent(team, presence=Presence.AWAY, free_minutes=6)
    now = timezone.now()
    unanswered, answered = (a_case(now - dt.timedelta(minutes=6), assignee=sari) for _ in range(2))
    answer_case(case=answered, by=sari, text="Baik, Ibu Rina, kami cek.")
    assert take_back_all() == 1
    assert (assignee(unanswered), assignee(answered)) == (None, sari)
    assert Event.objects.get(kind="case.taken_back").facts["why"] == "away"


def test_a_team_that_takes_nothing_back_is_left_alone(team):
    Team.objects.update(take_back_minutes=0, take_back_percent=0)
    case = given(team, sari := an_agent(team), 14)
    assert take_back_all() == 0
    assert assignee(case) == sari


def test_who_is_writing_the_answer_keeps_the_case(team, monkeypatch):
    monkeypatch.setattr(taking_back, "_signs_of_work", [])
    register_sign_of_work(lambda cases, at: {case.pk for case in cases})
    case = given(team, sari := an_agent(team), 9)
    assert take_back_all() == 0
    assert assignee(case) == sari


@pytest.mark.django_db(transaction=True)
def test_what_is_being_answered_this_moment_is_not_taken_back(team):
    sari = an_agent(team)
    case = given(team, sari, 9)
    with somebody_else() as does, transaction.atomic():
        answer_case(case=case, by=sari, text="Baik, Ibu Rina, kami cek.")
        assert does(take_back_all).result(10) == 0
    assert assignee(case) == sari
