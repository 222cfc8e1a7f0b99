"""Messages and calls of the programme: when they may take place, what is put off, and what follows a failure."""

import datetime as dt

import pytest
from django.utils import timezone

from caring import sending
from caring.deciding import decide, is_held_out, quiet_until
from caring.models import Attempt, ContactPolicy, Stage, Suppression, Task
from caring.policy import policy_in_force
from caring.rendering import render
from caring.sending import hear_of_message, open_due, send_due
from crm.cases.models import Case
from crm.customers.consenting import withdraw_consent
from crm.customers.models import Address, ContactPoint, Correction
from crm.events.models import Event
from crm.messaging.models import Connection, Message
from crm.timeline.models import Interaction
from tests.caring.people import TODAY, a_bill, a_consenting, a_subscriber, a_top_up, night, tasks_of, used
from tests.connections import somebody_else
from tests.people import a_case

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("programme", "all_day")]
DAY = dt.timedelta(days=1)


@pytest.fixture(autouse=True)
def sms_centre(programme: None) -> None:
    Connection.objects.create(channel="sms", account="Sapa")


def soon(**later: float) -> dt.datetime:
    return timezone.now() + dt.timedelta(seconds=1, **later)


def a_silent(**fields) -> Task:
    """Stage 21: an SMS is to be written, else a call."""
    used(a_subscriber(**fields), 0, 40)
    night(timezone.now())
    return Task.objects.filter(stage=21).latest("pk")


def told(message: Message, kind: str) -> None:
    hear_of_message(Event(kind=kind, subject_id=message.pk, at=timezone.now()))


def now_of(task: Task) -> tuple[str, str, str]:
    task.refresh_from_db()
    return task.state, task.channel, task.why


def test_a_message_says_who_and_what_and_the_task_is_done_once_it_is_sent():
    line = a_subscriber(
        "simPATI", active_until=TODAY + 2 * DAY, customer=a_consenting("Rina Maharani", honorific="Ibu")
    )
    night(timezone.now())
    assert send_due(soon()) == 1
    message, (task,) = Message.objects.get(), tasks_of(12)
    assert (message.channel, message.recipient, message.purpose, message.bulk) == ("sms", line.msisdn, "", True)
    assert "Ibu Rina Maharani" in message.body
    assert not {"{", "}"} & set(message.body)
    assert now_of(task)[0] == "sent"
    told(message, "message.sent")
    assert (now_of(task)[0], task.outcome) == ("done", "sent")


def test_what_was_queued_once_is_not_queued_again():
    a_silent()
    send_due(soon())
    send_due(soon(hours=1))
    assert Message.objects.count() == Attempt.objects.count() == 1


@pytest.mark.django_db(transaction=True)
def test_two_senders_write_once():
    for _ in range(6):
        used(a_subscriber(), 0, 40)
    night(timezone.now())
    with somebody_else() as does:
        other = does(send_due, soon())
        send_due(soon())
        other.result()
    assert (Message.objects.count(), Attempt.objects.count()) == (6, 6)


def test_what_is_not_delivered_falls_to_a_call_even_after_it_seemed_done():
    task = a_silent()
    send_due(soon())
    message = Message.objects.get()
    for kind in ("message.sent", "message.failed", "message.failed"):
        told(message, kind)
    assert now_of(task)[:2] == ("open", "call")
    assert Attempt.objects.get().outcome == "undelivered"


def test_who_has_no_number_is_not_written_to_and_nobody_left_to_try_is_a_failure():
    bill = a_bill(a_subscriber(customer=a_consenting("Budi")), issued=TODAY)
    night(timezone.now())
    send_due(soon())
    send_due(soon())
    (task,) = tasks_of(11)
    assert (task.facts["bill"], now_of(task)) == (bill.pk, ("failed", "letter", "unreachable"))
    assert not Message.objects.exists()


def test_a_consent_that_is_taken_back_between_queueing_and_sending_wins():
    task = a_silent()
    withdraw_consent(customer=task.customer, purpose="care", channel="call", by=None)
    send_due(soon())
    assert (now_of(task)[0], task.why, Message.objects.count()) == ("suppressed", "no_consent", 0)
    assert Suppression.objects.get().why == "no_consent"


def test_a_complaint_that_came_meanwhile_puts_a_courtesy_off_but_no_service():
    task = a_silent()
    a_bill(task.subscription, due=TODAY)
    night(timezone.now() + DAY)
    a_case(customer=task.customer, kind="complaint")
    send_due(soon(days=1))
    assert (now_of(task)[0], task.why) == ("waiting", "complaint")
    assert [one.state for one in tasks_of(12)] == ["sent"]


def test_the_most_important_of_three_courtesies_go_and_the_least_is_put_off():
    task = a_silent()
    for number in (7, 8):
        a_top_up(task.subscription, bought_on=TODAY)
        Stage.objects.filter(pk=number).update(importance=number)
    for number in (7, 8, 21):
        copy = Task.objects.get(pk=task.pk)
        copy.pk, copy.stage_id, copy.occasion, copy._state.adding = None, number, f"try:{number}", True
        copy.version_id = Stage.objects.get(pk=number).version_id
        copy.save()
    task.delete()
    send_due(soon())
    assert {one.stage_id: one.state for one in Task.objects.all()} == {21: "sent", 8: "sent", 7: "waiting"}
    assert Suppression.objects.get().why == "cap"


def test_after_the_days_of_the_cap_there_is_room_again():
    ContactPolicy.objects.update(most=1)
    first = a_silent()
    send_due(soon())
    Message.objects.update(state="sent", sent_at=timezone.now())
    second = Task.objects.get(pk=first.pk)
    second.pk, second.occasion, second.state, second._state.adding, second.due_at = (
        None,
        "again",
        "open",
        True,
        soon(days=30),
    )
    second.save()
    assert decide(second, soon(days=1)).why == "cap"
    assert decide(second, soon(days=8)).may


@pytest.mark.parametrize(
    ("zone", "until"),
    [("Asia/Jakarta", "08:00+07:00"), ("Asia/Makassar", "08:00+08:00"), ("Asia/Jayapura", "08:00+09:00")],
)
def test_quiet_hours_are_the_customers_own(zone, until):
    policy, rina = ContactPolicy(), a_consenting(time_zone=zone)
    at = dt.datetime(2026, 11, 26, 13, 30, tzinfo=dt.UTC)  # 20:30, 21:30, 22:30
    assert quiet_until(rina, policy, at).isoformat() == f"2026-11-27T{until.replace('+', ':00+')}"
    assert quiet_until(rina, policy, at - dt.timedelta(hours=8)) is None


def test_a_message_of_the_evening_goes_out_in_the_morning():
    ContactPolicy.objects.update(quiet_from=dt.time(0), quiet_until=dt.time(23, 59))
    task = a_silent()
    send_due(soon())
    assert (now_of(task)[0], task.why, Message.objects.count()) == ("waiting", "quiet", 0)
    assert not Suppression.objects.exists()


def test_one_household_is_not_called_twice_on_a_day():
    homes = [a_consenting("Rina"), a_consenting("Rudi")]
    for one in homes:
        Address.objects.create(customer=one, kind="home", street="Jl. Melati 5", rt="01", rw="02", city="Kota Bandung",
                               post_code="40115")  # fmt: skip
    tasks = []
    for one in homes:
        used(a_subscriber(customer=one), 10, 100, 100)
        night(timezone.now() + len(tasks) * DAY)
        tasks.append(Task.objects.get(stage=22, customer=one))
    Attempt.objects.create(task=tasks[0], number=1, channel="call", outcome="reached", at=timezone.now())
    assert decide(tasks[1], timezone.now()).why == "household"
    assert decide(tasks[1], timezone.now() + DAY).may


def test_the_hold_out_is_the_same_for_the_evaluation_and_for_the_sender():
    ContactPolicy.objects.update(hold_out_per_mille=300)
    for _ in range(60):
        used(a_subscriber(), 0, 40)
    night()
    policy = policy_in_force()
    assert {task.pk for task in tasks_of(21) if task.is_held_out} == {
        task.pk for task in tasks_of(21) if is_held_out(task.customer_id, policy)
    }


def test_a_call_that_waited_for_its_time_is_opened():
    task = a_silent()
    Task.objects.filter(pk=task.pk).update(state="waiting", channel="call", next_at=soon(hours=2))
    assert open_due(soon()) == 0
    assert open_due(soon(hours=2)) == 1
    assert now_of(task)[0] == "open"


def test_a_doubtful_number_is_not_used():
    budi = a_consenting("Budi")
    point = ContactPoint.objects.create(customer=budi, kind="email", value="budi@example.com")
    a_bill(a_subscriber(customer=budi), issued=TODAY)
    Correction.objects.create(customer=budi, thing="contact", thing_id=point.pk)
    night(timezone.now())
    send_due(soon())
    assert not Message.objects.exists()


def test_a_message_that_nobody_takes_leaves_no_contact_behind(monkeypatch):
    Connection.objects.all().delete()
    task = a_silent()
    send_due(soon())
    assert now_of(task) == ("open", "call", "unreachable")
    assert not Interaction.objects.filter(customer=task.customer).exists()


def test_a_message_that_did_not_arrive_is_no_contact():
    task = a_silent()
    send_due(soon())
    told(Message.objects.get(), "message.failed")
    assert Interaction.objects.get(customer=task.customer).voided_at is not None


def test_a_message_held_back_for_its_number_is_as_if_never_tried():
    task = a_silent()
    send_due(soon())
    Message.objects.update(state="suppressed", error="contact unusable")
    told(Message.objects.get(), "message.suppressed")
    assert now_of(task) == ("suppressed", "sms", "unreachable")
    assert (task.tried, task.outcome, Attempt.objects.count()) == (0, "", 0)


def test_one_task_that_cannot_be_written_never_holds_up_the_others(monkeypatch):
    bad, good = a_silent(), None
    used(a_subscriber(), 0, 40)
    night(timezone.now() + DAY)
    good = Task.objects.filter(stage=21).exclude(pk=bad.pk).get()
    writes = sending.render

    def fails(task: Task, name: str) -> str:
        return writes(task, name) if task.pk != bad.pk else str(1 / 0)

    monkeypatch.setattr(sending, "render", fails)
    send_due(soon(days=1))
    assert (now_of(bad)[0], now_of(good)[0]) == ("open", "sent")
    assert bad.next_at > soon(days=1)


def test_a_stage_on_the_same_channel_without_a_case_goes_nowhere():
    task = a_silent()
    Task.objects.filter(pk=task.pk).update(channel="same")
    send_due(soon())
    assert not Message.objects.exists()
    assert now_of(task)[2] == "unreachable"


def test_an_archived_complaint_stops_nobody():
    task = a_silent()
    Case.objects.filter(pk=a_case(customer=task.customer, kind="complaint").pk).update(is_archive=True)
    assert decide(task, soon()).may


def test_what_is_not_known_leaves_no_gap(monkeypatch):
    task = a_silent()
    monkeypatch.setattr(
        type(task.version), "text", lambda *_a, **_k: "Halo {honorific} {name}, bagaimana {case}? Baik."
    )
    assert render(task, "message") == "Halo Rina Maharani, bagaimana? Baik."


@pytest.mark.parametrize(("tier", "then"), [("gold", ("waiting", "call", "")), ("silver", ("done", "sms", ""))])
def test_before_a_suspension_better_tiers_are_called_after_the_message(tier, then):
    a_bill(a_subscriber(customer=a_consenting(tier=tier)), due=TODAY + 2 * DAY)
    night(timezone.now())
    send_due(soon())
    told(Message.objects.filter(channel="sms").get(), "message.sent")
    (task,) = tasks_of(12)
    assert now_of(task) == then
    told(Message.objects.filter(channel="sms").get(), "message.failed")
    assert now_of(task)[1] == "call"


def test_a_letter_has_the_figures_of_its_bill_below_the_text():
    line = a_subscriber(customer=a_consenting(language="en"))
    bill = a_bill(line, issued=TODAY, due=TODAY + 20 * DAY)
    Address.objects.create(customer=line.customer, kind="billing", street="Jalan Dago 12", city="Kota Bandung")
    night(timezone.now())
    send_due(soon())  # no mail address
    send_due(soon(hours=1))
    letter = Message.objects.get(channel="letter")
    for words in (f"Bill: {bill.number}", "VAT: Rp", "To be paid: Rp"):
        assert words in letter.body
