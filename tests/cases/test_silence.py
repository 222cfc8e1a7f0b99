"""A customer who doesn't answer our question: reminded, proposed, settled, so that silence is no breach (SOP)."""

import datetime as dt

import pytest

from crm.cases.actions import add_interaction, settle_case, wait_for
from crm.cases.models import Breach, Case
from crm.cases.silence import close_settled, end_silence
from crm.messaging.models import Message
from crm.staff.models import User
from tests.cases.conftest import NINE
from tests.people import a_case, a_customer


def after(hours: float) -> dt.datetime:
    return NINE + dt.timedelta(hours=hours)


@pytest.fixture
def asked(sari: User) -> Case:
    """Sari has asked Rina something an hour after her complaint, and waits."""
    case = a_case(NINE, customer=a_customer(email="rina@pelanggan.example"), channel="email")
    add_interaction(case=case, direction="out", channel="email", text="Di mana?", by=sari, at=after(0.1))
    return wait_for(case=case, waiting_for="customer", by=sari, at=after(1))


def test_after_a_day_the_customer_is_reminded_once(asked: Case) -> None:
    assert end_silence(after(24.9)) == 0
    assert (end_silence(after(25)), end_silence(after(26))) == (1, 0)
    reminder = Message.objects.get()
    assert (reminder.recipient, reminder.author) == ("rina@pelanggan.example", None)
    assert str(asked.number) in reminder.body


def test_a_reminder_is_no_answer(asked: Case) -> None:
    end_silence(after(25))
    assert asked.entries.get(interaction__by_person=False).interaction.answers is False


def test_after_two_days_settling_is_proposed_and_before_the_deadline_it_is_done(asked: Case) -> None:
    end_silence(after(25))
    assert end_silence(after(49)) == 1
    asked.refresh_from_db()
    assert (asked.state, asked.proposed_at) == ("waiting", after(49))
    end_silence(after(71.76))
    asked.refresh_from_db()
    assert (asked.state, asked.outcome, Breach.objects.count()) == ("settled", "no_answer", 0)


def test_proposals_that_wait_for_their_time_do_not_hold_up_those_behind_them(
    sari: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("crm.cases.silence.BATCH", 1)
    older, newer = a_case(after(0)), a_case(after(0))
    for case in (older, newer):
        add_interaction(case=case, direction="out", channel="call", text="Di mana?", by=sari, at=after(0.1))
        wait_for(case=case, waiting_for="customer", by=sari, at=after(1))
    Case.objects.filter(pk=older.pk).update(reminded_at=after(25), proposed_at=after(49))
    Case.objects.filter(pk=newer.pk).update(reminded_at=after(25), proposed_at=after(20))
    end_silence(after(50))
    newer.refresh_from_db()
    assert newer.state == "settled"


def test_a_word_from_the_customer_ends_it(asked: Case) -> None:
    end_silence(after(25))
    add_interaction(case=asked, direction="in", channel="email", text="Di Dago.", at=after(30))
    assert end_silence(after(60)) == 0
    asked.refresh_from_db()
    assert (asked.state, asked.reminded_at) == ("open", None)


def test_silence_settled_is_reopened_by_any_message(asked: Case) -> None:
    for hours in (25, 49, 71.76):
        end_silence(after(hours))
    add_interaction(case=asked, direction="in", channel="email", text="Maaf, di Dago.", at=after(100))
    asked.refresh_from_db()
    assert asked.state == "open"


def test_an_appointment_that_has_come_goes_back_to_work(sari: User) -> None:
    case = a_case(NINE)
    wait_for(case=case, waiting_for="appointment", by=sari, at=after(0.1), until=after(3))
    assert (end_silence(after(2)), end_silence(after(3))) == (0, 1)
    case.refresh_from_db()
    assert (case.state, case.waiting_until) == ("open", None)


def test_seven_days_after_settling_the_case_is_closed(sari: User) -> None:
    case = a_case(NINE)
    add_interaction(case=case, direction="out", channel="call", text="Beres.", by=sari, at=after(0.1))
    settle_case(case=case, outcome="solved", by=sari, at=after(1))
    assert (close_settled(after(168)), close_settled(after(169)), close_settled(after(170))) == (0, 1, 0)
    case.refresh_from_db()
    assert (case.state, case.closed_at) == ("closed", after(169))
