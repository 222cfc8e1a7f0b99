"""Writes on the outbox: promise to send, withdraw in time."""

import datetime as dt
from functools import partial
from typing import Any

from django.db import transaction
from django.utils import timezone

from crm.customers.models import Customer
from crm.events.actions import record
from crm.messaging import channels
from crm.messaging.allowing import refusal
from crm.messaging.errors import MayNotWrite, NoRecipient, Nothing, NotPublic, NotStuck, TooLate, TooLong
from crm.messaging.knock import knock
from crm.messaging.models import Letter, Message
from crm.staff.models import User
from crm.timeline.models import Interaction

# Long enough to see one's own mistake, short enough that no customer waits for it [ours].
UNDO_SECONDS = 8


@transaction.atomic
def queue_message(
    *,
    interaction: Interaction | None,
    customer: Customer,
    channel: str,
    recipient: str,
    body: str,
    by: User | None,
    send_at: dt.datetime,
    key: str,
    subject: str = "",
    account: str = "",
    is_public: bool = False,
    reply_to: str = "",
    references: str = "",
    purpose: str = "",
    bulk: bool = False,
    at: dt.datetime | None = None,
) -> Message:
    """Promise, in the caller's transaction, to send `body` once, not before `send_at`.

    `key` is ours and unique: asked again with the same key, the first message comes back and nothing is added.
    With a `purpose` the customer must allow it, now and again when it is sent (allowing.py): else it is kept with the
    reason, as suppressed. Without one it is service or an answer.
    `bulk`: one of many that nobody waits for; no answer stands behind it, and a channel's budget holds (pacing.py).
    What only logs a contact is recorded as sent. Raises MessagingError naming the field.
    """
    adapter = channels.get(channel)
    _check(adapter, recipient=recipient, body=body, is_public=is_public)
    _check_standing(adapter, account=account, recipient=recipient, reply_to=reply_to, is_public=is_public)
    message, new = Message.objects.get_or_create(
        key=key,
        defaults={
            "interaction": interaction,
            "customer": customer,
            "channel": channel,
            "recipient": recipient,
            "body": body,
            "author": by,
            "send_at": send_at,
            "subject": subject,
            "account": account,
            "is_public": is_public,
            "reply_to": reply_to,
            "references": references,
            "purpose": purpose,
            "bulk": bulk,
            "external_id": adapter.own_id(key=key, account=account),
        },
    )
    if new:
        _announce(message, adapter, by=by, at=at or timezone.now())
    return message


def _check(adapter: channels.Adapter, *, recipient: str, body: str, is_public: bool) -> None:
    if not body.strip():
        raise Nothing
    most = adapter.limit(is_public=is_public)
    if most is not None and adapter.measure(body) > most:
        raise TooLong(most, unit=str(adapter.unit))
    if is_public and not adapter.can_public:
        raise NotPublic
    if not (recipient.strip() or is_public or adapter.logs_only):
        raise NoRecipient


def _check_standing(adapter: channels.Adapter, **where: Any) -> None:
    standing = adapter.standing(**where)
    if not standing.may:
        raise MayNotWrite(str(standing.said))


def _announce(message: Message, adapter: channels.Adapter, *, by: User | None, at: dt.datetime) -> None:
    if refused := refusal(message):
        return suppress(message, refused.why, by=by, at=at)
    record_message("message.queued", message, by=by, at=at)
    if adapter.logs_only:
        return _log_as_sent(message, at=at)
    if message.bulk:  # beat's next knock is soon enough, and thousands of knocks are none
        return None
    wait = max(0.0, (message.send_at - timezone.now()).total_seconds())
    return transaction.on_commit(partial(knock, after=wait))


def suppress(message: Message, why_not: str, *, by: User | None = None, at: dt.datetime | None = None) -> None:
    """Nothing has left, and nothing will; the row says why. In the caller's transaction, which holds the message."""
    message.state, message.error = Message.State.SUPPRESSED, why_not
    message.save(update_fields=["state", "error"])
    record_message("message.suppressed", message, by=by, at=at)


def _log_as_sent(message: Message, *, at: dt.datetime) -> None:
    message.state, message.sent_at = Message.State.SENT, at
    message.save(update_fields=["state", "sent_at"])
    record_message("message.sent", message, at=at)


@transaction.atomic
def cancel_message(*, message: Message, by: User | None = None, at: dt.datetime | None = None) -> Message:
    """Withdraw a message within its undo seconds. Raises TooLate: of this and a claim exactly one wins (row lock)."""
    at = at or timezone.now()
    message = Message.objects.select_for_update().get(pk=message.pk)
    if message.state != Message.State.QUEUED or at >= message.send_at or message.attempts:
        raise TooLate
    message.state = Message.State.CANCELLED
    message.save(update_fields=["state"])
    record_message("message.cancelled", message, by=by, at=at)
    return message


@transaction.atomic
def retry_message(*, message: Message, by: User, at: dt.datetime | None = None) -> Message:
    """Send a refused or uncertain message once more; of an uncertain one the customer may get a second copy."""
    message = _lock_stuck(message, *Message.STUCK)
    # Of an uncertain one a try may be out: its echo still finds it, and a network that calls it a double is believed.
    message.attempts = int(message.state == Message.State.UNCERTAIN)
    message.state, message.send_at = Message.State.QUEUED, at or timezone.now()
    message.claimed_by, message.claimed_at, message.begun_at = "", None, None
    message.delivery, message.delivery_at = "", None
    message.save(update_fields=["state", "send_at", "attempts", "claimed_by", "claimed_at", "begun_at", "delivery",
                                "delivery_at"])  # fmt: skip
    record_message("message.retried", message, by=by, at=at)
    transaction.on_commit(partial(knock, after=0))
    return message


@transaction.atomic
def confirm_sent(*, message: Message, by: User, at: dt.datetime | None = None) -> Message:
    """Somebody found out that an uncertain message did arrive."""
    message = _lock_stuck(message, Message.State.UNCERTAIN)
    message.state, message.sent_at = Message.State.SENT, message.begun_at or at or timezone.now()
    message.save(update_fields=["state", "sent_at"])
    record_message("message.sent", message, by=by, at=at)
    return message


@transaction.atomic
def confirm_not_sent(*, message: Message, by: User, at: dt.datetime | None = None) -> Message:
    """Somebody found out that an uncertain message never arrived: the same as refused, the answer is void."""
    message = _lock_stuck(message, Message.State.UNCERTAIN)
    message.state = Message.State.FAILED
    message.save(update_fields=["state"])
    record_message("message.failed", message, by=by, at=at)
    return message


@transaction.atomic
def hear_back(*, message: Message, external_id: str, at: dt.datetime) -> Message:
    """The network shows us this very message: it went out at `at`, whatever its sender believes by now."""
    message = Message.objects.select_for_update().get(pk=message.pk)
    if message.state in Message.MAY_BE_OUT:
        message.state, message.sent_at, message.external_id, message.error = Message.State.SENT, at, external_id, ""
        message.save(update_fields=["state", "sent_at", "external_id", "error"])
        record_message("message.sent", message, at=at)
    return message


def _lock_stuck(message: Message, *states: Message.State) -> Message:
    """Raises NotStuck when the sender or a colleague was quicker."""
    message = Message.objects.select_for_update().get(pk=message.pk)
    if message.state not in states:
        raise NotStuck
    return message


@transaction.atomic
def mark_posted(*, letter: Letter, by: User, at: dt.datetime | None = None) -> Letter:
    """The letter was printed and given to the post. A second press changes nothing."""
    letter = Letter.objects.select_for_update(of=["self"]).select_related("message").get(pk=letter.pk)
    if letter.posted_at is None:
        letter.posted_at, letter.posted_by = at or timezone.now(), by
        letter.save(update_fields=["posted_at", "posted_by"])
        record_message("letter.posted", letter.message, by=by, at=letter.posted_at)
    return letter


def record_message(kind: str, message: Message, *, by: User | None = None, at: dt.datetime | None = None) -> None:
    """One fact about a message: ids only, the text stays in the message."""
    record(kind, subject=message, customer_id=message.customer_id, by=by, at=at,
           interaction=message.interaction_id, channel=message.channel)  # fmt: skip
