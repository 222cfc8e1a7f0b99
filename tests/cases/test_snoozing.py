"""A snoozed case leaves its queues and never its clock; it comes back at its time, or when the customer writes."""

import datetime as dt

import pytest
from django.utils import timezone

from crm.cases import actions
from crm.cases.errors import BadTime, IllegalTransition, SnoozedTooLong, StaleVersion
from crm.cases.models import Case, SlaClock
from crm.cases.snoozes import wake_due
from crm.events.models import Event
from tests.people import a_case, a_customer, a_member, a_team

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("policy")]
MINUTE = dt.timedelta(minutes=1)


@pytest.fixture
def sari():
    return a_member(teams=(a_team(),))


@pytest.fixture
def case(sari):
    return Case.objects.get(pk=a_case(team=sari.team).pk)


def in_minutes(minutes: float) -> dt.datetime:
    return timezone.now() + minutes * MINUTE


def snoozed(case, sari, minutes=10) -> Case:
    return actions.snooze_case(case=case, until=in_minutes(minutes), by=sari)


def fresh(case) -> Case:
    return Case.objects.get(pk=case.pk)


def why_woken() -> list[str]:
    return [event.facts["why"] for event in Event.objects.filter(kind="case.woken").order_by("pk")]


def test_it_hides_the_row_and_leaves_the_clock_alone(case, sari):
    clocks = list(SlaClock.objects.order_by("pk").values())
    found = snoozed(case, sari)
    assert (found.snoozed_by, found.state, found.due_at) == (sari, "new", case.due_at)
    assert list(SlaClock.objects.order_by("pk").values()) == clocks


def test_not_beyond_the_deadline(case, sari):
    with pytest.raises(SnoozedTooLong) as refused:
        snoozed(case, sari, minutes=16)
    assert refused.value.latest == case.due_at
    assert fresh(case).snoozed_until is None


def test_a_late_case_cannot_be_hidden(sari):
    late = a_case(in_minutes(-20), team=sari.team)
    with pytest.raises(SnoozedTooLong) as refused:
        snoozed(late, sari)
    assert refused.value.latest is None


def test_not_into_the_past_and_not_what_has_ended(case, sari):
    with pytest.raises(BadTime):
        snoozed(case, sari, minutes=-1)
    actions.cancel_case(case=case, by=sari, reason="Salah sambung")
    with pytest.raises(IllegalTransition):
        snoozed(case, sari)


def test_not_on_an_older_picture(case, sari):
    actions.edit_case(case=case, by=sari, priority="high")
    with pytest.raises(StaleVersion):
        actions.snooze_case(case=case, until=in_minutes(5), by=sari, version=case.version)


def test_the_customers_word_ends_it(case, sari):
    snoozed(case, sari)
    actions.add_interaction(case=case, direction="in", channel="call", text="Halo?")
    assert fresh(case).snoozed_until is None
    assert why_woken() == ["customer"]


def test_a_message_of_its_conversation_ends_it(sari):
    said = {"channel": "x", "account": "sapa_care", "conversation": "7", "customer": a_customer()}
    case = actions.take_in(text="Halo", external_id="1", **said)
    actions.snooze_case(case=case, until=in_minutes(5), by=sari)
    actions.take_in(text="Masih ada?", external_id="2", **said)
    assert fresh(case).snoozed_until is None


def test_our_own_words_do_not_end_it(case, sari):
    snoozed(case, sari)
    actions.add_note(case=case, text="Menunggu jaringan.", by=sari)
    assert fresh(case).snoozed_until is not None


def test_giving_it_to_somebody_else_ends_it_and_taking_it_oneself_does_not(case, sari):
    snoozed(case, sari)
    actions.assign_case(case=case, by=sari, assignee=sari)
    assert fresh(case).snoozed_until is not None
    actions.assign_case(case=case, by=sari, assignee=a_member("Dimas Anggoro"))
    assert fresh(case).snoozed_until is None


def test_settling_and_merging_end_it(case, sari):
    other = a_case(customer=case.customer, team=sari.team)
    snoozed(other, sari)
    actions.merge_cases(source=case, into=other, by=sari)
    assert why_woken() == ["merge"]
    actions.add_interaction(case=other, direction="out", channel="call", text="Halo", by=sari)
    snoozed(other, sari, minutes=60)
    actions.settle_case(case=other, outcome="solved", by=sari)
    assert fresh(other).snoozed_until is None


def test_it_comes_back_at_its_time_once(case, sari):
    snoozed(case, sari, minutes=5)
    assert wake_due(in_minutes(4)) == 0
    assert (wake_due(in_minutes(6)), wake_due(in_minutes(6))) == (1, 0)
    assert why_woken() == ["time"]
    assert Event.objects.get(kind="case.woken").facts["owner"] == sari.pk


def test_woken_by_hand_and_twice_is_once(case, sari):
    snoozed(case, sari)
    actions.wake_case(case=case, by=sari)
    version = fresh(case).version
    actions.wake_case(case=case, by=sari)
    assert (fresh(case).version, why_woken()) == (version, ["hand"])
