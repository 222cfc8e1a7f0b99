"""The review of a breach: what happened, the cause, what is done so that it doesn't happen again (SOP 7)."""

import datetime as dt

from django.db import transaction
from django.utils import timezone

from crm.cases.actions.locking import need_reason
from crm.cases.errors import AlreadyReviewed
from crm.cases.models import Breach
from crm.events.actions import record
from crm.staff.models import User


@transaction.atomic
def review_breach(*, breach: Breach, cause: str, prevention: str, by: User, at: dt.datetime | None = None) -> Breach:
    """Sign the review. Raises AlreadyReviewed, ReasonMissing."""
    breach = Breach.objects.select_for_update(of=("self",)).select_related("case").get(pk=breach.pk)
    if breach.reviewed_at:
        raise AlreadyReviewed
    breach.cause, breach.prevention = need_reason(cause), prevention.strip()
    breach.reviewed_at, breach.reviewed_by = at or timezone.now(), by
    breach.save()
    customer_id = breach.case.customer_id
    record(
        "breach.reviewed",
        subject=breach.case,
        customer_id=customer_id,
        by=by,
        at=breach.reviewed_at,
        breach=breach.pk,
    )
    return breach
