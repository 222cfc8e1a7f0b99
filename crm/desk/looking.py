"""Opening a case: one's own by right, another team's by a look that is recorded (architecture.md, who sees what)."""

import datetime as dt
from dataclasses import dataclass

from django.db.models import Exists, OuterRef
from django.http import Http404
from django.utils import timezone

from crm.cases.models import Case
from crm.cases.queries import CaseQuerySet
from crm.desk.models import Ask
from crm.events.actions import record
from crm.events.models import Event
from crm.staff.access import may
from crm.staff.models import User

SAME_LOOK = dt.timedelta(minutes=10)


@dataclass(frozen=True)
class Look:
    case: Case
    is_foreign: bool = False


def own_case(user: User, number: int) -> Case:
    """A case in this user's sight; 404 for every other."""
    case = _opened(Case.objects.visible_to(user), number)
    if case is None:
        raise Http404
    return case


def look_at(user: User, number: int) -> Look:
    """A case to read: an own one, else another team's where the role may look."""
    case = _opened(Case.objects.visible_to(user), number)
    if case is not None:
        return Look(case)
    other = _opened(Case.objects.all(), number)
    if other is None or not may(user, "case.look", other):
        raise Http404
    return Look(other, is_foreign=True)


def _opened(cases: CaseQuerySet, number: int) -> Case | None:
    """With all that its head shows, in one query, and whether a text waits for a supervisor (`has_ask`)."""
    asked = Ask.objects.open().filter(case=OuterRef("pk"))
    shown = (
        cases.with_list_columns().select_related("hangs_on__problem", "customer__value").annotate(has_ask=Exists(asked))
    )
    found: Case | None = shown.filter(number=number).first()
    return found


def record_look(user: User, look: Look) -> None:
    """Looking at another team's case leaves a trace."""
    if look.is_foreign:
        record("case.looked", subject=look.case, customer_id=look.case.customer_id, by=user, at=timezone.now())


def record_look_once(user: User, look: Look) -> None:
    """What an opened case shows besides (its files, its mails) belongs to the look that opened it."""
    if look.is_foreign and not _has_just_looked(user, look.case):
        record_look(user, look)


def _has_just_looked(user: User, case: Case) -> bool:
    looks = Event.objects.filter(kind="case.looked", subject_type="case", subject_id=case.pk, actor_id=user.pk)
    return looks.filter(at__gte=timezone.now() - SAME_LOOK).exists()
