"""What stands in the lane is asked for once more when it is sent: much may have happened meanwhile."""

import datetime as dt

import pytest
from django.utils import timezone

from caring.models import ContactPolicy, Stage, Suppression, Task
from caring.sending import hear_of_message, send_due
from crm.billing.models import Bill
from crm.cases.models import Case
from crm.customers.models import Customer
from crm.events.models import Event
from crm.messaging.models import Connection, Message
from crm.messaging.outbox import begin, claim_bulk
from tests.caring.people import TODAY, a_bill, a_subscriber, night, tasks_of, used
from tests.connections import somebody_else
from tests.people import a_case

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("programme", "all_day")]
DAY = dt.timedelta(days=1)


@pytest.fixture(autouse=True)
def sms_centre(programme: None) -> None:
    Connection.objects.create(channel="sms", account="Sapa")


def soon(**later: float) -> dt.datetime:
    return timezone.now() + dt.timedelta(seconds=1, **later)


def in_lane() -> list[Message]:
    """Their time has come; nobody has begun them."""
    Message.objects.filter(state="queued").update(send_at=timezone.now() - dt.timedelta(minutes=1))
    return list(Message.objects.filter(state="queued").order_by("pk"))


def a_courtesy(**fields) -> Message:
    used(a_subscriber(**fields), 0, 40)
    night(timezone.now())
    send_due(soon())
    return in_lane()[-1]


def two_courtesies() -> list[Message]:
    """To one person, the second the more important; both in the lane: both were allowed when they were written."""
    ContactPolicy.objects.update(most=2)
    used(a_subscriber(), 0, 40)
    night(timezone.now())
    copy = Task.objects.get(stage=21)
    copy.pk, copy.stage_id, copy.occasion, copy._state.adding = None, 8, "try:8", True
    copy.version_id = Stage.objects.get(pk=8).version_id
    copy.save()
    Stage.objects.filter(pk=21).update(importance=1)
    Stage.objects.filter(pk=8).update(importance=9)
    send_due(soon())
    ContactPolicy.objects.update(most=1)
    return in_lane()


def sends(worker: str) -> list[int]:
    """Those that the policy lets go."""
    return [pk for pk in claim_bulk(worker, "sms") if begin(pk, worker) is not None]


def heard(message: Message) -> Task:
    """What the programme makes of a message that was held back."""
    hear_of_message(Event(kind="message.suppressed", subject_id=message.pk, at=timezone.now()))
    return Task.objects.get(customer=message.customer_id)


def state_of(message: Message) -> tuple[str, str]:
    message.refresh_from_db()
    return message.state, message.error


def test_what_nothing_speaks_against_goes():
    message = a_courtesy()
    assert sends("one") == [message.pk]
    message.refresh_from_db()
    assert (message.state, message.attempts, message.begun_at is not None) == ("sending", 1, True)


def test_at_night_it_waits_where_it_stands_and_no_try_was_made():
    message = a_courtesy()
    ContactPolicy.objects.update(quiet_from=dt.time(0), quiet_until=dt.time(23, 59))
    assert sends("one") == []
    assert state_of(message) == ("queued", "caring.quiet")
    assert (message.attempts, message.send_at > timezone.now(), tasks_of(21)[0].state) == (0, True, "sent")
    ContactPolicy.objects.update(quiet_from=dt.time(3), quiet_until=dt.time(3))
    in_lane()
    assert sends("one") == [message.pk]


def test_who_has_paid_meanwhile_is_not_reminded():
    bill = a_bill(a_subscriber(), due=TODAY + 2 * DAY)
    night(timezone.now())
    send_due(soon())
    (message,) = in_lane()
    Bill.objects.filter(pk=bill.pk).update(paid=TODAY)
    assert sends("one") == []
    assert state_of(message) == ("suppressed", "caring.over")
    assert heard(message).state == "ended"
    assert not Suppression.objects.exists()


def test_a_complaint_that_came_meanwhile_puts_a_courtesy_off_and_once_settled_it_is_written_anew():
    message = a_courtesy()
    complaint = a_case(customer=message.customer, kind="complaint")
    assert sends("one") == []
    assert state_of(message) == ("suppressed", "caring.complaint")
    task = heard(message)
    assert (task.state, task.why, task.tried, task.next_at > soon(hours=23)) == ("waiting", "complaint", 0, True)
    heard(message)  # told twice
    assert Suppression.objects.count() == 1
    Case.objects.filter(pk=complaint.pk).update(state="settled")
    send_due(soon(days=1))
    (again,) = in_lane()
    assert again.pk != message.pk
    assert sends("one") == [again.pk]


def test_of_two_that_both_stand_in_the_lane_the_more_important_goes_and_the_other_waits():
    lesser, greater = two_courtesies()
    assert sends("one") == [greater.pk]
    assert state_of(lesser) == ("suppressed", "caring.cap")
    hear_of_message(Event(kind="message.suppressed", subject_id=lesser.pk, at=timezone.now()))
    assert [(task.state, task.why) for task in Task.objects.order_by("stage")] == [("sent", ""), ("waiting", "cap")]


@pytest.mark.django_db(transaction=True)
def test_two_senders_together_never_pass_the_cap():
    ids = {message.pk for message in two_courtesies()}
    with somebody_else() as does:
        other = does(claim_bulk, "other", "sms")
        taken = other.result()
        assert set(taken) == ids
        halves = [taken[:1], taken[1:]]
        begun = [does(begin, pk, "other") for pk in halves[0]]
        mine = [begin(pk, "other") for pk in halves[1]]
        both = [one.result() for one in begun] + mine
    assert len([one for one in both if one is not None]) == 1


def test_a_task_that_somebody_ended_meanwhile_sends_nothing():
    message = a_courtesy()
    Task.objects.update(state="ended", closed_at=timezone.now())
    assert sends("one") == []
    assert state_of(message) == ("suppressed", "caring.over")
    assert heard(message).state == "ended"


def test_whose_data_are_restricted_meanwhile_gets_no_service_message_either():
    a_bill(a_subscriber(), due=TODAY + 2 * DAY)
    night(timezone.now())
    send_due(soon())
    (message,) = in_lane()
    assert message.purpose == ""
    Customer.objects.filter(pk=message.customer_id).update(restricted_at=timezone.now())
    assert sends("one") == []
    assert (heard(message).state, heard(message).why) == ("suppressed", "restricted")


def test_a_message_of_somebody_else_is_not_asked_about():
    message = a_courtesy()
    Task.objects.all().delete()
    assert sends("one") == [message.pk]
