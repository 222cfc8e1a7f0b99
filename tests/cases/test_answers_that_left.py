"""What became of an answer on its way: refused, sent again; pressed twice at once."""

import datetime as dt

import pytest
from django.db import transaction
from django.utils import timezone

from crm.cases.actions import answer_case, make_promise, withdraw_promise
from crm.cases.handlers import answer_ended
from crm.cases.models import Case, Promise
from crm.cases.verify import differing_clocks
from crm.events.models import Event
from crm.messaging.actions import retry_message
from crm.messaging.channels import Permanent, Sent
from crm.messaging.models import Message
from crm.messaging.outbox import begin, claim
from crm.messaging.outcomes import write_down
from crm.staff.models import Role, User
from crm.timeline.models import Interaction
from tests.connections import somebody_else, until_somebody_waits
from tests.people import a_case, a_customer, a_member


def leave(message: Message, outcome: Sent | Permanent) -> None:
    """Through the outbox with this outcome, and the news of it to the case."""
    Message.objects.filter(pk=message.pk).update(send_at=timezone.now() - dt.timedelta(seconds=1))
    claim("worker")
    begun = begin(message.pk, "worker")
    assert begun is not None
    write_down(begun, "worker", outcome)
    answer_ended(Event.objects.filter(subject_type="message", subject_id=message.pk).latest("id"))


@pytest.fixture
def mail(sari: User) -> Case:
    """A complaint that came by e-mail twelve minutes ago."""
    rina = a_customer(email="rina@pelanggan.example")
    return a_case(timezone.now() - dt.timedelta(minutes=12), customer=rina, channel="email")


def test_an_answer_refused_and_sent_again_counts_from_the_second_time(mail: Case, sari: User) -> None:
    message = answer_case(case=mail, text="Selamat pagi.", by=sari, at=timezone.now() - dt.timedelta(minutes=10))
    leave(message, Permanent("blocked"))
    assert mail.clocks.get(kind="response").stopped_at is None
    retry_message(message=message, by=a_member("Budi Santoso", Role.SUPERVISOR))
    leave(message, Sent("id"))
    message.refresh_from_db()
    clock = mail.clocks.get(kind="response")
    assert (clock.verdict, clock.stopped_at) == ("met", Event.objects.get(kind="message.sent").at)
    assert differing_clocks(timezone.now()) == []


def test_what_a_refused_answer_promised_is_promised_again_when_it_arrives(mail: Case, sari: User) -> None:
    message = answer_case(case=mail, text="Kami telepon hari ini.", by=sari)
    hour = dt.timedelta(hours=1)
    said = {"case": mail, "by": sari, "interaction": message.interaction}
    kept_up, dropped, soon = (
        make_promise(text="Kami telepon", due_at=timezone.now() + ahead, **said) for ahead in (hour, hour, hour)
    )
    withdraw_promise(promise=dropped, by=sari, reason="Tidak perlu lagi")
    leave(message, Permanent("blocked"))
    assert not Promise.objects.open().exists()
    now = timezone.now()
    Promise.objects.filter(pk=soon.pk).update(made_at=now - hour, due_at=now)
    retry_message(message=message, by=sari)
    leave(message, Sent("id"))
    assert list(Promise.objects.open()) == [kept_up]
    again = Promise.objects.get(pk=kept_up.pk)
    assert (again.wake_at, again.reason, again.withdrawn_by) == (kept_up.wake_at, "", None)


def test_an_answer_sent_again_too_late_is_a_breach(sari: User) -> None:
    earlier = timezone.now() - dt.timedelta(minutes=20)
    case = a_case(earlier, customer=a_customer(email="rina@pelanggan.example"), channel="email")
    message = answer_case(case=case, text="Selamat pagi.", by=sari, at=earlier + dt.timedelta(minutes=5))
    leave(message, Permanent("blocked"))
    retry_message(message=message, by=sari)
    leave(message, Sent("id"))
    clock = case.clocks.get(kind="response")
    assert clock.verdict == "missed"
    assert clock.stopped_at is not None
    assert differing_clocks(timezone.now()) == []


def test_the_news_of_a_sent_answer_changes_nothing_and_may_come_twice(mail: Case, sari: User) -> None:
    message = answer_case(case=mail, text="Selamat pagi.", by=sari)
    before = mail.clocks.get(kind="response").stopped_at
    leave(message, Sent("id"))
    answer_ended(Event.objects.get(kind="message.sent"))
    assert mail.clocks.get(kind="response").stopped_at == before
    assert not Event.objects.filter(kind="answer.revived").exists()


@pytest.mark.django_db(transaction=True)
def test_two_presses_at_once_make_one_answer(mail: Case, sari: User) -> None:
    press = {"case": mail, "text": "Selamat pagi.", "by": sari, "key": "press-1", "version": mail.version}
    with somebody_else() as does:
        with transaction.atomic():
            first = answer_case(**press)  # type: ignore[arg-type]
            second = does(answer_case, **press)
            until_somebody_waits()
        assert second.result(20) == first
    assert Interaction.objects.filter(direction="out").count() == 1
