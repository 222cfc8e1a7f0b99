"""A slip taken back: the case has the very state it had, and whoever acted meanwhile is not run over."""

import datetime as dt
from functools import partial
from threading import Barrier, Thread

import pytest
from django.db import connection
from django.utils import timezone

from crm.cases import actions
from crm.cases.defaults import ensure_policy
from crm.cases.errors import ActedMeanwhile, FirstReplyMissing, SaidMeanwhile, TooLateToUndo
from crm.cases.models import Case, Promise, Undo
from crm.cases.promise_sweep import sweep_promises
from crm.cases.sweep import sweep
from crm.cases.verify import differing_clocks
from crm.events.models import Event
from crm.messaging.models import Message
from tests.people import a_case, a_customer, a_member

MINUTE = dt.timedelta(minutes=1)


@pytest.fixture
def case(sari):
    """Rina's call, answered."""
    case = a_case(timezone.now() - dt.timedelta(hours=1), customer=a_customer(email="rina@example.com"), team=sari.team)
    actions.answer_case(case=case, text="Halo Ibu Rina.", by=sari, channel="email")
    return Case.objects.get(pk=case.pk)


def settle(case, by, **more):
    act = partial(actions.settle_case, case=case, outcome="solved", text="Beres.", by=by, **more)
    return actions.undoably("settle", act, case=case, by=by)


def state_of(case):
    row = Case.objects.filter(pk=case.pk).values().get() | {"version": 0}
    return [
        row,
        list(case.clocks.order_by("pk").values()),
        list(case.holdings.values()),
        list(case.escalations.values()),
    ]


def test_a_settling_taken_back_leaves_the_very_clock_it_found(case, sari):
    actions.escalate_case(case=case, party="supervisor", reason="Mohon cek.", by=sari)
    before = state_of(case)
    settle(case, sari)
    assert Case.objects.get(pk=case.pk).state == "settled"
    actions.undo_act(case=case, act="settle", by=sari)
    assert state_of(case) == before
    assert differing_clocks(timezone.now()) == []
    assert Case.objects.get(pk=case.pk).reopened == 0


def test_a_paused_clock_is_paused_again_since_when_it_was(case, sari):
    actions.wait_for(case=case, waiting_for="customer", by=sari)
    before = state_of(case)
    settle(case, sari)
    actions.undo_act(case=case, act="settle", by=sari)
    assert state_of(case) == before


def test_a_promise_answered_for_by_a_slip_is_open_again(case, sari):
    promise = actions.make_promise(case=case, text="Kabari", due_at=timezone.now() + MINUTE, by=sari)
    settle(case, sari, promises="kept")
    promise.refresh_from_db()
    assert promise.kept_at
    actions.undo_act(case=case, act="settle", by=sari)
    promise.refresh_from_db()
    assert (promise.kept_at, promise.wake_at is None) == (None, False)


def test_a_promise_kept_since_stays_kept(case, sari):
    promise = actions.make_promise(case=case, text="Kabari", due_at=timezone.now() + MINUTE, by=sari)
    settle(case, sari, promises="stays")
    actions.keep_promise(promise=promise, by=sari)
    actions.undo_act(case=case, act="settle", by=sari)
    promise.refresh_from_db()
    assert (promise.kept_by, promise.wake_at) == (sari, None)


def test_a_promise_that_was_warned_of_since_is_not_warned_of_again(case, sari):
    joko = a_member("Joko", teams=(sari.team,))
    actions.assign_case(case=case, assignee=sari, by=sari)
    promise = actions.make_promise(case=case, text="Kabari", due_at=timezone.now() + MINUTE, by=sari)
    actions.undoably("assign", partial(actions.assign_case, case=case, assignee=joko, by=sari), case=case, by=sari)
    Promise.objects.update(wake_at=timezone.now())
    assert sweep_promises() == 1
    actions.undo_act(case=case, act="assign", by=sari)
    promise.refresh_from_db()
    assert (promise.keeper, promise.wake_at) == (sari, promise.due_at)
    assert promise.warned_at


def test_a_mark_that_a_clock_has_passed_since_is_not_told_again(asked, sari):
    clock = asked.clocks.get(kind="response", stopped_at=None)
    act = partial(actions.wait_for, case=asked, waiting_for="customer", by=sari)
    actions.undoably("wait", act, case=asked, by=sari)
    now = timezone.now()  # as if half its time had passed and a little more
    moved = {"due_at": now + dt.timedelta(seconds=clock.target_seconds * 0.1), "wake_at": now}
    asked.clocks.filter(pk=clock.pk).update(**moved)
    assert sweep().marks == 1
    passed = asked.clocks.get(pk=clock.pk).marks_passed
    actions.undo_act(case=asked, act="wait", by=sari)
    clock.refresh_from_db()
    assert clock.marks_passed == passed > 0
    warned = Event.objects.filter(kind="clock.warned").count()
    asked.clocks.filter(pk=clock.pk).update(due_at=moved["due_at"])
    sweep()
    assert Event.objects.filter(kind="clock.warned").count() == warned


def test_nobody_takes_back_what_somebody_has_acted_on_since(case, sari):
    settle(case, sari)
    actions.add_note(case=case, text="Sudah saya cek.", by=a_member("Ratna"))
    before = state_of(case)
    with pytest.raises(ActedMeanwhile):
        actions.undo_act(case=case, act="settle", by=sari)
    assert state_of(case) == before


def test_when_the_customer_writes_meanwhile_it_stays_reopened(case, sari):
    settle(case, sari)
    actions.add_interaction(case=case, direction="in", channel="call", text="Belum bisa.")
    with pytest.raises(ActedMeanwhile):
        actions.undo_act(case=case, act="settle", by=sari)
    assert Case.objects.get(pk=case.pk).reopened == 1


def test_only_who_did_it_takes_it_back_and_not_a_minute_later(case, sari):
    settle(case, sari)
    with pytest.raises(TooLateToUndo):
        actions.undo_act(case=case, act="settle", by=a_member("Joko"))
    Undo.objects.update(at=timezone.now() - MINUTE)
    with pytest.raises(TooLateToUndo):
        actions.undo_act(case=case, act="settle", by=sari)
    assert Case.objects.get(pk=case.pk).state == "settled"


def test_an_assigning_taken_back_gives_it_to_whom_it_was(case, sari):
    joko = a_member("Joko", teams=(sari.team,))
    actions.assign_case(case=case, assignee=sari, by=sari)
    before = state_of(case)
    actions.undoably("assign", partial(actions.assign_case, case=case, assignee=joko, by=sari), case=case, by=sari)
    assert Case.objects.get(pk=case.pk).assignee == joko
    actions.undo_act(case=case, act="assign", by=sari)
    assert state_of(case) == before
    undone = Event.objects.get(kind="case.assigned_undone")
    assert undone.facts["event"] == Event.objects.filter(kind="case.assigned").latest("pk").pk


# --- in one press with an answer
@pytest.fixture
def asked(case):
    """She asks again, and waits."""
    actions.add_interaction(case=case, direction="in", channel="call", text="Kapan?")
    return Case.objects.get(pk=case.pk)


def send_and_settle(case, by, key="one-press", **more):
    def act(_message):
        return actions.settle_case(case=case, outcome="solved", by=by)

    return actions.answer_and("settle", act, case=case, by=by, key=key, text="Sudah.", channel="email", **more)


def test_sent_and_settled_in_one_press_is_taken_back_in_one(asked, sari):
    before = state_of(asked)
    message = send_and_settle(asked, sari)
    assert Case.objects.get(pk=asked.pk).state == "settled"
    actions.undo_answer(message=message, by=sari)
    after = state_of(asked)
    assert after[1:] == before[1:]
    assert (after[0]["state"], after[0]["due_at"], after[0]["reopened"]) == (before[0]["state"], before[0]["due_at"], 0)
    assert asked.clocks.filter(kind="response", stopped_at=None).count() == 1
    assert differing_clocks(timezone.now()) == []


def test_what_has_left_takes_neither_answer_nor_settling_back(asked, sari):
    message = send_and_settle(asked, sari)
    Message.objects.filter(pk=message.pk).update(state="sent", sent_at=timezone.now())
    before = state_of(asked)
    with pytest.raises(TooLateToUndo):
        actions.undo_answer(message=message, by=sari)
    assert state_of(asked) == before


def test_a_doubled_press_is_one_answer_and_one_settling(asked, sari):
    assert send_and_settle(asked, sari) == send_and_settle(asked, sari)
    assert Event.objects.filter(kind="case.settled").count() == 1


def test_if_it_cannot_be_settled_nothing_is_sent(sari):
    case = a_case(customer=a_customer(email="rina@example.com"), team=sari.team)

    def cannot(_message):
        raise FirstReplyMissing

    with pytest.raises(FirstReplyMissing):
        actions.answer_and("settle", cannot, case=case, by=sari, key="k", text="Halo.", channel="email")
    assert not Message.objects.exists()
    assert case.clocks.get(kind="response").stopped_at is None


# --- an answer to what was said before
def newest(case):
    return case.entries.latest("interaction_id").interaction_id


def test_an_answer_that_has_not_read_the_customers_last_word_is_refused(case, sari):
    seen = newest(case)
    actions.add_interaction(case=case, direction="in", channel="call", text="Tidak jadi, sudah bisa.")
    with pytest.raises(SaidMeanwhile) as refused:
        actions.answer_case(case=case, text="Kami cek.", by=sari, channel="email", seen=seen)
    assert [one.text for one in refused.value.news] == ["Tidak jadi, sudah bisa."]
    assert Message.objects.count() == 1
    assert actions.answer_case(case=case, text="Baik.", by=sari, channel="email", seen=newest(case))


def test_ones_own_answer_is_no_news(case, sari):
    seen = newest(case)
    actions.answer_case(case=case, text="Satu lagi.", by=sari, channel="email", seen=seen)
    assert actions.answer_case(case=case, text="Dan lagi.", by=sari, channel="email", seen=seen)


@pytest.mark.django_db(transaction=True)
def test_of_two_who_answer_at_once_the_second_is_told_of_the_first():
    ensure_policy()
    case = a_case(customer=a_customer(email="rina@example.com"))
    seen, begin, told = newest(case), Barrier(2), []

    def answer(by):
        begin.wait()
        try:
            actions.answer_case(case=case, text=f"Dari {by.name}.", by=by, channel="email", seen=seen)
        except SaidMeanwhile as refused:
            told.append((by, refused.news[0].staff))
        finally:
            connection.close()

    sari, ratna = a_member(), a_member("Ratna")
    threads = [Thread(target=answer, args=(one,)) for one in (sari, ratna)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert told in ([(sari, ratna)], [(ratna, sari)])
    assert Message.objects.count() == 1
