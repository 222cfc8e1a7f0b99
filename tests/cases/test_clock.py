"""Clock arithmetic, without a database."""

import datetime as dt
from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from crm.cases import clock
from crm.cases.clock import Act, Mark, Said, Turn
from crm.cases.words import Verdict
from tests.cases.conftest import NINE

minutes = st.integers(0, 10_000).map(lambda number: dt.timedelta(minutes=number))
messages = st.lists(st.builds(Said, minutes.map(lambda gap: NINE + gap), st.booleans()), max_size=12)


def after(number: float) -> dt.datetime:
    return NINE + dt.timedelta(minutes=number)


def test_an_answer_at_the_deadline_itself_is_in_time() -> None:
    assert clock.verdict(after(15), after(15)) == Verdict.MET


def test_an_answer_a_moment_after_the_deadline_is_too_late() -> None:
    assert clock.verdict(after(15), after(15) + dt.timedelta(microseconds=1)) == Verdict.MISSED


def test_at_the_deadline_the_breach_is_judged_before_anybody_is_called() -> None:
    marks = clock.schedule([50, 80], [(100, "supervisor"), (80, "quality")])
    assert marks == (
        Mark(50, Act.WARN),
        Mark(80, Act.WARN),
        Mark(80, Act.ESCALATE, "quality"),
        Mark(100, Act.BREACH),
        Mark(100, Act.ESCALATE, "supervisor"),
    )


def test_marks_fall_on_their_share_of_the_time() -> None:
    assert clock.mark_at(after(15), 900, 80) == after(12)
    assert clock.mark_at(after(15), 900, 100) == after(15)


def test_after_the_last_mark_nothing_is_looked_for() -> None:
    assert clock.next_mark((Mark(100, Act.BREACH),), 1, after(15), 900) is None


def test_a_pause_moves_the_deadline_by_exactly_its_length() -> None:
    assert clock.resumed(after(60), paused_at=after(10), at=after(25)) == after(75)


def test_a_reopened_case_gets_what_was_left_but_never_less_than_four_hours() -> None:
    assert clock.reopened_seconds(after(600), after(0), minimum=4 * 3600) == 600 * 60
    assert clock.reopened_seconds(after(0), after(600), minimum=4 * 3600) == 4 * 3600


def test_the_customer_waits_from_the_oldest_unanswered_message_to_the_next_answer() -> None:
    history = [Said(after(0), False), Said(after(3), False), Said(after(7), True), Said(after(9), False)]
    assert clock.turns(history) == [Turn(after(0), after(7)), Turn(after(9), None)]


def test_an_answer_of_the_same_instant_does_not_answer_the_message() -> None:
    assert clock.turns([Said(after(0), False), Said(after(0), True)]) == [Turn(after(0), None)]


def test_settling_answers_a_follow_up_but_never_the_first_message() -> None:
    settled = Said(after(5), True, only_follow_ups=True)
    assert clock.turns([Said(after(0), False), settled]) == [Turn(after(0), None)]
    history = [Said(after(0), False), Said(after(1), True), Said(after(2), False), settled]
    assert clock.turns(history)[-1] == Turn(after(2), after(5))


@given(messages)
def test_the_order_in_which_messages_arrive_does_not_matter(history: list[Said]) -> None:
    assert clock.turns(history) == clock.turns(list(reversed(history)))


@given(messages)
def test_turns_follow_one_another_and_only_the_last_may_be_open(history: list[Said]) -> None:
    found = clock.turns(history)
    for turn, following in pairwise(found):
        assert turn.stopped_at is not None
        assert turn.started_at < turn.stopped_at <= following.started_at
