"""Messages of the programme leave through the outbox; what is put off waits; what cannot leave goes another way.

The table is the queue: due rows are taken with SKIP LOCKED, each in a transaction of its own, by as many workers as
there are. A killed worker has sent nothing that it has not committed: the message is a row of the same transaction.
"""

import datetime as dt
import logging
import time

from django.db import InterfaceError, OperationalError, transaction
from django.db.models import Q

from caring.attempts import close, fall_through, finish, follow_up, note_attempt, undelivered
from caring.deciding import BY_CONSENT, Verdict, decide
from caring.ending import end_of
from caring.models import Attempt, Suppression, Task
from caring.reach import case_of, recipient_of
from caring.rendering import bill_on_paper, render
from caring.words import Outcome, State, Way, Why
from crm.cases.actions.answering import recipient_of as recipient_in
from crm.cases.errors import NoWayToAnswer
from crm.customers.contacting import No
from crm.customers.models import Purpose, Tier
from crm.events.models import Event
from crm.lib.failure import place
from crm.messaging import channels
from crm.messaging.actions import queue_message
from crm.messaging.errors import MessagingError
from crm.messaging.models import Message
from crm.timeline.models import Direction, Interaction

log = logging.getLogger(__name__)
BATCH = 200
AGAIN = dt.timedelta(hours=1)
CALLED_TOO = (12,)
WRITTEN = (Way.SMS, Way.EMAIL, Way.LETTER, Way.SAME)


def send_due(at: dt.datetime, *, seconds: float = 50) -> int:
    """Everything written whose time has come, the longest due first, for so many seconds; how many tasks were looked
    at. Several do so side by side: what another has just now is passed over."""
    seen, until, after = 0, time.monotonic() + seconds, Q()
    while time.monotonic() < until:
        due = Task.objects.filter(after, state__in=Task.DUE, channel__in=WRITTEN, next_at__lte=at)
        found = list(due.order_by("next_at", "pk").values_list("next_at", "pk")[:BATCH])
        for _next_at, pk in found:
            _try(pk, at)
        seen += len(found)
        if len(found) < BATCH:
            break
        next_at, pk = found[-1]
        after = Q(next_at__gt=next_at) | Q(next_at=next_at, pk__gt=pk)
    return seen


def _try(pk: int, at: dt.datetime) -> None:
    """One that fails by a fault of ours is looked at again later, and never holds up the others."""
    try:
        send_one(pk, at)
    except (OperationalError, InterfaceError):
        raise  # the database will be back; the next knock goes on
    except Exception as error:
        log.error("caring message failed", extra={"task_id": pk, "failure": place(error)})
        Task.objects.filter(pk=pk, state__in=Task.DUE).update(next_at=at + AGAIN)


def open_due(at: dt.datetime) -> int:
    """Calls and visits that waited for their time are to be done now."""
    due = Task.objects.filter(state=State.WAITING, next_at__lte=at).exclude(channel__in=WRITTEN)
    return due.update(state=State.OPEN)


@transaction.atomic
def send_one(pk: int, at: dt.datetime) -> None:
    """Ask the policy, write, and queue; nothing where somebody else has it or it is not due any more."""
    task = lock_due(pk, at)
    if task is None:
        return
    verdict = decide(task, at)
    if not verdict.may:
        put_off(task, verdict, at)
        return
    message = _queue(task, at)
    if message is None:
        fall_through(task, at=at, why=Why.UNREACHABLE)
        return
    note_attempt(task, Outcome.SENT, at=at, message=message)
    task.state = State.SENT
    task.save(update_fields=["state", "tried", "outcome"])


def lock_due(pk: int, at: dt.datetime) -> Task | None:
    due = Task.objects.filter(pk=pk, state__in=[State.WAITING, State.OPEN], next_at__lte=at)
    locked = due.select_for_update(of=["self"], skip_locked=True)
    return locked.select_related("stage", "version", "customer", "subscription").first()


def put_off(task: Task, verdict: Verdict, at: dt.datetime) -> None:
    """For good, or to be asked again; a courtesy that would come after its time is none."""
    until = verdict.until
    if until is not None and until > task.due_at and task.stage.is_courtesy and verdict.why != Why.QUIET:
        until = None
    if verdict.why != Why.QUIET:  # every evening has one: kept on the task alone
        Suppression.objects.create(task=task, why=verdict.why, at=at, until=until)
    task.why = verdict.why
    if until is None:
        close(task, State.SUPPRESSED, at=at)
    else:
        task.state, task.next_at = State.WAITING, until
    task.save(update_fields=["state", "why", "next_at", "closed_at"])


def hear_of_message(event: Event) -> None:
    """What became of a message. Sent is enough, since no report for long is normal; until a report says it failed.

    A doubled or late event finds the task elsewhere and changes nothing.
    """
    attempt = Attempt.objects.filter(message=event.subject_id).first()
    if attempt is None:
        return
    task = (
        Task.objects.select_for_update(of=["self"])
        .select_related("stage", "version", "customer")
        .get(pk=attempt.task_id)
    )
    if attempt.number != task.tried or attempt.outcome != Outcome.SENT:
        return
    if event.kind == "message.sent" and task.state == State.SENT:
        attempt.at = event.at  # it may have waited in the lane
        attempt.save(update_fields=["at"])
        if _is_called_too(task):
            follow_up(task, at=event.at)
        else:
            finish(task, at=event.at)
    elif event.kind == "message.suppressed" and task.state == State.SENT:
        _take_back(task, attempt, event.at)
    elif event.kind == "message.failed" and task.channel != attempt.channel:
        _void(attempt, event.at)  # they are called anyway
        attempt.outcome = Outcome.UNDELIVERED
        attempt.save(update_fields=["outcome"])
    elif event.kind == "message.failed" and task.state in (State.SENT, State.DONE):
        _void(attempt, event.at)
        undelivered(task, attempt, at=event.at)


def _take_back(task: Task, attempt: Attempt, at: dt.datetime) -> None:
    """It never left: as if it had not been tried, the task ends with its reason or asks the policy anew."""
    refused = attempt.message.error if attempt.message else ""
    _void(attempt, at)
    attempt.delete()
    task.tried, task.outcome, task.state, task.next_at = task.tried - 1, "", State.WAITING, at
    task.save(update_fields=["tried", "outcome", "state", "next_at"])
    if end_of(task):
        return
    verdict = decide(task, at)
    if verdict.may and refused in No:  # this number of theirs, or what they said and took back at once
        verdict = Verdict(BY_CONSENT.get(No(refused), Why.NO_CONSENT))
    if not verdict.may:
        put_off(task, verdict, at)


def _is_called_too(task: Task) -> bool:
    """Before a line is suspended the better tiers get a message and a call, unless they have paid by then."""
    return (
        task.stage_id in CALLED_TOO and task.customer.tier in (Tier.GOLD, Tier.PLATINUM)
        and task.next_channel == Way.CALL
    )  # fmt: skip


def _void(attempt: Attempt, at: dt.datetime) -> None:
    """It never reached them: among their contacts it counts as none."""
    Interaction.objects.filter(message=attempt.message_id, voided_at=None).update(voided_at=at)


def _queue(task: Task, at: dt.datetime) -> Message | None:
    """None where nobody can be reached this way."""
    try:
        channel, account, recipient = _road(task)
        body = render(task, "message") + bill_on_paper(task)
        if not (recipient and body) or channels.get(channel).logs_only:
            return None
        with transaction.atomic():  # a message that is refused leaves no contact behind
            interaction = Interaction.objects.create(
                customer=task.customer, channel=channel, account=account, direction=Direction.OUT, by_person=False,
                text=body, at=at, subject=render(task, "subject"),
            )  # fmt: skip
            return queue_message(
                interaction=interaction, customer=task.customer, channel=channel, account=account,
                recipient=recipient, body=body, by=None, subject=interaction.subject, send_at=at,
                key=f"caring:{task.pk}:{task.tried + 1}:{task.next_at.timestamp():.6f}", bulk=True, at=at,
                purpose=Purpose.CARE if task.stage.is_courtesy else "",
            )  # fmt: skip
    except (MessagingError, NoWayToAnswer):
        return None


def _road(task: Task) -> tuple[str, str, str]:
    """Channel, our account on it, and to whom. Raises NoWayToAnswer."""
    if task.channel != Way.SAME:
        return task.channel, "", recipient_of(task, task.channel)
    case = case_of(task)
    if case is None:
        raise NoWayToAnswer
    return case.channel, case.account, recipient_in(case, case.channel)
