"""What a try led to, and what follows from it: sent, put off, in doubt, refused."""

import datetime as dt
import logging

from django.db import transaction
from django.utils import timezone

from crm.messaging import channels, health
from crm.messaging.actions import record_message
from crm.messaging.channels import Passing, Permanent, SendError, Sent, Uncertain
from crm.messaging.errors import UnknownChannel
from crm.messaging.models import Message

log = logging.getLogger(__name__)

FIRST_RETRY, LONGEST_RETRY = dt.timedelta(seconds=10), dt.timedelta(minutes=30)
# With the delays above a message is given up after about two hours.
MOST_ATTEMPTS = 12

State = Message.State


@transaction.atomic
def write_down(message: Message, worker: str, outcome: Sent | SendError) -> None:
    """Keep the outcome, unless the message was given to somebody else or decided by hand meanwhile."""
    mine = Message.objects.select_for_update(of=["self"]).filter(pk=message.pk, claimed_by=worker)
    current = mine.filter(state__in=[State.SENDING, State.UNCERTAIN]).first()
    if current is None:
        # A network's report may be quicker than the answer to our request: then it is known to be sent already.
        log.info("outcome came too late", extra={"message_id": message.pk})
    elif isinstance(outcome, Sent):
        _sent(current, outcome)
    elif isinstance(outcome, Passing) and current.attempts < MOST_ATTEMPTS:
        _put_off(current, outcome)
    elif isinstance(outcome, Uncertain):
        doubt(current, outcome.reason)
    else:
        _end(current, State.FAILED, outcome.reason)


def note_health(message: Message, outcome: Sent | SendError) -> None:
    """The connection's page shows how the last try went. One refused message is no fault of the connection."""
    connection = channels.connection_of(message)
    if connection is None or isinstance(outcome, Permanent):
        return
    fault = outcome.fault if isinstance(outcome, Sent) else outcome.reason or "unknown"
    if fault:
        health.note_fault(connection.pk, fault, paused_until=getattr(outcome, "retry_at", None))
    else:
        health.note_out(connection.pk)


def _sent(message: Message, sent: Sent) -> None:
    message.state, message.sent_at = State.SENT, timezone.now()
    message.external_id, message.error = sent.external_id, ""
    message.save(update_fields=["state", "sent_at", "external_id", "error"])
    record_message("message.sent", message)


def _put_off(message: Message, failure: Passing) -> None:
    again = timezone.now() + retry_delay(message.attempts)
    requeue(message, send_at=max(again, failure.retry_at or again), error=failure.reason)


def requeue(message: Message, *, send_at: dt.datetime, error: str) -> None:
    """Free for any sender, at its time."""
    message.state, message.send_at, message.error = State.QUEUED, send_at, error
    message.claimed_by, message.claimed_at, message.begun_at = "", None, None
    message.save(update_fields=["state", "send_at", "error", "claimed_by", "claimed_at", "begun_at"])


def doubt(message: Message, reason: str) -> None:
    """Perhaps sent: for a person to decide, unless a second copy would be dropped."""
    if _is_repeatable(message.channel) and message.attempts < MOST_ATTEMPTS:
        requeue(message, send_at=timezone.now() + retry_delay(message.attempts), error=reason)
    else:
        _end(message, State.UNCERTAIN, reason)


def _end(message: Message, state: Message.State, reason: str) -> None:
    message.state, message.error = state, reason
    message.save(update_fields=["state", "error"])
    record_message(f"message.{state}", message)


def _is_repeatable(channel: str) -> bool:
    try:
        return channels.get(channel).repeatable
    except UnknownChannel:
        return False


def retry_delay(attempts: int) -> dt.timedelta:
    """10 s, 20 s, 40 s … 30 min."""
    doublings = min(attempts - 1, 10)
    return min(FIRST_RETRY * 2**doublings, LONGEST_RETRY)
