"""What a merge would do, before anybody does it: what stays, what moves, which clock wins. Reads only."""

import datetime as dt
from dataclasses import dataclass

from django.utils import timezone

from crm.cases.models import Case, SlaClock
from crm.cases.words import ClockKind, Verdict


@dataclass(frozen=True)
class KeptClock:
    """The deadline that the remaining case has afterwards; `is_theirs`: it comes from the case that is merged."""

    kind: ClockKind
    due_at: dt.datetime
    is_theirs: bool
    was: dt.datetime | None

    @property
    def moves(self) -> bool:
        return self.due_at != self.was


@dataclass(frozen=True)
class MergePreview:
    into: Case
    messages: int
    notes: int
    promises: int
    clocks: tuple[KeptClock, ...]


def preview_merge(source: Case, into: Case) -> MergePreview:
    """The same rules as merging.keep_earlier_clock; a test holds the two to each other."""
    running = SlaClock.objects.filter(case__in=[source, into], stopped_at__isnull=True)
    clocks = {(clock.case_id, clock.kind): clock for clock in running}
    at = timezone.now()
    kept = (_kept(kind, clocks.get((source.pk, kind)), clocks.get((into.pk, kind)), at) for kind in ClockKind)
    return MergePreview(
        into,
        messages=source.entries.count(),
        notes=source.notes.count(),
        promises=source.promises.count(),
        clocks=tuple(clock for clock in kept if clock is not None),
    )


def _kept(kind: ClockKind, theirs: SlaClock | None, ours: SlaClock | None, at: dt.datetime) -> KeptClock | None:
    """A deadline that is past is judged and ends with its own case."""
    was = ours.due_at if ours else None
    if (
        theirs is not None
        and theirs.verdict != Verdict.MISSED
        and theirs.due_at > at
        and (not was or theirs.due_at < was)
    ):
        return KeptClock(kind, theirs.due_at, True, was)
    return KeptClock(kind, was, False, was) if was is not None else None
