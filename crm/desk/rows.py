"""A row of the list: a case and how its clock stands at this moment."""

from collections.abc import Iterable
from dataclasses import dataclass

from crm.cases.models import Case
from crm.cases.words import Waiting
from crm.desk.tense import Now
from crm.timeline.models import Direction


@dataclass(frozen=True)
class Row:
    case: Case
    tense: str
    risk_seconds: int

    @property
    def unread(self) -> bool:
        """The last word was the customer's."""
        return self.case.last_direction == Direction.IN

    @property
    def holder(self) -> str:
        """Whom a waiting case waits for, in a word."""
        if self.case.waiting_for == Waiting.DIVISION and self.case.division:
            return self.case.division.name
        return self.case.get_waiting_for_display()


def rows_of(cases: Iterable[Case], now: Now) -> list[Row]:
    return [Row(case, now.tense_of(case), now.risk_seconds(case.due_kind)) for case in cases]
