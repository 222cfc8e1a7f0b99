"""Delivery reports of Kannel: the address that we give with a message, and what is said when it is called."""

import datetime as dt
import re
from collections.abc import Mapping
from urllib.parse import urlencode

from django.conf import settings
from django.urls import reverse
from django.utils import timezone

from crm.messaging.channels import Report
from crm.messaging.channels.kannel import moment
from crm.messaging.models import Connection, Message
from crm.messaging.words import NOT_DELIVERED, NOT_TAKEN

Delivery = Message.Delivery
DELIVERED, NOT_TO_PHONE, QUEUED, ACCEPTED, REJECTED = "1", "2", "4", "8", "16"
NEWS = {
    DELIVERED: Delivery.DELIVERED,
    NOT_TO_PHONE: Delivery.FAILED,
    QUEUED: Delivery.BUFFERED,
    ACCEPTED: Delivery.BUFFERED,
    REJECTED: Delivery.FAILED,
}
# The rest of a receipt may quote the message (SMPP 3.4, appendix B): only its state and the error's number are kept.
STATE, NUMBER = re.compile(r"\bstat:([A-Z]{1,10})\b"), re.compile(r"^NACK/(0x[0-9a-f]{1,8}|no SMSC)")
EPOCH, TICK = dt.datetime.fromtimestamp(0, dt.UTC), dt.timedelta(microseconds=1)


def base_of(connection: Connection) -> str:
    """How Kannel reaches us: seldom by the way that browsers take."""
    return str(connection.option("callback", settings.SITE_URL))


def report_url(connection: Connection, message: Message) -> str:
    """What Kannel calls with each report; the percent signs are its placeholders. The number stays out of it."""
    began = (message.begun_at - EPOCH) // TICK if message.begun_at else ""
    ours = urlencode({"ref": message.pk, "try": began})
    path = reverse("messaging:sms-report", args=[connection.hook])
    return f"{base_of(connection).rstrip('/')}{path}?{ours}&status=%d&smsc_id=%F&answer=%A&ts=%T"


def read_report(given: Mapping[str, str]) -> Report | None:
    """None for what is no report of ours, or says what we do not know."""
    status, reference = given.get("status", ""), given.get("ref", "")
    if status not in NEWS or not (reference.isascii() and reference.isdigit()) or len(reference) > 18:
        return None
    now = timezone.now()
    return Report(
        channel="sms", message=int(reference), began=_began(given.get("try", "")), delivery=NEWS[status],
        at=min(moment(given.get("ts", "")) or now, now), reason=_reason(status, given.get("answer", "")),
        external_id=_printable(given.get("smsc_id", "")),
    )  # fmt: skip


def _began(ticks: str) -> dt.datetime | None:
    try:
        return EPOCH + int(ticks) * TICK
    except (ValueError, OverflowError):
        return None


def _reason(status: str, answer: str) -> str:
    if status not in (NOT_TO_PHONE, REJECTED):
        return ""
    what, sign = (NOT_DELIVERED, STATE) if status == NOT_TO_PHONE else (NOT_TAKEN, NUMBER)
    found = sign.search(answer)
    return f"{what} ({found[1]})" if found else what


def _printable(text: str) -> str:
    return "".join(character for character in text if character.isprintable())[:100]
