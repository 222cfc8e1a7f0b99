"""What was recorded of many cases, in a few questions: their clocks, their waiting, and what they were about when."""

import datetime as dt
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any

from crm.cases.clocks import STRUCK
from crm.cases.models import SlaClock
from crm.events.models import Event
from crm.timeline.models import Direction

CLOCK = (
    "id", "kind", "turn", "policy_id", "target_seconds", "started_at", "due_at", "paused_at", "stopped_at", "verdict",
)  # fmt: skip
CASE = (
    "id", "opened_at", "settled_at", "closed_at", "state", "channel", "tier", "kind", "category_id", "team_id",
)  # fmt: skip
ENDS_WAITING = {"case.resumed", "case.settled", "case.cancelled", "case.rejected", "case.merged", "case.closed"}
SPEAKS = {"case.opened", "case.contacted", "case.answered"}
WAITING = ("case.waiting", *sorted(ENDS_WAITING | SPEAKS))
LONG_AGO = dt.datetime.min.replace(tzinfo=dt.UTC)
Told = list[tuple[str, dt.datetime, dict[str, Any]]]
Spans = list[tuple[str, dt.datetime, dt.datetime | None]]


@dataclass(frozen=True, slots=True)
class Kept:
    """A clock as it is stored."""

    id: int | None
    kind: str
    turn: int
    policy_id: int
    target: int
    started_at: dt.datetime
    due_at: dt.datetime
    paused_at: dt.datetime | None
    stopped_at: dt.datetime | None
    verdict: str


@dataclass(slots=True)
class Life:
    """`edits` are (when, which of kind and category, what it was before); `waits` (for whom, from, until)."""

    id: int
    opened_at: dt.datetime
    settled_at: dt.datetime | None
    closed_at: dt.datetime | None
    state: str
    channel: str
    tier: str
    kind: str
    category_id: int | None
    team_id: int | None
    clocks: list[Kept] = field(default_factory=list)
    edits: list[tuple[dt.datetime, str, Any]] = field(default_factory=list)
    waits: Spans = field(default_factory=list)

    def was(self, name: str, at: dt.datetime) -> Any:
        """The case's kind or category at `at`: what the first edit after it replaced, else what it is."""
        later = (before for when, changed, before in self.edits if changed == name and when > at)
        return next(later, self.kind if name == "kind" else self.category_id)

    @property
    def ended_unsettled(self) -> bool:
        return self.closed_at is not None and self.settled_at is None


def lives(rows: Iterable[Sequence[Any]], *, with_waits: bool) -> list[Life]:
    """The lives of these cases (rows of CASE). Waiting is read only where some policy minds it."""
    found = {row[0]: Life(*row) for row in rows}
    clocks = SlaClock.objects.filter(case__in=list(found), turn__lt=STRUCK, is_archive=False)
    for case_id, *row in clocks.order_by("case_id", "kind", "turn").values_list("case_id", *CLOCK):
        found[case_id].clocks.append(Kept(*row))
    kinds = ("case.edited", *WAITING) if with_waits else ("case.edited",)
    told: dict[int, Told] = defaultdict(list)
    events = Event.objects.filter(subject_type="case", subject_id__in=list(found), kind__in=kinds).order_by("id")
    for case_id, kind, at, facts in events.values_list("subject_id", "kind", "at", "facts"):
        told[case_id].append((kind, at, facts))
    for case_id, events_of in told.items():
        found[case_id].edits = edits(events_of)
        found[case_id].waits = waits(events_of) if with_waits else []
    return list(found.values())


def edits(told: Told) -> list[tuple[dt.datetime, str, Any]]:
    return [
        (at, name, facts[name][0])
        for kind, at, facts in told
        if kind == "case.edited"
        for name in ("kind", "category")
        if name in facts
    ]


def waits(told: Told) -> Spans:
    """From each wait to what ended it: the next wait, an act, or for a customer the message that came."""
    spans: Spans = []
    open_for, since, heard = "", LONG_AGO, LONG_AGO
    for kind, at, facts in told:
        if kind in SPEAKS and open_for == "customer" and facts.get("direction") == Direction.IN and at > heard:
            spans.append((open_for, since, max(at, since)))
            open_for = ""
        if kind in SPEAKS:
            heard = max(heard, at)
        elif kind in ENDS_WAITING or kind == "case.waiting":
            if open_for:
                spans.append((open_for, since, max(at, since)))
            open_for, since = (facts["waiting_for"], at) if kind == "case.waiting" else ("", since)
    return [*spans, (open_for, since, None)] if open_for else spans
