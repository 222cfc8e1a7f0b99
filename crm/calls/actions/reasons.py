"""The list of reasons. One that wrap-ups have named is switched off, never deleted."""

import pghistory
from django.db import transaction

from crm.calls.models import CallReason
from crm.events.actions import record
from crm.staff.models import User


@transaction.atomic
def save_reason(*, reason: CallReason, by: User) -> CallReason:
    """Add one, at the end of the list, or rename it."""
    is_new = reason.pk is None
    if is_new:
        reason.put_last()
    with pghistory.context(by=by.pk):
        reason.save()
    record("call_reason.added" if is_new else "call_reason.changed", subject=reason, by=by)
    return reason


@transaction.atomic
def switch_reason(*, reason: CallReason, by: User) -> CallReason:
    """On or off."""
    locked: CallReason = CallReason.objects.select_for_update().get(pk=reason.pk)
    locked.is_active = not locked.is_active
    with pghistory.context(by=by.pk):
        locked.save(update_fields=["is_active"])
    record("call_reason.switched", subject=locked, by=by, on=locked.is_active)
    return locked
