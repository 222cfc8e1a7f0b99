"""The review of a breach: what happened, the cause, what is done so that it doesn't happen again (SOP 7)."""

import datetime as dt
from dataclasses import dataclass
from typing import Any

from django.db import transaction
from django.utils import timezone

from crm.cases.actions.locking import need_reason
from crm.cases.errors import (
    ActionIncomplete,
    ActionMissing,
    AlreadyReviewed,
    BreachWithdrawn,
    CauseMissing,
    ExcuseMissing,
)
from crm.cases.models import Breach, BreachQuestion, Cause, ReviewDraft
from crm.events.actions import record
from crm.staff.models import User


@dataclass(frozen=True)
class Action:
    """What is done so that it does not happen again: by whom, until when. `text` empty: nothing is."""

    text: str = ""
    owner: User | None = None
    due_on: dt.date | None = None


@transaction.atomic
def keep_review_draft(*, breach: Breach, fields: dict[str, Any], by: User, at: dt.datetime | None = None) -> None:
    """Keep what somebody has typed so far; nothing typed: forget it. Raises AlreadyReviewed, BreachWithdrawn."""
    breach, at = lock_unreviewed(breach), at or timezone.now()
    if any(fields.values()):
        ReviewDraft.objects.update_or_create(breach=breach, by=by, defaults={"fields": fields, "at": at})
        if breach.begun_at is None:
            _begin(breach, by, at)
    else:
        ReviewDraft.objects.filter(breach=breach, by=by).delete()
        _begin_anew(breach)


def _begin(breach: Breach, by: User | None, at: dt.datetime | None) -> None:
    Breach.objects.filter(pk=breach.pk).update(begun_by=by, begun_at=at)


def _begin_anew(breach: Breach) -> None:
    """In review is what somebody writes on; a review that was sent back stays begun."""
    if breach.cause:
        return
    first = ReviewDraft.objects.filter(breach=breach).select_related("by").order_by("at").first()
    _begin(breach, first.by if first else None, first.at if first else None)


@transaction.atomic
def review_breach(
    *,
    breach: Breach,
    cause: str,
    code: Cause | None,
    by: User,
    excusable: bool = False,
    excuse: str = "",
    action: Action = Action(),
    at: dt.datetime | None = None,
) -> Breach:
    """Sign the review; a second person signs it off (sign_off_review).

    What is not excusable needs an action, an action needs its owner and date. Raises AlreadyReviewed, BreachWithdrawn,
    ReasonMissing, CauseMissing, ExcuseMissing, ActionMissing, ActionIncomplete.
    """
    breach, at = lock_unreviewed(breach), at or timezone.now()
    breach.cause, breach.cause_code = need_reason(cause), _need_code(code)
    breach.excusable, breach.excuse = excusable, _need_excuse(excusable, excuse)
    _set_action(breach, action, needed=not excusable)
    breach.reviewed_at, breach.reviewed_by = at, by
    breach.begun_at, breach.begun_by = breach.begun_at or at, breach.begun_by or by
    breach.save()
    ReviewDraft.objects.filter(breach=breach, by=by).delete()
    breach.questions.filter(kind=BreachQuestion.Kind.SENT_BACK, answered_at__isnull=True).update(answered_at=at)
    note_breach("breach.reviewed", breach, by=by, at=at, cause=breach.cause_code.code, owner=breach.action_owner_id)
    return breach


def lock_unreviewed(breach: Breach) -> Breach:
    locked = lock_breach(breach)
    if locked.reviewed_at:
        raise AlreadyReviewed
    return locked


def lock_breach(breach: Breach) -> Breach:
    """A fresh, locked copy. Raises BreachWithdrawn."""
    locked = Breach.objects.select_for_update(of=("self",)).select_related("case").get(pk=breach.pk)
    if locked.withdrawn_at:
        raise BreachWithdrawn
    return locked


def _need_code(code: Cause | None) -> Cause:
    if code is None:
        raise CauseMissing
    return code


def _need_excuse(excusable: bool, excuse: str) -> str:
    if excusable and not excuse.strip():
        raise ExcuseMissing
    return excuse.strip() if excusable else ""


def _set_action(breach: Breach, action: Action, *, needed: bool) -> None:
    """An action that a review changes is to be done again."""
    text = action.text.strip()
    if needed and not text:
        raise ActionMissing
    if text and not (action.owner and action.due_on):
        raise ActionIncomplete
    owner, due_on = (action.owner, action.due_on) if text else (None, None)
    if (breach.prevention, breach.action_owner, breach.action_due_on) != (text, owner, due_on):
        breach.action_done_at, breach.action_note, breach.action_reminded_at = None, "", None
    breach.prevention, breach.action_owner, breach.action_due_on = text, owner, due_on


def note_breach(event: str, breach: Breach, *, by: User | None, at: dt.datetime, **facts: Any) -> None:
    """The one event of an act on a breach, told of its case."""
    case = breach.case
    record(event, subject=case, customer_id=case.customer_id, by=by, at=at, breach=breach.pk, **facts)
