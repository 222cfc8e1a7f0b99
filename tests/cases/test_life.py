"""A case from its first message to its end, as agents and customers live it."""

import datetime as dt
from typing import Any

import pytest

from crm.cases.actions import (
    add_interaction,
    assign_case,
    cancel_case,
    close_case,
    edit_case,
    merge_cases,
    reject_case,
    reopen_case,
    resume_case,
    set_aside,
    settle_case,
    take_in,
    wait_for,
)
from crm.cases.errors import BadTime, CannotMerge, FirstReplyMissing, IllegalTransition, ReasonMissing, StaleVersion
from crm.cases.handlers import give_back_cases
from crm.cases.models import Breach, Case, SlaClock, SlaPolicy
from crm.cases.verify import differing_clocks
from crm.events.actions import record
from crm.events.models import Event
from crm.staff.models import User
from tests.cases.conftest import NINE, another_policy
from tests.people import a_case, a_customer, a_team


def after(**gap: float) -> dt.datetime:
    return NINE + dt.timedelta(**gap)


def reply(case: Case, by: User, at: dt.datetime) -> None:
    add_interaction(case=case, direction="out", channel="call", text="Baik, Bu.", by=by, at=at)


def ask(case: Case, at: dt.datetime) -> None:
    add_interaction(case=case, direction="in", channel="call", text="Bagaimana?", at=at)


def clock(case: Case, kind: str, turn: int = 1) -> SlaClock:
    return case.clocks.get(kind=kind, turn=turn)


def unchanged(case: Case) -> tuple[object, ...]:
    case.refresh_from_db()
    events = Event.objects.filter(subject_type="case", subject_id=case.pk).count()
    return (
        case.state,
        case.version,
        case.due_at,
        events,
        tuple(case.clocks.values_list("verdict", "due_at", "stopped_at")),
    )


def test_a_complaint_runs_against_fifteen_minutes_and_three_days(policy: SlaPolicy) -> None:
    case = a_case(NINE)
    assert clock(case, "response").due_at == after(minutes=15)
    assert clock(case, "resolution").due_at == after(hours=72)
    assert (case.due_at, case.due_kind, case.state) == (after(minutes=15), "response", "new")


def test_a_suggestion_is_weighed_and_has_no_settlement_clock(policy: SlaPolicy) -> None:
    case = a_case(NINE, kind="suggestion")
    assert list(case.clocks.values_list("kind", flat=True)) == ["response"]


def test_a_case_goes_to_the_team_of_its_channel(policy: SlaPolicy) -> None:
    a_team("First")
    calls = a_team("Call centre", channels=["call"])
    assert a_case(NINE, channel="call").team == calls


def test_an_automatic_acknowledgement_does_not_stop_the_clock(sari: User) -> None:
    case = a_case(NINE)
    add_interaction(
        case=case, direction="out", channel="call", text="Terima kasih.", by_person=False, at=after(minutes=1)
    )
    assert clock(case, "response").is_running


def test_after_an_answer_only_the_settlement_clock_runs(sari: User) -> None:
    case = a_case(NINE)
    reply(case, sari, after(minutes=7))
    case.refresh_from_db()
    assert clock(case, "response").verdict == "met"
    assert (case.state, case.due_kind, case.due_at) == ("open", "resolution", after(hours=72))


def test_the_next_message_starts_the_next_clock_from_itself(sari: User) -> None:
    case = a_case(NINE)
    reply(case, sari, after(minutes=7))
    ask(case, after(minutes=30))
    ask(case, after(minutes=40))
    second = clock(case, "response", turn=2)
    assert (second.started_at, second.due_at) == (after(minutes=30), after(minutes=45))


def test_a_case_without_any_answer_cannot_be_settled(sari: User) -> None:
    case = a_case(NINE)
    before = unchanged(case)
    with pytest.raises(FirstReplyMissing):
        settle_case(case=case, outcome="solved", by=sari, at=after(minutes=3))
    assert unchanged(case) == before


def test_settling_answers_a_thank_you(sari: User) -> None:
    case = a_case(NINE)
    reply(case, sari, after(minutes=2))
    ask(case, after(minutes=5))
    settle_case(case=case, outcome="solved", by=sari, at=after(minutes=9))
    assert clock(case, "response", turn=2).verdict == "met"
    assert clock(case, "resolution").verdict == "met"


def test_a_case_cannot_be_settled_before_its_newest_message(sari: User) -> None:
    case = a_case(NINE)
    reply(case, sari, after(minutes=9))
    before = unchanged(case)
    with pytest.raises(BadTime):
        settle_case(case=case, outcome="solved", by=sari, at=after(minutes=8))
    assert unchanged(case) == before


def test_settled_too_late_is_a_breach_of_the_settlement_clock(sari: User) -> None:
    case = a_case(NINE)
    reply(case, sari, after(minutes=2))
    settle_case(case=case, outcome="solved", by=sari, at=after(hours=73))
    assert Breach.objects.get().kind == "resolution"


def test_a_message_within_the_seven_days_reopens_with_the_time_that_was_left(sari: User) -> None:
    case = a_case(NINE)
    reply(case, sari, after(minutes=2))
    settle_case(case=case, outcome="solved", by=sari, at=after(hours=10))
    ask(case, after(hours=30))
    case.refresh_from_db()
    assert (case.state, case.reopened, case.outcome) == ("open", 1, "")
    assert clock(case, "resolution", turn=2).due_at == after(hours=30 + 62)


def test_a_case_settled_at_the_last_minute_reopens_with_four_hours(sari: User) -> None:
    case = a_case(NINE)
    reply(case, sari, after(minutes=2))
    settle_case(case=case, outcome="solved", by=sari, at=after(hours=71, minutes=59))
    reopen_case(case=case, by=sari, reason="Belum selesai.", at=after(hours=80))
    assert clock(case, "resolution", turn=2).due_at == after(hours=84)


def test_a_message_after_closing_opens_a_new_case(sari: User) -> None:
    rina = a_customer()
    words: dict[str, Any] = {"customer": rina, "channel": "x", "account": "Sapa", "conversation": "9", "text": "Halo"}
    old = take_in(**words, external_id="1", at=NINE)
    reply(old, sari, after(minutes=2))
    settle_case(case=old, outcome="solved", by=sari, at=after(minutes=9))
    close_case(case=old, at=after(days=8))
    new = take_in(**words, external_id="2", at=after(days=9))
    assert new.pk != old.pk
    assert Case.objects.get(pk=old.pk).state == "closed"


def test_waiting_pauses_nothing_unless_the_policy_says_so(sari: User) -> None:
    case = a_case(NINE)
    reply(case, sari, after(minutes=2))
    wait_for(case=case, waiting_for="customer", by=sari, at=after(hours=1))
    assert clock(case, "resolution").paused_at is None


def test_where_the_policy_says_so_waiting_moves_the_promise_by_its_length_and_keeps_the_evidence(
    sari: User,
) -> None:
    another_policy(pause_for_division=True)
    case = a_case(NINE)
    reply(case, sari, after(minutes=2))
    wait_for(case=case, waiting_for="division", by=sari, at=after(hours=1))
    case.refresh_from_db()
    assert (clock(case, "resolution").wake_at, case.due_at) == (None, None)
    resume_case(case=case, by=sari, at=after(hours=6))
    assert clock(case, "resolution").due_at == after(hours=77)
    pause = clock(case, "resolution").pauses.get()
    assert (pause.paused_at, pause.resumed_at, pause.waiting_for) == (after(hours=1), after(hours=6), "division")


def test_a_promise_already_broken_is_not_paused(sari: User) -> None:
    another_policy(pause_for_division=True)
    case = a_case(NINE)
    reply(case, sari, after(minutes=2))
    wait_for(case=case, waiting_for="division", by=sari, at=after(hours=73))
    resume_case(case=case, by=sari, at=after(hours=80))
    assert (clock(case, "resolution").due_at, clock(case, "resolution").pauses.count()) == (after(hours=72), 0)


def test_the_customers_message_ends_waiting_for_the_customer(sari: User) -> None:
    case = a_case(NINE)
    reply(case, sari, after(minutes=2))
    wait_for(case=case, waiting_for="customer", by=sari, at=after(minutes=3))
    ask(case, after(hours=2))
    case.refresh_from_db()
    assert (case.state, case.waiting_for) == ("open", "")


def test_an_appointment_needs_a_time_to_come(sari: User) -> None:
    case = a_case(NINE)
    before = unchanged(case)
    with pytest.raises(BadTime):
        wait_for(case=case, waiting_for="appointment", by=sari, at=after(hours=1), until=after(minutes=30))
    assert unchanged(case) == before


@pytest.mark.parametrize(("act", "state"), [(cancel_case, "cancelled"), (reject_case, "rejected")])
def test_cancelled_and_rejected_cases_are_not_judged(act: object, state: str, sari: User) -> None:
    case = a_case(NINE)
    act(case=case, by=sari, reason="Salah alamat.", at=after(minutes=3))  # type: ignore[operator]
    case.refresh_from_db()
    assert (case.state, case.due_at) == (state, None)
    assert set(case.clocks.values_list("verdict", flat=True)) == {"void"}


def test_cancelling_does_not_undo_a_breach(sari: User) -> None:
    case = a_case(NINE)
    cancel_case(case=case, by=sari, reason="Ditarik.", at=after(minutes=20))
    assert clock(case, "response").verdict == "missed"
    assert Breach.objects.filter(withdrawn_at=None).count() == 1


def test_cancelling_needs_a_reason(sari: User) -> None:
    case = a_case(NINE)
    before = unchanged(case)
    with pytest.raises(ReasonMissing):
        cancel_case(case=case, by=sari, reason=" ", at=after(minutes=3))
    assert unchanged(case) == before


def test_a_settled_case_cannot_be_cancelled(sari: User) -> None:
    case = a_case(NINE)
    reply(case, sari, after(minutes=2))
    settle_case(case=case, outcome="solved", by=sari, at=after(minutes=9))
    before = unchanged(case)
    with pytest.raises(IllegalTransition):
        cancel_case(case=case, by=sari, reason="Terlambat.", at=after(minutes=10))
    assert unchanged(case) == before


def test_a_colleague_who_looked_before_the_last_change_is_told(sari: User) -> None:
    case = a_case(NINE)
    assign_case(case=case, assignee=sari, by=sari, version=1)
    before = unchanged(case)
    with pytest.raises(StaleVersion):
        assign_case(case=case, assignee=None, by=sari, version=1)
    assert unchanged(case) == before


def test_nothing_happens_in_the_future(sari: User) -> None:
    case = a_case(NINE)
    before = unchanged(case)
    with pytest.raises(BadTime):
        add_interaction(case=case, direction="out", channel="call", text="Baik.", by=sari, at=after(days=36_500))
    assert unchanged(case) == before


def test_another_category_does_not_move_the_promise(sari: User) -> None:
    case = a_case(NINE)
    edit_case(case=case, by=sari, kind="question", priority="urgent")
    assert clock(case, "resolution").due_at == after(hours=72)


def test_spam_is_put_aside_and_its_case_rejected(sari: User) -> None:
    case = a_case(NINE)
    set_aside(interaction=case.entries.get().interaction, reason="spam", by=sari, at=after(minutes=1))
    case.refresh_from_db()
    assert case.state == "rejected"


def test_merging_moves_the_messages_and_keeps_the_earlier_clock(sari: User) -> None:
    rina = a_customer()
    first, second = a_case(NINE, customer=rina), a_case(after(minutes=5), customer=rina, channel="email")
    merge_cases(source=first, into=second, by=sari, at=after(minutes=6))
    first.refresh_from_db()
    assert (first.state, first.outcome, first.merged_into) == ("closed", "merged", second)
    assert second.entries.count() == 2
    assert clock(second, "response").due_at == after(minutes=15)
    assert clock(second, "resolution").due_at == after(hours=72)


def test_a_running_clock_goes_over_where_the_other_case_has_none(sari: User) -> None:
    rina = a_customer()
    answered, waiting = a_case(NINE, customer=rina), a_case(after(minutes=5), customer=rina)
    reply(answered, sari, after(minutes=2))
    merge_cases(source=waiting, into=answered, by=sari, at=after(minutes=6))
    assert clock(answered, "response", turn=2).due_at == after(minutes=20)


def test_cases_of_two_customers_are_not_merged(sari: User) -> None:
    first, second = a_case(NINE), a_case(NINE)
    before = unchanged(first), unchanged(second)
    with pytest.raises(CannotMerge):
        merge_cases(source=first, into=second, by=sari)
    assert (unchanged(first), unchanged(second)) == before


def test_an_older_message_that_arrives_late_makes_the_clock_older(sari: User) -> None:
    case = a_case(after(minutes=10))
    ask(case, NINE)
    assert clock(case, "response").due_at == after(minutes=15)
    assert Event.objects.filter(kind="clock.rebuilt", subject_id=case.pk).count() == 1


def test_the_nightly_proof_finds_a_verdict_somebody_has_falsified(sari: User) -> None:
    case = a_case(NINE)
    reply(case, sari, after(minutes=40))
    assert differing_clocks(after(days=1)) == []
    SlaClock.objects.filter(case=case, kind="response").update(verdict="met")
    assert differing_clocks(after(days=1)) == [(clock(case, "response").pk, "met", "missed")]


def test_the_cases_of_somebody_who_left_are_the_teams_again(sari: User) -> None:
    case = a_case(NINE, assignee=sari)
    for _ in range(2):
        give_back_cases(record("staff.deactivated", subject=sari))
    case.refresh_from_db()
    assert (case.assignee, case.team) == (None, sari.team)
    assert Event.objects.filter(kind="case.assigned").count() == 1
