"""Whatever order answer, settlement and sweep come in, the verdict follows from the timestamps alone."""

import datetime as dt
from collections.abc import Callable
from contextlib import suppress
from functools import wraps
from itertools import permutations

import pytest
from django.db import transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from crm.cases.actions import add_interaction, settle_case, take_in
from crm.cases.errors import FirstReplyMissing
from crm.cases.models import Breach, Case
from crm.cases.sweep import sweep_archive
from crm.cases.verify import differing_clocks
from crm.staff.models import User
from tests.cases.conftest import NINE
from tests.people import a_case, a_customer

# The sweep of replayed history takes a time of our choosing: the same statements as the live one.
Step = Callable[[Case, User], None]


def answer(minute: float) -> Step:
    def step(case: Case, sari: User) -> None:
        add_interaction(case=case, direction="out", channel="call", text="Baik.", by=sari, at=at(minute))

    return step


def ask(minute: float) -> Step:
    def step(case: Case, sari: User) -> None:
        add_interaction(case=case, direction="in", channel="call", text="Halo?", at=at(minute))

    return step


def settle(minute: float) -> Step:
    def step(case: Case, sari: User) -> None:
        settle_case(case=case, outcome="solved", by=sari, at=at(minute))

    return step


def sweep(minute: float) -> Step:
    def step(case: Case, sari: User) -> None:
        sweep_archive(upto=at(minute))

    return step


def at(minute: float) -> dt.datetime:
    return NINE + dt.timedelta(minutes=minute)


def verdicts(case: Case) -> list[tuple[str, int, str]]:
    return list(case.clocks.order_by("kind", "turn").values_list("kind", "turn", "verdict"))


@pytest.mark.parametrize("steps", list(permutations([answer(14.9), sweep(15.1), sweep(7.5)])))
def test_an_answer_in_time_is_in_time_even_if_the_sweep_was_faster(steps: tuple[Step, ...], sari: User) -> None:
    case = a_case(NINE, is_archive=True)
    for step in steps:
        step(case, sari)
    assert case.clocks.get(kind="response").verdict == "met"
    assert not Breach.objects.filter(withdrawn_at=None).exists()


@pytest.mark.parametrize("steps", list(permutations([answer(15.1), sweep(15.1), sweep(30)])))
def test_a_late_answer_is_a_breach_even_if_the_sweep_came_last(steps: tuple[Step, ...], sari: User) -> None:
    case = a_case(NINE, is_archive=True)
    for step in steps:
        step(case, sari)
    assert case.clocks.get(kind="response").verdict == "missed"
    assert Breach.objects.filter(kind="response", withdrawn_at=None).count() == 1


def test_a_late_answer_is_a_breach_even_if_the_sweep_never_ran(sari: User) -> None:
    case = a_case(NINE, is_archive=True)
    answer(20)(case, sari)
    breach = Breach.objects.get()
    assert (breach.kind, breach.due_at, breach.case_id) == ("response", at(15), case.pk)


THREE_DAYS = 72 * 60


def rolled_back(play: Callable[..., object]) -> Callable[..., object]:
    """Each example on an empty table."""

    @wraps(play)
    def wrapped(*args: object) -> object:
        with transaction.atomic():
            outcome = play(*args)
            transaction.set_rollback(True)
        return outcome

    return wrapped


moments = st.one_of(st.integers(1, 40), st.integers(THREE_DAYS - 20, THREE_DAYS + 20))
acts = st.lists(st.tuples(st.sampled_from([answer, ask]), moments), max_size=5)
sweeps = st.lists(moments.map(sweep), max_size=4)


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(data=st.data(), acts=acts, settled=moments, looks=sweeps)
def test_any_order_of_answers_questions_and_sweeps_gives_one_verdict(
    data: st.DataObject, acts: list, settled: int, looks: list, sari: User
) -> None:
    """Settling comes last, as the table of states has it; sweeps fall anywhere between."""
    said = [make(minute) for make, minute in acts]
    first, second = (data.draw(st.permutations(said + looks)) for _ in range(2))
    end = max([settled, *(minute + 1 for _, minute in acts)])
    outcomes = [played(steps, end, sari) for steps in (first, second)]
    assert outcomes[0] == outcomes[1]


@rolled_back
def played(steps: list[Step], settled: int, sari: User) -> object:
    case = a_case(NINE, is_archive=True)
    for step in steps:
        step(case, sari)
    with suppress(FirstReplyMissing):
        settle(settled)(case, sari)
    sweep_archive(upto=at(THREE_DAYS * 2))
    assert differing_clocks(at(THREE_DAYS * 2)) == []
    breaches = Breach.objects.filter(case=case, withdrawn_at=None).order_by("kind", "due_at")
    return verdicts(case), list(breaches.values_list("kind", "due_at"))


def test_the_same_message_delivered_twice_changes_nothing(sari: User) -> None:
    rina = a_customer()
    first = take_in(customer=rina, channel="x", account="Sapa", conversation="9", external_id="1", text="Halo", at=NINE)
    again = take_in(customer=rina, channel="x", account="Sapa", conversation="9", external_id="1", text="Halo", at=NINE)
    assert first.pk == again.pk
    assert (Case.objects.count(), first.entries.count(), first.clocks.count()) == (1, 1, 2)
