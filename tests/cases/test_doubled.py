"""Two deliveries at once, and messages that come later than they were said: nothing lost, nothing twice."""

import datetime as dt
from typing import Any

import pytest
from django.db import transaction
from django.utils import timezone

from crm.cases.actions import (
    add_interaction,
    answer_case,
    cancel_case,
    close_case,
    merge_cases,
    reject_case,
    settle_case,
    take_in,
    void_answer,
    wait_for,
)
from crm.cases.errors import CaseEnded
from crm.cases.models import Case, SlaClock
from crm.cases.verify import differing_clocks
from crm.customers.models import Customer
from crm.staff.models import User
from crm.timeline.models import Interaction
from tests.cases.conftest import NINE, another_policy
from tests.connections import somebody_else, until_somebody_waits
from tests.people import a_case, a_customer


def after(minutes: float) -> dt.datetime:
    return NINE + dt.timedelta(minutes=minutes)


def a_post(rina: Customer, number: str, at: dt.datetime, **fields: Any) -> dict[str, Any]:
    """A customer's post in one thread of ours."""
    network = {"channel": "x", "account": "Sapa", "conversation": "9", "external_id": number}
    return {"customer": rina, "text": "Halo", "at": at} | network | fields


def add(case: Case, direction: str, minutes: float, **fields: Any) -> Interaction:
    return add_interaction(case=case, direction=direction, channel="call", text="Halo.", at=after(minutes), **fields)


def clock(case: Case, kind: str, turn: int = 1) -> SlaClock:
    return case.clocks.get(kind=kind, turn=turn)


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize(("second", "contacts"), [("1", 1), ("2", 2)])
def test_two_deliveries_at_once_of_a_new_conversation_make_one_case(second: str, contacts: int, sari: User) -> None:
    rina = a_customer()
    with somebody_else() as does:
        with transaction.atomic():
            first = take_in(**a_post(rina, "1", NINE))
            later = does(take_in, **a_post(rina, second, after(1)))
            until_somebody_waits()
        assert later.result(20) == first
    assert (Case.objects.count(), Interaction.objects.count()) == (1, contacts)


@pytest.mark.django_db(transaction=True)
def test_a_message_that_meets_the_closing_of_its_case_opens_a_new_one(sari: User) -> None:
    rina = a_customer()
    old = take_in(**a_post(rina, "1", NINE))
    add(old, "out", 1, by=sari)
    settle_case(case=old, outcome="solved", by=sari, at=after(2))
    with somebody_else() as does:
        with transaction.atomic():
            close_case(case=old)
            new = does(take_in, **a_post(rina, "2", after(3)))
            until_somebody_waits()
        assert new.result(20) != old
    assert new.result().clocks.get(kind="response").is_running


def test_a_live_message_is_not_swallowed_by_replayed_history(sari: User) -> None:
    rina = a_customer()
    replayed = take_in(**a_post(rina, "1", NINE), is_archive=True)
    live = take_in(**a_post(rina, "2", timezone.now()))
    assert (live == replayed, live.is_archive) == (False, False)


def test_a_thread_whose_case_was_merged_goes_on_in_the_other_case(sari: User) -> None:
    rina = a_customer()
    thread, other = take_in(**a_post(rina, "1", NINE)), a_case(after(1), customer=rina)
    merge_cases(source=thread, into=other, by=sari, at=after(2))
    assert take_in(**a_post(rina, "2", after(3))) == other


@pytest.mark.parametrize("end", [cancel_case, reject_case])
def test_a_customers_word_is_not_filed_in_a_case_that_has_ended(end: Any, sari: User) -> None:
    case = a_case(NINE)
    end(case=case, by=sari, reason="Salah alamat.", at=after(1))
    with pytest.raises(CaseEnded):
        add(case, "in", 2)
    assert case.entries.count() == 1


def test_an_answer_does_not_count_for_a_message_that_came_after_send_was_pressed(sari: User) -> None:
    case = a_case(NINE)
    add(case, "in", 5)
    answer_case(case=case, text="Baik, Bu.", by=sari, at=after(4))
    assert clock(case, "response").stopped_at == after(4)
    assert (clock(case, "response", 2).started_at, clock(case, "response", 2).is_running) == (after(5), True)
    assert differing_clocks(timezone.now()) == []


def test_a_network_whose_clock_runs_fast_does_not_make_answers_void(sari: User) -> None:
    case = a_case(timezone.now() + dt.timedelta(seconds=100))
    answer_case(case=case, text="Baik, Bu.", by=sari)
    assert clock(case, "response").verdict == "met"


def test_a_message_from_before_the_settlement_is_judged_in_its_order_and_opens_the_case_again(sari: User) -> None:
    case = a_case(NINE)
    add(case, "out", 5, by=sari)
    settle_case(case=case, outcome="solved", by=sari, at=after(60))
    add(case, "in", 30)
    case.refresh_from_db()
    second = clock(case, "response", 2)
    assert (case.state, second.stopped_at, second.verdict) == ("open", after(60), "missed")
    assert clock(case, "resolution", 2).is_running
    assert differing_clocks(timezone.now()) == []


def test_what_was_settled_by_an_answer_that_never_arrived_is_open_again(sari: User) -> None:
    case = a_case(NINE)
    answer = add(case, "out", 5, by=sari)
    settle_case(case=case, outcome="solved", by=sari, at=after(10))
    void_answer(interaction=answer, reason="refused")
    case.refresh_from_db()
    assert (case.state, clock(case, "response").stopped_at, clock(case, "response").verdict) == ("open", None, "missed")
    assert differing_clocks(timezone.now()) == []


def test_turns_go_on_counting_after_an_answer_was_void(sari: User) -> None:
    case = a_case(NINE)
    answer = add(case, "out", 5, by=sari)
    add(case, "in", 6)
    void_answer(interaction=answer, reason="refused", at=after(7))
    add(case, "out", 8, by=sari)
    add(case, "in", 9)
    counted = case.clocks.filter(kind="response").exclude(verdict="void").order_by("turn")
    assert list(counted.values_list("turn", "started_at")) == [(1, NINE), (2, after(9))]
    assert differing_clocks(timezone.now()) == []


def test_a_wait_that_becomes_the_second_keeps_its_own_clock_and_its_marks(sari: User) -> None:
    case = a_case(NINE)
    answer = add(case, "out", 5, by=sari)
    add(case, "in", 6)
    add(case, "out", 40, by=sari)
    add(case, "in", 50)
    waiting = clock(case, "response", 3)
    void_answer(interaction=answer, reason="refused", at=after(52))
    waiting.refresh_from_db()
    assert (waiting.turn, waiting.started_at, waiting.wake_at) == (2, after(50), after(57.5))


def test_a_merge_does_not_judge_again_what_was_judged_before_it(sari: User) -> None:
    rina = a_customer()
    first, second = a_case(NINE, customer=rina), a_case(after(30), customer=rina)
    add(first, "out", 20, by=sari)
    answer = add(second, "out", 31, by=sari)
    merge_cases(source=first, into=second, by=sari, at=after(32))
    void_answer(interaction=answer, reason="refused", at=after(33))
    assert list(second.clocks.filter(kind="response").values_list("started_at", "verdict")) == [(after(30), "")]


def test_a_paused_promise_that_goes_over_in_a_merge_is_not_shortened(sari: User) -> None:
    another_policy(targets=({}, {"kind": "suggestion", "resolution_seconds": None}), pause_for_division=True)
    rina = a_customer()
    paused, idea = a_case(NINE, customer=rina), a_case(NINE, customer=rina, kind="suggestion")
    wait_for(case=paused, waiting_for="division", by=sari, at=after(60))
    merge_cases(source=paused, into=idea, by=sari, at=after(180))
    assert clock(idea, "resolution").due_at == after(72 * 60 + 120)
