"""What the other side says after it took a message: reports, folded into Message.delivery whatever their order.

delivered    outranks everything, from whichever try: the customer has it. A message that was refused, doubtful or
             waiting for another try is sent now, and nothing sends it again.
failed       of the last try alone: refused for good, its answer void. Never after delivered.
buffered     the network has it, the phone not yet: confirms a doubtful message; never after a final one.

Doubled reports change nothing, and no report for long is a normal state (docs/adr/0017-sms.md).
"""

import datetime as dt

from django.db import transaction
from django.utils import timezone

from crm.messaging.actions import record_message
from crm.messaging.arrivals import NotYet
from crm.messaging.channels import Report
from crm.messaging.models import Message

State, Delivery = Message.State, Message.Delivery
NEVER_LEFT = (State.CANCELLED, State.SUPPRESSED)


@transaction.atomic
def mark_bounced(*, message: Message, reason: str, at: dt.datetime | None = None) -> Message:
    """It came back: the same as refused, the answer is void. Told twice, or of a copy that is being sent again, this
    changes nothing. Raises NotYet while the sender has not written down that it left."""
    message = Message.objects.select_for_update(of=["self"]).get(pk=message.pk)
    _refuse(message, reason, at=at or timezone.now())
    return message


@transaction.atomic
def note_delivery(report: Report) -> Message | None:
    """Fold one report into its message; None when there is no such message. Raises NotYet like `mark_bounced`."""
    message = Message.objects.select_for_update(of=["self"]).filter(pk=report.message, channel=report.channel).first()
    if message is None or message.state in NEVER_LEFT or message.delivery == Delivery.DELIVERED:
        return message
    if report.delivery == Delivery.DELIVERED:
        _confirm(message, report)
    elif report.began != message.begun_at:
        return message  # of an earlier try, or of one that the other side had refused
    elif report.delivery == Delivery.FAILED:
        _refuse(message, report.reason, at=report.at)
    elif not message.delivery and message.state in (State.SENDING, State.UNCERTAIN, State.SENT):
        _confirm(message, report)
    return message


def _refuse(message: Message, reason: str, *, at: dt.datetime) -> None:
    if message.state == State.SENDING:
        raise NotYet("the message is being sent")
    if message.state in (State.SENT, State.UNCERTAIN):
        message.state, message.sent_at, message.error = State.FAILED, None, reason
        message.delivery, message.delivery_at = Delivery.FAILED, at
        message.save(update_fields=["state", "sent_at", "error", "delivery", "delivery_at"])
        record_message("message.failed", message, at=at)


def _confirm(message: Message, report: Report) -> None:
    """It was sent, whatever we knew of it so far, and has come as far as this."""
    if message.state != State.SENT:
        message.state, message.sent_at, message.error = State.SENT, message.begun_at or report.at, ""
        record_message("message.sent", message, at=report.at)
    message.delivery, message.delivery_at = report.delivery, report.at
    message.external_id = report.external_id or message.external_id
    message.save(update_fields=["state", "sent_at", "error", "delivery", "delivery_at", "external_id"])
    record_message(f"message.{report.delivery}", message, at=report.at)
