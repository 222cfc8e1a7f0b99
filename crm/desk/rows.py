"""A row of the list: a case and how its clock stands at this moment."""

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass

from crm.cases.models import Case
from crm.cases.words import Waiting
from crm.customers.models import ContactPoint
from crm.desk.tense import Now
from crm.timeline.models import Direction


@dataclass(frozen=True)
class Row:
    case: Case
    tense: str
    risk_seconds: int
    name: str
    at: dt.datetime

    @property
    def unread(self) -> bool:
        """The last word was the customer's."""
        return self.case.last_direction == Direction.IN

    @property
    def snoozed_until(self) -> dt.datetime | None:
        """When it comes back, if it is hidden now."""
        until = self.case.snoozed_until
        return until if until and until > self.at else None

    @property
    def holder(self) -> str:
        """Whom a waiting case waits for, in a word."""
        if self.case.waiting_for == Waiting.DIVISION and self.case.division:
            return str(self.case.division)
        return self.case.get_waiting_for_display()


def rows_of(cases: Iterable[Case], now: Now) -> list[Row]:
    """One query more when somebody among them has no name yet."""
    cases = list(cases)
    names = handles_of(case.customer_id for case in cases if not case.customer.name)
    return [
        Row(
            case,
            now.tense_of(case),
            now.risk_seconds(case.due_kind),
            case.customer.name or names.get(case.customer_id, ""),
            now.at,
        )
        for case in cases
    ]


def handles_of(customer_ids: Iterable[int]) -> dict[int, str]:
    """A customer of whom only a handle is known goes by it."""
    wanted = set(customer_ids)
    if not wanted:
        return {}
    points = ContactPoint.objects.filter(customer__in=wanted, kind=ContactPoint.Kind.HANDLE)
    return {point.customer_id: f"@{point.display or point.value}" for point in points.order_by("-pk")}
