"""The sender: claim → commit → send → record. No lock is held and no transaction open while something is sent.

What a crash at each point means:
before the claim's commit   nothing happened;
claimed, not begun          nothing has left: back to the queue after CLAIM_LASTS;
begun, not recorded         perhaps sent: `uncertain`, for a person to decide, unless the channel is repeatable;
recorded                    done.
docs/adr/0007-outbox.md says why, and 0047-lanes.md why what leaves in bulk has a lane of its own.
"""

import datetime as dt
import logging
import os
import socket
import time
import uuid
from collections.abc import Callable

from django.db import InterfaceError, OperationalError, connection, transaction
from django.db.models import F
from django.db.models.functions import Now

from crm.lib.failure import place
from crm.messaging import channels, pacing
from crm.messaging.actions import suppress
from crm.messaging.allowing import Refusal, refusal_now
from crm.messaging.channels import Permanent, SendError, Sent, Uncertain
from crm.messaging.errors import UnknownChannel
from crm.messaging.models import Message
from crm.messaging.models.message import MessageQuerySet
from crm.messaging.outcomes import doubt, note_health, requeue, write_down
from crm.messaging.words import STOPPED
from crm.timeline.models import Channel

log = logging.getLogger(__name__)

BATCH = 20
# Longer than any adapter's time limits together, so that a slow worker is not taken for a dead one.
CLAIM_LASTS = dt.timedelta(minutes=2)
# A restarted database is back within these seconds; after that the claim goes stale and the message is uncertain.
RECORDING_PAUSES = (0.5, 1, 2, 4, 8, 15)

State = Message.State


def worker_name() -> str:
    """Unique for each run, so that a claim that was taken away is never mistaken for one's own."""
    return f"{socket.gethostname()[:60]}:{os.getpid()}:{uuid.uuid4().hex[:12]}"


def send_due(*, batches: int) -> bool:
    """Send what is due, at most `batches` batches; True when there was more than that."""
    worker = worker_name()
    release_stale()
    for _round in range(batches):
        claimed = claim(worker)
        for pk in claimed:
            deliver(pk, worker)
        if len(claimed) < BATCH:
            return False
    return True


def send_bulk(*, seconds: float) -> int:
    """Send what is due in bulk, within each channel's budget, for so many seconds; returns how many."""
    worker, sent, until = worker_name(), 0, time.monotonic() + seconds
    release_stale()
    channels_due = [channel for channel in Channel.values if Message.objects.due_in_bulk(channel).exists()]
    while channels_due and time.monotonic() < until:
        for channel in list(channels_due):
            claimed = claim_bulk(worker, channel)
            for pk in claimed:
                deliver(pk, worker)
            sent += len(claimed)
            if len(claimed) < BATCH:  # nothing more, or no more within this minute
                channels_due.remove(channel)
    return sent


@transaction.atomic
def claim(worker: str) -> list[int]:
    """Take the next due messages; two workers never take the same one (SKIP LOCKED)."""
    return _take(Message.objects.due(), worker, BATCH)


@transaction.atomic
def claim_bulk(worker: str, channel: str) -> list[int]:
    """The same in bulk, of one channel and within its budget."""
    most = pacing.room(channel, BATCH)
    ids = _take(Message.objects.due_in_bulk(channel), worker, most) if most else []
    pacing.note(channel, len(ids))
    return ids


def _take(due: MessageQuerySet, worker: str, most: int) -> list[int]:
    ids = list(due.select_for_update(skip_locked=True).values_list("pk", flat=True)[:most])
    Message.objects.filter(pk__in=ids).update(state=State.SENDING, claimed_by=worker, claimed_at=Now(), begun_at=None)
    return ids


def deliver(pk: int, worker: str) -> None:
    message = begin(pk, worker)
    if message is not None:
        outcome = attempt(message)
        _insist(lambda: write_down(message, worker, outcome))
        _insist(lambda: note_health(message, outcome))


@transaction.atomic
def begin(pk: int, worker: str) -> Message | None:
    """Note that sending starts. None when the claim was taken away meanwhile, or it may not go now, or not at all."""
    mine = Message.objects.filter(pk=pk, claimed_by=worker, state=State.SENDING)
    if not mine.update(begun_at=Now(), attempts=F("attempts") + 1):
        return None
    message = Message.objects.select_related("customer", "interaction", "author").get(pk=pk)
    if refused := refusal_now(message):
        _hold_back(message, refused)
        return None
    return message


def _hold_back(message: Message, refused: Refusal) -> None:
    """No try was made: it waits for its time as if it had not been claimed, or it never goes."""
    message.attempts -= 1
    message.save(update_fields=["attempts"])
    if refused.until:
        requeue(message, send_at=refused.until, error=refused.why)
    else:
        suppress(message, refused.why)


def attempt(message: Message) -> Sent | SendError:
    """One try, over the network. A fault of the adapter itself leaves open whether anything left."""
    try:
        return channels.get(message.channel).send(message)
    except SendError as error:
        return error
    except UnknownChannel:
        return Permanent("unknown channel")
    except Exception as error:
        log.error("adapter failed", extra={"message_id": message.pk, "failure": place(error)})
        return Uncertain(place(error))


def _insist(record: Callable[[], None]) -> None:
    """The customer has it already: a database that restarts now must still learn so."""
    for pause in RECORDING_PAUSES:
        try:
            return record()
        except (OperationalError, InterfaceError):
            connection.close()
            time.sleep(pause)
    return record()


@transaction.atomic
def release_stale() -> int:
    """Take claims away from workers that died; returns how many."""
    stale = list(Message.objects.stale(CLAIM_LASTS).select_for_update(skip_locked=True))
    for message in stale:
        if message.begun_at is None:
            requeue(message, send_at=message.send_at, error=message.error)
        else:
            doubt(message, STOPPED)
            note_health(message, Uncertain(STOPPED))
    return len(stale)
