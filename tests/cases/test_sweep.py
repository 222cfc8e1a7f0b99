"""The sweep alone: what silence does, exactly once."""

import datetime as dt
import threading

import pytest
from django.db import connection, transaction
from django.utils import timezone

from crm.cases.actions import add_interaction, climb_ladder
from crm.cases.defaults import ensure_policy
from crm.cases.models import Breach, Case, Category, Escalation, SlaClock, SlaPolicy
from crm.cases.policies import rules_of
from crm.cases.sweep import Swept, beat, heartbeat, next_wake_seconds, sweep, sweep_steps
from crm.cases.timer import LONGEST, Timer
from crm.events.models import Event
from crm.staff.models import User
from tests.cases.conftest import NINE, another_policy
from tests.people import a_case, a_division, a_team


def sweep_until_quiet() -> None:
    while sweep() != Swept():
        pass


def kinds(case: Case) -> list[str]:
    events = Event.objects.filter(subject_type="case", subject_id=case.pk).order_by("id")
    return [f"{e.kind} {e.facts.get('percent') or ''}".strip() for e in events if e.kind != "case.opened"]


def opened(minutes_ago: float) -> Case:
    return a_case(timezone.now() - dt.timedelta(minutes=minutes_ago))


def test_half_of_the_time_gone_warns_once(policy: SlaPolicy) -> None:
    case = opened(minutes_ago=8)
    sweep_until_quiet()
    sweep_until_quiet()
    assert kinds(case) == ["clock.warned 50"]


def test_silence_past_the_deadline_warns_breaches_and_calls_the_supervisor(policy: SlaPolicy) -> None:
    case = opened(minutes_ago=16)
    sweep_until_quiet()
    assert kinds(case) == ["clock.warned 50", "clock.warned 80", "clock.breached 100", "case.escalated 100"]
    case.refresh_from_db()
    assert (case.party, Escalation.objects.get().party) == ("supervisor", "supervisor")


def test_a_breach_says_who_held_the_case(sari: User) -> None:
    case = a_case(timezone.now() - dt.timedelta(minutes=16), assignee=sari, team=a_team())
    sweep_until_quiet()
    breach = Breach.objects.get()
    assert (breach.team, breach.holder, breach.due_at) == (case.team, sari, case.due_at)


def test_before_its_time_nothing_happens(policy: SlaPolicy) -> None:
    case = opened(minutes_ago=7)
    assert sweep() == Swept()
    assert kinds(case) == []


def test_replayed_history_is_invisible_to_the_live_sweep(policy: SlaPolicy) -> None:
    case = a_case(NINE, is_archive=True)
    sweep_until_quiet()
    assert kinds(case) == []


def test_the_ladder_passes_over_a_step_below_where_the_case_stands(policy: SlaPolicy) -> None:
    case = opened(minutes_ago=16)
    Case.objects.filter(pk=case.pk).update(party="division", division=a_division())
    sweep_until_quiet()
    assert not Escalation.objects.exists()
    assert SlaClock.objects.get(case=case, kind="response").wake_at is None


def test_a_step_that_fails_is_set_aside_and_does_not_stop_the_rest(
    policy: SlaPolicy, monkeypatch: pytest.MonkeyPatch
) -> None:
    bad, good = opened(minutes_ago=17), opened(minutes_ago=16)

    def stumble(*, clock_id: int, now: dt.datetime) -> bool:
        if SlaClock.objects.get(pk=clock_id).case_id == bad.pk:
            raise ZeroDivisionError
        return climb_ladder(clock_id=clock_id, now=now)

    monkeypatch.setattr("crm.cases.sweep.climb_ladder", stumble)
    sweep_until_quiet()
    stuck = SlaClock.objects.get(case=bad, kind="response")
    assert (stuck.failures, stuck.due_at) == (1, bad.due_at)
    assert Escalation.objects.get().case == good


@pytest.mark.django_db(transaction=True)
def test_a_fault_in_a_sweep_does_not_end_the_timer(monkeypatch: pytest.MonkeyPatch) -> None:
    def stumble() -> Swept:
        raise ZeroDivisionError

    monkeypatch.setattr("crm.cases.timer.sweep", stumble)
    rested: list[float] = []
    in_another_connection(lambda: rested.append(Timer().round()))
    assert rested == [LONGEST]


@pytest.mark.django_db(transaction=True)
def test_a_case_the_database_refuses_is_set_aside_too(transactional_policy: SlaPolicy) -> None:
    case = opened(minutes_ago=16)
    stuck = SlaClock.objects.get(case=case, kind="response")
    sweep(limit=1)
    SlaClock.objects.filter(pk=stuck.pk).update(marks_passed=3, wake_for="step")
    with connection.cursor() as cursor:
        cursor.execute("ALTER TABLE cases_escalation ADD CONSTRAINT never CHECK (false) NOT VALID")
        try:
            assert sweep_steps(now=timezone.now(), is_archive=False) == 0
        finally:
            cursor.execute("ALTER TABLE cases_escalation DROP CONSTRAINT never")
    stuck.refresh_from_db()
    assert stuck.wake_at is not None
    assert (stuck.failures, stuck.wake_at > timezone.now()) == (1, True)


def test_the_sweep_reads_one_index(policy: SlaPolicy) -> None:
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL enable_seqscan = off; SET LOCAL enable_bitmapscan = off")
        cursor.execute(
            "EXPLAIN SELECT id FROM cases_slaclock WHERE wake_at <= statement_timestamp() AND is_archive = false "
            "AND wake_for = 'mark' ORDER BY wake_at LIMIT 1000 FOR NO KEY UPDATE SKIP LOCKED"
        )
        plan = "\n".join(row[0] for row in cursor.fetchall())
    assert "Index Scan using clock_wake " in plan
    assert "Index Cond: (wake_at <= statement_timestamp())" in plan


def test_an_empty_sweep_asks_the_database_once(policy: SlaPolicy, django_assert_num_queries: object) -> None:
    with django_assert_num_queries(1):  # type: ignore[operator]
        assert sweep() == Swept()


def test_the_next_wake_is_at_most_a_second_away(policy: SlaPolicy) -> None:
    assert next_wake_seconds(1.0) == 1.0
    opened(minutes_ago=16)
    assert next_wake_seconds(1.0) == 0.0


def test_a_sweeper_shows_life(db: None) -> None:
    assert heartbeat() is None
    beat("one")
    beat("one")
    age = heartbeat()
    assert age is not None
    assert 0 <= age < 5


def test_a_case_keeps_the_policy_it_began_with(policy: SlaPolicy, sari: User) -> None:
    case = opened(minutes_ago=1)
    another_policy(targets=({"response_seconds": 60},))
    add_interaction(case=case, direction="out", channel="call", text="Baik.", by=sari)
    add_interaction(case=case, direction="in", channel="call", text="Lalu?")
    assert case.clocks.get(kind="response", turn=2).policy == policy
    assert opened(minutes_ago=0).clocks.get(kind="response").target_seconds == 60


def test_the_most_specific_promise_wins(policy: SlaPolicy) -> None:
    promises: tuple[tuple[int, dict[str, str]], ...] = (
        (900, {}),
        (600, {"channel": "x"}),
        (300, {"channel": "x", "tier": "gold"}),
    )
    fine = another_policy(targets=tuple({"response_seconds": seconds} | given for seconds, given in promises))
    rules = rules_of(fine.pk)
    found = [
        rules.promise(channel=channel, category_ids=(), kind="complaint", tier=tier).response
        for channel, tier in (("call", "gold"), ("x", ""), ("x", "gold"))
    ]
    assert found == [900, 600, 300]


def test_a_ladder_may_call_the_division_of_the_category_or_of_one_above(policy: SlaPolicy) -> None:
    another_policy(ladder=({"clock": "response", "percent": 60, "party": "division"},))
    network = a_division()
    above = Category.objects.create(code="net", name="Jaringan", name_en="Network", division=network)
    category = Category.objects.create(code="bts", name="BTS", name_en="Tower", parent=above)
    case = a_case(timezone.now() - dt.timedelta(minutes=10), category=category)
    sweep_until_quiet()
    case.refresh_from_db()
    assert (case.party, case.division) == ("division", network)


@pytest.mark.django_db(transaction=True)
def test_a_case_that_is_being_answered_is_left_to_the_next_sweep(transactional_policy: SlaPolicy) -> None:
    case = opened(minutes_ago=16)
    found: list[Swept] = []
    with transaction.atomic():
        list(SlaClock.objects.select_for_update(no_key=True).filter(case=case))
        in_another_connection(lambda: found.append(sweep()))
    assert found == [Swept()]
    sweep_until_quiet()
    assert kinds(case)[-1] == "case.escalated 100"


@pytest.mark.django_db(transaction=True)
def test_two_sweepers_find_each_breach_once(transactional_policy: SlaPolicy) -> None:
    cases = [opened(minutes_ago=16 + number) for number in range(30)]
    begin = threading.Barrier(2)

    def work() -> None:
        begin.wait()
        for _ in range(40):
            sweep(limit=3)

    threads = [threading.Thread(target=and_close, args=(work,)) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    sweep_until_quiet()
    expected = ["clock.warned 50", "clock.warned 80", "clock.breached 100", "case.escalated 100"]
    assert [sorted(kinds(case)) for case in cases] == [sorted(expected)] * 30


@pytest.fixture
def transactional_policy(transactional_db: None) -> SlaPolicy:
    return ensure_policy()


def and_close(act: object) -> None:
    try:
        act()  # type: ignore[operator]
    finally:
        connection.close()


def in_another_connection(act: object) -> None:
    thread = threading.Thread(target=and_close, args=(act,))
    thread.start()
    thread.join()
