"""The second signature under a review: never the reviewer's own (signed_off_by_another)."""

import datetime as dt

from django.db import transaction
from django.utils import timezone

from crm.cases.actions.locking import need_reason
from crm.cases.actions.reviewing import lock_breach, note_breach
from crm.cases.errors import NothingToSign, OwnReview
from crm.cases.models import Breach, BreachQuestion
from crm.cases.words import ReviewState
from crm.staff.models import User


@transaction.atomic
def sign_off_review(*, breach: Breach, by: User, at: dt.datetime | None = None) -> Breach:
    """Sign off somebody else's review. Raises NothingToSign, OwnReview, BreachWithdrawn."""
    breach, at = _lock_to_sign(breach, by), at or timezone.now()
    breach.signed_at, breach.signed_by = at, by
    breach.save()
    note_breach("breach.signed", breach, by=by, at=at)
    return breach


@transaction.atomic
def send_back_review(*, breach: Breach, question: str, by: User, at: dt.datetime | None = None) -> BreachQuestion:
    """Give a review back to whoever wrote it, with a question. What they wrote stays for them to go on with.

    Raises NothingToSign, OwnReview, ReasonMissing, BreachWithdrawn.
    """
    breach, at = _lock_to_sign(breach, by), at or timezone.now()
    written = {"by": by, "to": breach.reviewed_by, "text": need_reason(question), "at": at}
    asked: BreachQuestion = breach.questions.create(kind=BreachQuestion.Kind.SENT_BACK, **written)
    breach.begun_at, breach.begun_by = breach.reviewed_at, breach.reviewed_by
    breach.reviewed_at = breach.reviewed_by = None
    breach.save()
    note_breach("breach.sent_back", breach, by=by, at=at, to=asked.to_id)
    return asked


def _lock_to_sign(breach: Breach, by: User) -> Breach:
    breach = lock_breach(breach)
    if breach.state != ReviewState.TO_SIGN:
        raise NothingToSign
    if breach.reviewed_by_id == by.pk:
        raise OwnReview
    return breach
