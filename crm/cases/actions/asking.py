"""The account of somebody who held the case: a reviewer asks for it, they write it, it stays with the breach."""

import datetime as dt

from django.db import transaction
from django.utils import timezone

from crm.cases.actions.locking import need_reason
from crm.cases.actions.reviewing import lock_unreviewed, note_breach
from crm.cases.errors import AlreadyAnswered, AlreadyAsked
from crm.cases.models import Breach, BreachQuestion
from crm.staff.models import User

ACCOUNT = BreachQuestion.Kind.ACCOUNT


@transaction.atomic
def ask_account(*, breach: Breach, to: User, text: str, by: User, at: dt.datetime | None = None) -> BreachQuestion:
    """Ask a colleague how it came. Raises AlreadyReviewed, AlreadyAsked, ReasonMissing, BreachWithdrawn."""
    breach, at = lock_unreviewed(breach), at or timezone.now()
    if breach.questions.filter(kind=ACCOUNT, to=to, answered_at__isnull=True).exists():
        raise AlreadyAsked
    asked = breach.questions.create(kind=ACCOUNT, by=by, to=to, text=need_reason(text), at=at)
    note_breach("breach.asked", breach, by=by, at=at, to=to.pk, question=asked.pk)
    return asked


@transaction.atomic
def give_account(*, question: BreachQuestion, text: str, by: User, at: dt.datetime | None = None) -> BreachQuestion:
    """Write what was asked, once. Raises AlreadyAnswered, ReasonMissing."""
    question = BreachQuestion.objects.select_for_update(of=("self",)).select_related("breach__case").get(pk=question.pk)
    if question.answered_at:
        raise AlreadyAnswered
    question.answer, question.answered_at = need_reason(text), at or timezone.now()
    question.save()
    note_breach("breach.account_given", question.breach, by=by, at=question.answered_at, to=question.by_id)
    return question
