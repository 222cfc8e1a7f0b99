"""Scanning what was kept: the table is the queue, a knock or beat asks for a look."""

import logging
from typing import BinaryIO, cast

from celery import current_app
from django.db import transaction

from crm.events.actions import record
from crm.timeline import scanner
from crm.timeline.models import Attachment
from crm.timeline.scanner import ScannerAway, Unscannable

log = logging.getLogger(__name__)

TASK = "crm.timeline.tasks.scan_files"
State = Attachment.State


def first_state() -> State:
    """Of a file that is being kept."""
    return State.PENDING if scanner.is_configured() else State.PLAIN


def ask_for_scan() -> None:
    """When the transaction that keeps a file is through."""
    if scanner.is_configured():
        transaction.on_commit(_knock)


def _knock() -> None:
    """A broker that is away must not fail the caller's work: beat asks again."""
    try:
        current_app.send_task(TASK, expires=60, retry=False)
    except Exception:  # whatever the transport raises
        log.warning("no knock: the broker is away")


def scan_pending() -> int:
    """Judge what waits, in the order in which it came; how many were judged. Ends when the scanner is away.

    Two workers may scan one file at once: both come to the same verdict, and one writes it down. No transaction is open
    while the scanner works.
    """
    judged, after = 0, 0
    while (waiting := Attachment.objects.filter(state=State.PENDING, pk__gt=after).order_by("pk").first()) is not None:
        after = waiting.pk
        try:
            judged += _judge(waiting)
        except ScannerAway:
            log.warning("the scanner is away")
            break
        except Unscannable as error:
            log.error("not scanned", extra={"attachment": waiting.pk, "reason": str(error)})
    return judged


def _judge(attachment: Attachment) -> bool:
    """Raises ScannerAway, Unscannable."""
    if not scanner.is_configured():  # taken out of service meanwhile: nobody would ever look
        return write_down(attachment, State.PLAIN)
    try:
        with attachment.file.open("rb") as content:
            verdict = scanner.scan(cast(BinaryIO, content))
    except FileNotFoundError:
        return write_down(attachment, State.REFUSED, refusal=Attachment.Refusal.GONE)
    if verdict.finding:
        return write_down(attachment, State.INFECTED, finding=verdict.finding[:120])
    return write_down(attachment, State.CLEAN)


@transaction.atomic
def write_down(attachment: Attachment, state: State, **what: str) -> bool:
    """Keep the verdict, once; the page that shows the file hears of it."""
    mine = Attachment.objects.filter(pk=attachment.pk, state=State.PENDING)
    if not mine.update(state=state, **what):
        return False
    attachment.refresh_from_db(fields=["interaction"])  # it may have been sent, or taken back, meanwhile
    contact = attachment.interaction
    customer_id = contact.customer_id if contact else None
    record(f"attachment.{state}", subject=attachment, customer_id=customer_id, interaction=contact and contact.pk)
    return True
