"""Making, renewing and revoking the link to a case."""

import datetime as dt

from django.db import transaction
from django.utils import timezone

from crm.cases.actions.locking import lock_case
from crm.cases.models import Case
from crm.events.actions import record
from crm.staff.models import User
from crm.web.models import StatusLink


@transaction.atomic
def make_link(*, case: Case, by: User | None, at: dt.datetime | None = None) -> StatusLink:
    """A new link; the one there was stops working."""
    at = at or timezone.now()
    case = lock_case(case)
    _end(case, by=by, at=at)
    link = StatusLink.objects.create(case=case, made_by=by, made_at=at)
    record("case.link_made", subject=case, customer_id=case.customer_id, by=by, at=at, link=link.pk)
    return link


@transaction.atomic
def revoke_link(*, case: Case, by: User, at: dt.datetime | None = None) -> bool:
    """The case's link stops working; False when there was none."""
    at = at or timezone.now()
    case = lock_case(case)
    ended = _end(case, by=by, at=at)
    if ended:
        record("case.link_ended", subject=case, customer_id=case.customer_id, by=by, at=at)
    return ended


def _end(case: Case, *, by: User | None, at: dt.datetime) -> bool:
    return bool(StatusLink.objects.live().filter(case=case).update(ended_at=at, ended_by=by))
