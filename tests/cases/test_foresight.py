"""What would have happened: a draft that changes nothing finds what is stored, another one what would have been."""

import datetime as dt
from contextlib import suppress

import pytest
from django.db import transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from crm.cases import actions
from crm.cases.defaults import ensure_policy
from crm.cases.errors import CaseError
from crm.cases.foresight.terms import Terms
from crm.cases.models import Case, Category, LadderStep, PolicyPreview, SlaClock, SlaPolicy, SlaTarget
from crm.cases.sweep import sweep_archive
from crm.customers.models import Customer
from crm.staff.models import Role, User
from tests.cases.conftest import NINE, another_policy
from tests.cases.test_any_life import EVERYDAY, LAST, NOT_AT_THE_DEADLINE, cancel, lives, merge_another
from tests.cases.test_any_order import rolled_back
from tests.people import a_case, a_member

slowly = settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
DAY, MINUTE = dt.timedelta(days=1), dt.timedelta(minutes=1)
TERMS = (
    {},
    {"pause_for_customer": True},
    {"pause_for_customer": True, "target": {"resolution_seconds": 1800}},
    {"target": {"response_seconds": 300, "resolution_seconds": 3600}, "reopen_minimum_seconds": 600},
    {"target": {"response_seconds": 1800, "resolution_seconds": 7 * 86_400}},
)


@pytest.fixture
def ratna(policy: SlaPolicy) -> User:
    return a_member("Ratna", Role.SUPERVISOR)


def preview(terms: Terms, by: User, at: dt.datetime) -> PolicyPreview:
    draft = SlaPolicy.objects.filter(published_at=None).first() or SlaPolicy.objects.create(version=99)
    made = actions.begin_preview(policy=draft, terms=terms, since=NINE - DAY, until=NINE + 9 * DAY, by=by, at=at)
    while actions.count_on(made.pk):
        pass
    made.refresh_from_db()
    assert made.state == "done", made.error
    return made


def live(life: list, sari: User, **policy: object) -> tuple[SlaPolicy, dt.datetime]:
    """Lived as replayed history, at its own times; then shown as if it had been lived through."""
    target = policy.pop("target", {})
    chosen = another_policy(targets=(target,), **policy)  # type: ignore[arg-type]
    case, at = a_case(NINE, is_archive=True, customer=Customer.objects.create(name="Rina")), NINE
    for act, gap in life:
        at += gap
        with suppress(CaseError):
            act(case, sari, at)
    at += NOT_AT_THE_DEADLINE
    sweep_archive(upto=at)
    Case.objects.update(is_archive=False)
    SlaClock.objects.update(is_archive=False)
    return chosen, at


def verdicts() -> list[tuple]:
    kept = SlaClock.objects.filter(turn__lt=1000).order_by("kind", "turn")
    return [(c.kind, c.turn, c.verdict or "open", c.due_at) for c in kept]


@slowly
@given(life=lives([*EVERYDAY, merge_another]), end=st.sampled_from([*LAST, cancel]), lived=st.sampled_from(TERMS))
def test_the_same_terms_give_every_stored_verdict_again(life: list, end, lived: dict, sari: User) -> None:
    the_same([*life, (end, dt.timedelta(minutes=3))], lived, sari)


@rolled_back
def the_same(life: list, lived: dict, sari: User) -> None:
    policy, at = live(life, sari, **lived)
    before = list(SlaClock.objects.order_by("pk").values())
    made = preview(Terms.of(policy), sari, at)
    assert list(made.changes.values_list("kind", "turn", "was", "then")) == []
    for side in ("was", "then"):
        counted = {key: n for key, n in made.tally.items() if key.startswith(f"{side} re")}
        assert counted == stored(side)
    assert list(SlaClock.objects.order_by("pk").values()) == before


def stored(side: str) -> dict[str, int]:
    keys = [f"{side} {kind} {verdict}" for kind, _turn, verdict, _due in verdicts()]
    return {key: keys.count(key) for key in keys}


@slowly
@given(
    life=lives(EVERYDAY), end=st.sampled_from([*LAST, cancel]),
    lived=st.sampled_from(TERMS), tried=st.sampled_from(TERMS),
)  # fmt: skip
def test_a_preview_says_what_the_same_life_under_the_draft_comes_to(life, end, lived, tried, sari: User) -> None:
    the_other([*life, (end, dt.timedelta(minutes=3))], lived, tried, sari)


@rolled_back
def the_other(life: list, lived: dict, tried: dict, sari: User) -> None:
    expected, terms = lived_under(tried, life, sari)
    _policy, at = live(life, sari, **lived)
    made = preview(terms, sari, at)
    then = {(kind, turn): (verdict, due) for kind, turn, verdict, due in verdicts()}
    then |= {(c.kind, c.turn): (c.then, c.due_then) for c in made.changes.all()}
    assert {key: verdict for key, (verdict, _due) in then.items()} == expected


def lived_under(tried: dict, life: list, sari: User) -> tuple[dict[tuple[str, int], str], Terms]:
    with transaction.atomic():
        policy, _at = live(life, sari, **tried)
        found = {(kind, turn): verdict for kind, turn, verdict, _due in verdicts()}, Terms.of(policy)
        transaction.set_rollback(True)
    return found


def tried(by: User, *, at: dt.datetime, targets: tuple[dict, ...] = ({},), **fields: object) -> PolicyPreview:
    """What these terms would have done to the cases that are there."""
    draft = SlaPolicy.objects.create(version=99, drafted_by=by, **fields)
    for one in targets:
        SlaTarget.objects.create(policy=draft, **one)
    for step in ensure_policy().ladder.all():
        LadderStep.objects.create(policy=draft, clock=step.clock, percent=step.percent, party=step.party)
    return preview(Terms.of(draft), by, at)


def test_a_tighter_promise_makes_the_answer_late_and_says_which(ratna: User, sari: User) -> None:
    case = a_case(NINE, tier="gold")
    actions.add_interaction(case=case, direction="out", channel="call", text="Baik.", by=sari, at=NINE + 12 * MINUTE)
    gold = {"tier": "gold", "response_seconds": 600}
    made = tried(ratna, at=NINE + 20 * MINUTE, targets=({}, gold))
    change = made.changes.get()
    assert (change.case_id, change.kind, change.was, change.then) == (case.pk, "response", "met", "missed")
    assert change.due_then == NINE + 10 * MINUTE
    assert (made.tally["then late channel call"], made.tally["changed"]) == (1, 1)
    assert case.clocks.get(kind="response").verdict == "met"


def test_warnings_and_steps_of_the_ladder_are_counted_under_both(ratna: User, sari: User) -> None:
    case = a_case(NINE)
    actions.add_interaction(case=case, direction="out", channel="call", text="Baik.", by=sari, at=NINE + 9 * MINUTE)
    made = tried(ratna, at=NINE + 20 * MINUTE, targets=({"response_seconds": 300},), warn_percents=[50])
    assert (made.tally["was warnings"], made.tally["then warnings"]) == (1, 1)  # at 7.5 of 15, at 2.5 of 5 minutes
    assert made.tally.get("was to supervisor", 0) == 0
    assert made.tally["then to supervisor"] == 1


def test_a_case_is_judged_by_what_it_was_about_when_its_clock_began(ratna: User, sari: User) -> None:
    case = a_case(NINE, kind="question")
    actions.edit_case(case=case, by=sari, kind="complaint", at=NINE + 5 * MINUTE)
    quick = ({}, {"kind": "complaint", "response_seconds": 60})
    assert not tried(ratna, at=NINE + 10 * MINUTE, targets=quick).changes.exists()


def test_a_suggestion_gets_the_settlement_clock_that_only_the_draft_promises(ratna: User) -> None:
    a_case(NINE, kind="suggestion")
    made = tried(ratna, at=NINE + 4 * DAY)
    change = made.changes.get()
    assert (change.clock, change.was, change.then, change.due_then) == (None, "none", "missed", NINE + 3 * DAY)


def test_a_nearer_category_is_found_through_the_tree(ratna: User) -> None:
    network = Category.objects.create(code="network", name="Jaringan", name_en="Network")
    signal = Category.objects.create(code="signal", name="Sinyal", name_en="Signal", parent=network)
    a_case(NINE, category=signal)
    made = tried(ratna, at=NINE + 10 * MINUTE, targets=({}, {"category": network, "response_seconds": 60}))
    assert made.changes.get().category == signal


def test_archives_and_other_days_are_left_out(ratna: User) -> None:
    a_case(NINE, is_archive=True)
    a_case(NINE - 2 * DAY)
    made = tried(ratna, at=NINE + DAY)
    assert (made.total, made.counted, made.tally) == (0, 0, {})


def test_many_steps_count_each_case_once(ratna: User, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("crm.cases.actions.previewing.STEP", 2)
    for minute in (0, 0, 0, 1, 1):
        a_case(NINE + minute * MINUTE)
    made = tried(ratna, at=NINE + DAY, targets=({"response_seconds": 60},))
    assert (made.counted, made.tally["cases channel call"]) == (5, 5)
    assert made.tally["then response missed"] == 5


def test_a_preview_that_fails_says_so_and_leaves_nothing_half_counted(ratna: User, monkeypatch) -> None:
    a_case(NINE)
    draft = SlaPolicy.objects.create(version=99)
    terms = Terms.of(ensure_policy())
    made = actions.begin_preview(policy=draft, terms=terms, since=NINE, until=NINE + DAY, by=ratna, at=NINE + DAY)
    monkeypatch.setattr("crm.cases.actions.previewing.count", lambda *_: 1 / 0)
    assert actions.count_on(made.pk) is False
    made.refresh_from_db()
    assert (made.state, made.counted, made.error.split()[0]) == ("failed", 0, "ZeroDivisionError")


def test_of_one_draft_the_last_previews_are_kept(ratna: User) -> None:
    draft = SlaPolicy.objects.create(version=99)
    terms = Terms.of(ensure_policy())
    for _ in range(6):
        actions.begin_preview(policy=draft, terms=terms, since=NINE, until=NINE + DAY, by=ratna)
    assert PolicyPreview.objects.count() == 4
