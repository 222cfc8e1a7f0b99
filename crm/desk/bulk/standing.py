"""How a job stands: how many are done, skipped and why, and how long the rest may take."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from functools import cached_property

from django.db.models import Count

from crm.desk.bulk.acts import ACTS
from crm.desk.bulk.jobs import UNDO_FOR, may_undo
from crm.desk.models import BulkJob, BulkRow

State = BulkRow.State
REASONS = 5


@dataclass(frozen=True)
class Standing:
    """A few numbers from one query."""

    job: BulkJob
    at: dt.datetime

    @cached_property
    def counts(self) -> dict[str, int]:
        return dict(self.job.rows.order_by().values_list("state").annotate(Count("pk")))

    @cached_property
    def name(self) -> str:
        return ACTS[self.job.act](self.job.params).name()

    @property
    def icon(self) -> str:
        return ACTS[self.job.act].icon

    @property
    def is_undo(self) -> bool:
        return self.job.state in (BulkJob.State.UNDOING, BulkJob.State.UNDONE)

    @property
    def done(self) -> int:
        """What came to pass of what was asked last: the act, or its undo."""
        return self.counts.get(State.UNDONE if self.is_undo else State.DONE, 0)

    @property
    def skipped(self) -> int:
        return self.counts.get(State.KEPT if self.is_undo else State.SKIPPED, 0)

    @property
    def total(self) -> int:
        if not self.is_undo:
            return self.job.total
        return sum(self.counts.get(state, 0) for state in (State.DONE, State.UNDONE, State.KEPT))

    @property
    def handled(self) -> int:
        return self.done + self.skipped

    @property
    def share(self) -> float:
        return 100 * self.handled / self.total if self.total else 100.0

    @property
    def seconds_left(self) -> int | None:
        """As fast as until now; None while nobody can tell."""
        spent = (self.job.moved_at - self.job.began_at).total_seconds()
        if not self.handled or spent < 1:
            return None
        return round((self.total - self.handled) * spent / self.handled)

    @cached_property
    def may_undo(self) -> bool:
        return may_undo(self.job, self.at) and self.done > 0

    @property
    def undo_until(self) -> dt.datetime | None:
        return self.job.ended_at + UNDO_FOR if self.job.ended_at else None

    @cached_property
    def reasons(self) -> list[tuple[str, int]]:
        """Why cases were passed over, the commonest first."""
        state = State.KEPT if self.is_undo else State.SKIPPED
        said = self.job.rows.filter(state=state).order_by().values_list("said").annotate(many=Count("pk"))
        return list(said.order_by("-many", "said")[:REASONS])
