"""Following a corrective action up: done, with a note; or handed to somebody else, with another date."""

import datetime as dt

from django.db import transaction
from django.utils import timezone

from crm.cases.actions.locking import need_reason
from crm.cases.actions.reviewing import lock_breach, note_breach
from crm.cases.errors import ActionDone
from crm.cases.models import Breach
from crm.staff.models import User


@transaction.atomic
def finish_action(*, breach: Breach, note: str, by: User, at: dt.datetime | None = None) -> Breach:
    """It is done: say what was. Raises ActionDone, ReasonMissing, BreachWithdrawn."""
    breach = _lock_open(breach)
    breach.action_done_at, breach.action_note = at or timezone.now(), need_reason(note)
    breach.save()
    note_breach("breach.action_done", breach, by=by, at=breach.action_done_at, to=breach.reviewed_by_id)
    return breach


@transaction.atomic
def move_action(*, breach: Breach, owner: User, due_on: dt.date, by: User, at: dt.datetime | None = None) -> Breach:
    """Somebody else does it, or until another day. Raises ActionDone, BreachWithdrawn."""
    breach = _lock_open(breach)
    was = breach.action_owner_id
    breach.action_owner, breach.action_due_on, breach.action_reminded_at = owner, due_on, None
    breach.save()
    note_breach("breach.action_moved", breach, by=by, at=at or timezone.now(), was=was, owner=owner.pk)
    return breach


def _lock_open(breach: Breach) -> Breach:
    breach = lock_breach(breach)
    if not breach.has_open_action:
        raise ActionDone
    return breach
