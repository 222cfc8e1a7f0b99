"""A promise: made, warned of, kept or broken by its timestamps, whoever looks and when."""

import datetime as dt

import pytest
from django.db import IntegrityError, transaction
from django.utils import timezone

from crm.cases.actions import (
    add_interaction,
    answer_case,
    assign_case,
    break_promise,
    cancel_case,
    keep_promise,
    make_promise,
    merge_cases,
    settle_case,
    undo_answer,
    withdraw_promise,
)
from crm.cases.actions.assigning import take_back
from crm.cases.actions.promising import warning_at
from crm.cases.errors import PromiseEnded, PromiseInThePast, PromiseOpen, PromiseUnsaid, ReasonMissing
from crm.cases.models import Case, Promise
from crm.cases.promise_sweep import next_promise_seconds, sweep_promises
from crm.events.models import Event
from crm.staff.models import User
from tests.connections import somebody_else
from tests.people import a_case, a_customer, a_member, a_team

MINUTE, HOUR, DAY = dt.timedelta(minutes=1), dt.timedelta(hours=1), dt.timedelta(days=1)


@pytest.fixture
def case(sari: User) -> Case:
    return a_case(assignee=sari, customer=a_customer(email="rina@example.com"))


def promised(case: Case, by: User, *, ahead: dt.timedelta = HOUR, **fields: object) -> Promise:
    now = timezone.now()
    return make_promise(case=case, text="Kami telepon Ibu", due_at=now + ahead, by=by, **fields)  # type: ignore[arg-type]


def past_due(promise: Promise, by: dt.timedelta = MINUTE) -> Promise:
    """As if it had been made long ago and its time had passed."""
    gone = timezone.now() - by
    Promise.objects.filter(pk=promise.pk).update(made_at=gone - HOUR, due_at=gone, wake_at=gone - MINUTE)
    promise.refresh_from_db()
    return promise


def told(case: Case) -> list[str]:
    events = Event.objects.filter(subject_type="case", subject_id=case.pk, kind__startswith="promise.")
    return list(events.order_by("id").values_list("kind", flat=True))


def test_a_promise_is_kept_in_time(case: Case, sari: User) -> None:
    promise = keep_promise(promise=promised(case, sari), by=sari)
    assert (promise.kept_by, promise.broken_at, promise.wake_at) == (sari, None, None)
    assert told(case) == ["promise.made", "promise.kept"]


def test_nothing_is_promised_without_words_or_for_the_past(case: Case, sari: User) -> None:
    with pytest.raises(PromiseUnsaid):
        make_promise(case=case, text="  ", due_at=timezone.now() + HOUR, by=sari)
    with pytest.raises(PromiseInThePast):
        make_promise(case=case, text="Kami telepon", due_at=timezone.now() - MINUTE, by=sari)
    assert not Promise.objects.exists()


def test_the_keeper_is_warned_once_and_the_promise_then_broken_once(case: Case, sari: User) -> None:
    promise = promised(case, sari)
    assert sweep_promises() == 0
    Promise.objects.update(wake_at=timezone.now())
    assert (sweep_promises(), sweep_promises()) == (1, 0)
    past_due(promise)
    assert (sweep_promises(), sweep_promises()) == (1, 0)
    promise.refresh_from_db()
    assert (promise.broken_at, promise.wake_at) == (promise.due_at, None)
    assert told(case) == ["promise.made", "promise.warned", "promise.broken"]


def test_kept_too_late_it_stays_broken_even_if_nobody_swept(case: Case, sari: User) -> None:
    promise = keep_promise(promise=past_due(promised(case, sari)), by=sari)
    assert promise.broken_at == promise.due_at
    assert promise in Promise.objects.broken(timezone.now())


def test_kept_in_time_but_recorded_later_it_was_never_broken(case: Case, sari: User) -> None:
    promise = past_due(promised(case, sari), by=10 * MINUTE)
    sweep_promises()
    promise = keep_promise(promise=promise, by=sari, at=promise.due_at - MINUTE)
    assert promise.broken_at is None
    assert promise in Promise.objects.kept()


def test_what_is_kept_cannot_be_kept_broken_or_withdrawn_again(case: Case, sari: User) -> None:
    promise = keep_promise(promise=promised(case, sari), by=sari)
    for act in (keep_promise, break_promise):
        with pytest.raises(PromiseEnded):
            act(promise=promise, by=sari)
    with pytest.raises(PromiseEnded):
        withdraw_promise(promise=promise, by=sari, reason="Salah")
    assert told(case) == ["promise.made", "promise.kept"]


def test_a_broken_promise_cannot_be_unsaid(case: Case, sari: User) -> None:
    promise = past_due(promised(case, sari))
    with pytest.raises(PromiseEnded):
        withdraw_promise(promise=promise, by=sari, reason="Tidak jadi")
    promise.refresh_from_db()
    assert promise.withdrawn_at is None


def test_withdrawing_takes_a_reason(case: Case, sari: User) -> None:
    promise = promised(case, sari)
    with pytest.raises(ReasonMissing):
        withdraw_promise(promise=promise, by=sari, reason=" ")
    assert withdraw_promise(promise=promise, by=sari, reason="Pelanggan tidak perlu lagi").wake_at is None


def test_settling_asks_what_became_of_an_open_promise(case: Case, sari: User) -> None:
    promise = promised(case, sari)
    answer_case(case=case, text="Baik, Ibu Rina.", by=sari)
    with pytest.raises(PromiseOpen):
        settle_case(case=case, outcome="solved", by=sari)
    case.refresh_from_db()
    assert case.settled_at is None
    settle_case(case=case, outcome="solved", by=sari, promises={promise.pk: "kept"})
    assert Promise.objects.get().kept_by == sari


def test_a_promise_may_outlive_its_case(case: Case, sari: User) -> None:
    promised(case, sari, ahead=3 * DAY)
    answer_case(case=case, text="Kami telepon Senin.", by=sari)
    settle_case(case=case, outcome="solved", by=sari, promises="stays")
    assert Promise.objects.get() in Promise.objects.due(timezone.now())


def test_an_answer_taken_back_promised_nothing(case: Case, sari: User) -> None:
    message = answer_case(case=case, text="Kami telepon pukul 15.00", by=sari, channel="email")
    promised(case, sari, interaction=message.interaction)
    undo_answer(message=message, by=sari)
    assert Promise.objects.get().withdrawn_by == sari


def test_who_takes_a_case_over_keeps_its_promises(case: Case, sari: User) -> None:
    bagas = a_member("Bagas Santoso")
    others = promised(case, sari, keeper=bagas)
    mine = promised(case, sari)
    dewi = a_member("Dewi Lestari")
    assign_case(case=case, by=sari, assignee=dewi)
    assert Promise.objects.get(pk=mine.pk).keeper == dewi
    assert Promise.objects.get(pk=others.pk).keeper == bagas


def test_who_is_given_what_was_taken_back_keeps_its_promises(case: Case, sari: User) -> None:
    bagas, dewi = a_member("Bagas Santoso"), a_member("Dewi Lestari")
    others, mine = promised(case, sari, keeper=bagas), promised(case, sari)
    assign_case(case=case, by=sari, assignee=sari)
    take_back(case=case, why="away")
    assign_case(case=case, by=None, team=a_team("Others"))
    assert Promise.objects.get(pk=mine.pk).keeper == sari
    assign_case(case=case, by=None, assignee=dewi)
    assert Promise.objects.get(pk=mine.pk).keeper == dewi
    assert Promise.objects.get(pk=others.pk).keeper == bagas


def test_a_cancelled_case_frees_from_what_is_not_yet_due(case: Case, sari: User) -> None:
    open_one, broken = promised(case, sari), past_due(promised(case, sari))
    cancel_case(case=case, by=sari, reason="Pelanggan membatalkan")
    open_one.refresh_from_db()
    broken.refresh_from_db()
    assert open_one.reason == "Pelanggan membatalkan"
    assert broken.withdrawn_at is None


def test_a_merge_takes_promises_along(case: Case, sari: User) -> None:
    other = a_case(customer=case.customer)
    promised(case, sari)
    merge_cases(source=case, into=other, by=sari)
    assert Promise.objects.get().case == other


@pytest.mark.parametrize(
    ("length", "before"),
    [(4 * MINUTE, 2 * MINUTE), (20 * MINUTE, 5 * MINUTE), (HOUR, 12 * MINUTE), (3 * DAY, HOUR)],
)
def test_the_warning_comes_in_time_to_do_something(length: dt.timedelta, before: dt.timedelta) -> None:
    made = timezone.now()
    assert made + length - warning_at(made, made + length) == before


def test_the_timer_sleeps_until_the_next_promise(case: Case, sari: User) -> None:
    assert next_promise_seconds(1.0) == 1.0
    Promise.objects.filter(pk=promised(case, sari).pk).update(wake_at=timezone.now() + dt.timedelta(seconds=0.5))
    assert 0 < next_promise_seconds(1.0) <= 0.5


def test_the_database_refuses_a_kept_promise_that_is_broken(case: Case, sari: User) -> None:
    promise = keep_promise(promise=promised(case, sari), by=sari)
    with pytest.raises(IntegrityError), transaction.atomic():
        Promise.objects.filter(pk=promise.pk).update(broken_at=promise.due_at)


def test_the_customers_word_does_not_end_a_promise(case: Case, sari: User) -> None:
    promised(case, sari)
    add_interaction(case=case, direction="in", channel="email", text="Baik, ditunggu.")
    assert Promise.objects.open().count() == 1


@pytest.mark.django_db(transaction=True)
def test_a_promise_that_is_being_kept_is_left_by_the_sweep(case: Case, sari: User) -> None:
    promise = past_due(promised(case, sari))
    with somebody_else() as does:
        with transaction.atomic():
            Promise.objects.select_for_update().get(pk=promise.pk)
            assert does(sweep_promises).result(10) == 0
        assert does(sweep_promises).result(10) == 1
