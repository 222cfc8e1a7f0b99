"""Whatever agents, customers, channels and sweeps do to a case: the proof from raw history finds nothing wrong."""

import datetime as dt
from collections import Counter
from collections.abc import Callable
from contextlib import suppress
from functools import partial

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from crm.cases import actions
from crm.cases.errors import CaseError
from crm.cases.models import Breach, Case, ClockPause, SlaClock
from crm.cases.sweep import sweep_archive
from crm.cases.verify import differing_clocks
from crm.customers.models import Customer
from crm.events.models import Event
from crm.staff.models import User
from crm.timeline.models import Interaction
from tests.cases.conftest import NINE, another_policy
from tests.cases.test_any_order import rolled_back
from tests.people import a_case

NOT_AT_THE_DEADLINE = dt.timedelta(seconds=30)  # at that very instant an answer is in time, and a sweep breaches
Act = Callable[[Case, User, dt.datetime], object]


def ask(case: Case, _sari: User, at: dt.datetime) -> None:
    actions.add_interaction(case=case, direction="in", channel="call", text="Halo?", at=at)


def answer(case: Case, sari: User, at: dt.datetime) -> None:
    actions.add_interaction(case=case, direction="out", channel="call", text="Baik.", by=sari, at=at)


def late_ask(case: Case, sari: User, at: dt.datetime) -> None:
    ask(case, sari, max(at - dt.timedelta(minutes=9), case.opened_at))


def late_answer(case: Case, sari: User, at: dt.datetime) -> None:
    answer(case, sari, max(at - dt.timedelta(minutes=9), case.opened_at))


def refuse(case: Case, _sari: User, at: dt.datetime) -> None:
    """The channel refuses the newest answer for good."""
    given_answers = Interaction.objects.filter(in_case__case=case, direction="out", voided_at=None)
    if newest := given_answers.order_by("-at", "-pk").first():
        actions.void_answer(interaction=newest, reason="refused", at=at)


def refuse_first(case: Case, _sari: User, at: dt.datetime) -> None:
    given_answers = Interaction.objects.filter(in_case__case=case, direction="out", voided_at=None)
    if oldest := given_answers.order_by("at", "pk").first():
        actions.void_answer(interaction=oldest, reason="refused", at=at)


def wait(case: Case, sari: User, at: dt.datetime) -> None:
    actions.wait_for(case=case, waiting_for="customer", by=sari, at=at)


def resume(case: Case, sari: User, at: dt.datetime) -> None:
    actions.resume_case(case=case, by=sari, at=at)


def settle(case: Case, sari: User, at: dt.datetime) -> None:
    actions.settle_case(case=case, outcome="solved", by=sari, at=at)


def settle_by_a_slip(case: Case, sari: User, at: dt.datetime) -> None:
    """Taken back seconds later: everything is as it was, but that both are on record."""
    before = state_of(case)
    settled = partial(actions.settle_case, case=case, outcome="solved", by=sari, at=at)
    actions.undoably("settle", settled, case=case, by=sari)
    actions.undo_act(case=case, act="settle", by=sari, at=at + dt.timedelta(seconds=7))
    assert state_of(case) == before


def state_of(case: Case) -> list:
    """The case, its clocks and who holds it. A clock that ran past its deadline may have been found late meanwhile."""
    now = Case.objects.filter(pk=case.pk).values().get()
    clocks = [one | {"verdict": one["verdict"].replace("missed", "")} for one in case.clocks.order_by("pk").values()]
    pauses = ClockPause.objects.filter(clock__case=case).order_by("pk").values()
    return [{**now, "version": 0}, clocks, list(pauses), list(case.holdings.values())]


def reopen(case: Case, sari: User, at: dt.datetime) -> None:
    actions.reopen_case(case=case, by=sari, reason="Belum.", at=at)


def close(case: Case, _sari: User, at: dt.datetime) -> None:
    actions.close_case(case=case, at=at)


def cancel(case: Case, sari: User, at: dt.datetime) -> None:
    actions.cancel_case(case=case, by=sari, reason="Ditarik.", at=at)


def merge_another(case: Case, sari: User, at: dt.datetime) -> None:
    other = a_case(at - dt.timedelta(minutes=10), customer=case.customer, is_archive=True)
    actions.merge_cases(source=other, into=case, by=sari, at=at)


def sweep(_case: Case, _sari: User, at: dt.datetime) -> None:
    sweep_archive(upto=at + NOT_AT_THE_DEADLINE)


EVERYDAY: list[Act] = [ask, answer, late_ask, late_answer, refuse, refuse_first, wait, resume, settle, reopen, sweep,
                       settle_by_a_slip]  # fmt: skip
LAST: list[Act] = [close, cancel, answer, settle]
gaps = st.one_of(st.integers(1, 20), st.integers(15 * 60, 40 * 60)).map(lambda minutes: dt.timedelta(minutes=minutes))


def lives(acts: list[Act]) -> st.SearchStrategy[list[tuple[Act, dt.timedelta]]]:
    return st.lists(st.tuples(st.sampled_from(acts), gaps), min_size=2, max_size=10)


slowly = settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])


@slowly
@given(life=lives(EVERYDAY), end=st.sampled_from(LAST), pauses=st.booleans())
def test_no_life_of_a_case_leaves_a_wrong_verdict(life: list, end: Act, pauses: bool, sari: User) -> None:
    lived([*life, (end, dt.timedelta(minutes=3))], pauses, sari)


@slowly
@given(life=lives([ask, answer, late_ask, refuse, settle, sweep, merge_another]))
def test_no_merge_leaves_a_deadline_unwatched(life: list, sari: User) -> None:
    lived(life, False, sari)


@rolled_back
def lived(life: list[tuple[Act, dt.timedelta]], pauses: bool, sari: User) -> None:
    another_policy(pause_for_customer=pauses)
    case = a_case(NINE, is_archive=True, customer=Customer.objects.create(name="Rina"))
    at = NINE
    for act, gap in life:
        at += gap
        with suppress(CaseError):
            act(case, sari, at)
        all_is_well(at + NOT_AT_THE_DEADLINE)
    at += NOT_AT_THE_DEADLINE
    sweep_archive(upto=at)
    all_is_well(at)
    overdue = SlaClock.objects.filter(stopped_at=None, paused_at=None, due_at__lt=at)
    assert not overdue.exclude(verdict="missed").exists()


def all_is_well(at: dt.datetime) -> None:
    assert differing_clocks(at) == []
    missed = SlaClock.objects.filter(verdict="missed").values_list("pk", "due_at")
    standing = Breach.objects.filter(withdrawn_at=None).values_list("clock_id", "due_at")
    assert sorted(missed) == sorted(standing)
    for case in Case.objects.all():
        watched = case.clocks.filter(stopped_at=None)
        assert case.is_running or not watched.exists()
        assert case.due_at == min(watched.filter(paused_at=None).values_list("due_at", flat=True), default=None)
    told = Event.objects.filter(kind="clock.breached").values_list("facts__clock", flat=True)
    assert set(Counter(told).values()) <= {1}
