"""One case judged again under other terms. Pure: what was recorded in, what would have been out.

Where the draft promises a clock what its own policy promised, what was promised stands, with everything that moved it.
What people did is taken as it was: that they might have acted otherwise, nobody can count.
"""

import datetime as dt
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field

from crm.cases import clock
from crm.cases.errors import NoPolicy
from crm.cases.foresight.lives import Kept, Life, Spans
from crm.cases.foresight.terms import pauses
from crm.cases.policies import Promise, Rules
from crm.cases.words import ClockKind, Verdict

OPEN, NONE = "open", "none"  # not decided yet; no such clock


@dataclass(frozen=True, slots=True)
class Due:
    """A deadline, the seconds promised (without pauses), and since when the clock stands still, if it does."""

    at: dt.datetime
    seconds: int
    paused_at: dt.datetime | None = None


@dataclass(frozen=True, slots=True)
class Standing:
    """How a clock stands at the end of the count. `steps` are the escalations it came to: when, to whom."""

    verdict: str
    due_at: dt.datetime | None = None
    warnings: int = 0
    steps: tuple[tuple[dt.datetime, str], ...] = ()


NOWHERE = Standing(NONE)


@dataclass(frozen=True, slots=True)
class Recounted:
    clock: Kept
    was: Standing
    then: Standing


@dataclass(frozen=True)
class Judge:
    """`rules_of` knows the published policies, `draft` is what is tried, `lineage` leads from a category to its root,
    `at` is when clocks that still run are read."""

    rules_of: Callable[[int], Rules]
    draft: Rules
    lineage: Callable[[int | None], tuple[int, ...]]
    at: dt.datetime
    _known: dict[tuple[object, ...], Promise | None] = field(default_factory=dict)

    def recount(self, life: Life) -> Iterator[Recounted]:
        """Every clock of the case; and the settlement clock that only the draft would have given it."""
        before: tuple[Kept, Due | None] | None = None  # the settlement clock of the turn before
        for kept in life.clocks:
            own = self.rules_of(kept.policy_id)
            was = self._stand(life, kept, own, Due(kept.due_at, kept.target, kept.paused_at), said=kept.verdict)
            due = self._due(life, kept, own, before)
            then = self._stand(life, kept, self.draft, due) if due else NOWHERE
            yield Recounted(kept, was, then)
            if kept.kind == ClockKind.RESOLUTION:
                before = kept, due
        if before is None and life.clocks:
            yield from self._only_in_draft(life)

    def _due(self, life: Life, kept: Kept, own: Rules, before: tuple[Kept, Due | None] | None) -> Due | None:
        """Under the draft; None where it gives the case no such clock."""
        if before and kept.started_at >= (before[0].stopped_at or self.at):
            seconds = self._reopened(kept, own, *before)
        else:
            seconds = self._promised(life, kept, own)
        if seconds is None:
            return None
        waits = life.waits if kept.kind == ClockKind.RESOLUTION else []
        mine = due_with(waits, kept, kept.target, pauses(own.policy))
        then = due_with(waits, kept, seconds, pauses(self.draft.policy))
        moved = kept.due_at - mine.at  # by a merge, or by hand: that stays
        return Due(then.at + moved, seconds, then.paused_at)

    def _promised(self, life: Life, kept: Kept, own: Rules) -> int | None:
        theirs, ours = self._promise(life, kept.started_at, own), self._promise(life, kept.started_at, self.draft)
        if ours is None:
            return None
        seconds = ours.seconds(kept.kind)
        return kept.target if theirs and theirs.seconds(kept.kind) == seconds else seconds

    def _reopened(self, kept: Kept, own: Rules, last: Kept, last_due: Due | None) -> int | None:
        if last_due is None or last.stopped_at is None:
            return None
        minimum = self.draft.policy.reopen_minimum_seconds
        if last_due.at == last.due_at and minimum == own.policy.reopen_minimum_seconds:
            return kept.target
        return clock.reopened_seconds(last_due.at, last.stopped_at, minimum)

    def _promise(self, life: Life, at: dt.datetime, rules: Rules) -> Promise | None:
        key = (rules.policy.pk, life.channel, life.was("category", at), life.was("kind", at), life.tier)
        if key not in self._known:
            self._known[key] = promised(rules, *key[1:], lineage=self.lineage)
        return self._known[key]

    def _stand(self, life: Life, kept: Kept, rules: Rules, due: Due, said: str = "") -> Standing:
        end = kept.stopped_at or due.paused_at or self.at
        marks = [(clock.mark_at(due.at, due.seconds, mark.percent), mark) for mark in rules.marks(kept.kind)]
        passed = [(at, mark) for at, mark in marks if at <= end]
        return Standing(
            said or verdict_of(life, kept, due, self.at),
            due.at,
            sum(mark.act is clock.Act.WARN for _at, mark in passed),
            tuple((at, mark.party) for at, mark in passed if mark.act is clock.Act.ESCALATE),
        )

    def _only_in_draft(self, life: Life) -> Iterator[Recounted]:
        own = self._promise(life, life.opened_at, self.rules_of(life.clocks[0].policy_id))
        ours = self._promise(life, life.opened_at, self.draft)
        if own is None or own.resolution is not None or ours is None or ours.resolution is None:
            return
        stopped = life.settled_at or life.closed_at
        verdict = Verdict.VOID if life.settled_at is None and life.closed_at else ""
        new = Kept(None, ClockKind.RESOLUTION, 1, 0, 0, life.opened_at, life.opened_at, None, stopped, verdict)
        due = due_with(life.waits, new, ours.resolution, pauses(self.draft.policy))
        yield Recounted(new, NOWHERE, self._stand(life, new, self.draft, due))


def promised(
    rules: Rules, channel: str, category: int | None, kind: str, tier: str, *, lineage: Callable[[int | None], tuple]
) -> Promise | None:
    try:
        return rules.promise(channel=channel, category_ids=lineage(category), kind=kind, tier=tier)
    except NoPolicy:
        return None


def due_with(waits: Spans, kept: Kept, seconds: int, pausing: frozenset[str]) -> Due:
    """The deadline with what pauses it. A promise that is broken already is not paused (actions.waiting)."""
    due_at = kept.started_at + dt.timedelta(seconds=seconds)
    for waiting_for, since, until in waits:
        is_after = kept.stopped_at is not None and since >= kept.stopped_at
        if waiting_for not in pausing or since < kept.started_at or since > due_at or is_after:
            continue
        ends = [end for end in (until, kept.stopped_at) if end is not None]
        if not ends:
            return Due(due_at, seconds, since)
        due_at = clock.resumed(due_at, since, min(ends))
    return Due(due_at, seconds)


def verdict_of(life: Life, kept: Kept, due: Due, now: dt.datetime) -> str:
    """From the timestamps alone, as actions.ending, clocks.void_clock and the sweep decide."""
    if kept.stopped_at is None:
        return Verdict.MISSED if due.paused_at is None and due.at < now else OPEN
    if stopped_unjudged(life, kept):
        return Verdict.MISSED if due.at < kept.stopped_at else Verdict.VOID
    return clock.verdict(due.at, kept.stopped_at)


def stopped_unjudged(life: Life, kept: Kept) -> bool:
    """Did the case end with this clock running (cancelled, rejected, merged)? One already broken then was missed."""
    if kept.verdict == Verdict.MISSED:
        return life.ended_unsettled and life.closed_at is not None and kept.stopped_at == life.closed_at
    return kept.verdict == Verdict.VOID
