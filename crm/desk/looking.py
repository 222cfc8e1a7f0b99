"""Opening a case: one's own by right, another team's by a look that is recorded (architecture.md, who sees what)."""

from dataclasses import dataclass

from django.http import Http404
from django.utils import timezone

from crm.cases.models import Case
from crm.events.actions import record
from crm.staff.access import may
from crm.staff.models import User


@dataclass(frozen=True)
class Look:
    case: Case
    is_foreign: bool = False


def own_case(user: User, number: int) -> Case:
    """A case in this user's sight; 404 for every other."""
    case = Case.objects.visible_to(user).with_list_columns().filter(number=number).first()
    if case is None:
        raise Http404
    return case


def look_at(user: User, number: int) -> Look:
    """A case to read: an own one, else another team's where the role may look."""
    case = Case.objects.visible_to(user).with_list_columns().filter(number=number).first()
    if case is not None:
        return Look(case)
    other = Case.objects.with_list_columns().filter(number=number).first()
    if other is None or not may(user, "case.look", other):
        raise Http404
    return Look(other, is_foreign=True)


def record_look(user: User, look: Look) -> None:
    """Looking at another team's case leaves a trace."""
    if look.is_foreign:
        record("case.looked", subject=look.case, customer_id=look.case.customer_id, by=user, at=timezone.now())
