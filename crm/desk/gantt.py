"""Who held a breached clock, and while the customer was awaited: the picture of the review, in percent of its width."""

import datetime as dt
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import NamedTuple

from django.utils.translation import gettext as _

from crm.cases.models import Escalation, Holding, SlaClock
from crm.cases.words import Party, Waiting
from crm.desk.timeline import PARTY_ICONS, name_of
from crm.events.models import Event
from crm.lib.display import nearmoment, spoken

MINUTE, HOUR, DAY = 60, 3_600, 86_400
STEPS = (MINUTE, 5 * MINUTE, 15 * MINUTE, 30 * MINUTE, HOUR, 2 * HOUR, 6 * HOUR, 12 * HOUR, DAY, 2 * DAY, 7 * DAY)
MOST_TICKS, LABEL_ROOM, EDGE = 4, 13.0, 94.0  # a label takes so many percent; nearer to the edge it stands to the left
ENDS_WAITING = {
    "case.resumed", "case.waiting", "case.settled", "case.closed", "case.cancelled", "case.rejected", "case.merged",
    "case.archived",
}  # fmt: skip


class Span(NamedTuple):
    since: dt.datetime
    until: dt.datetime


@dataclass(frozen=True)
class Bar:
    """A piece of a row; `tone` is held, wait or late."""

    x: float
    width: float
    tone: str


@dataclass
class Row:
    name: str
    detail: str
    icon: str
    waits: bool = False
    spans: list[Span] = field(default_factory=list)
    bars: list[Bar] = field(default_factory=list)
    seconds: float = 0.0
    share: float = 0.0
    is_worst: bool = False


class Tick(NamedTuple):
    x: float
    text: str
    anchor: str = "start"


@dataclass(frozen=True)
class Picture:
    rows: list[Row]
    ticks: list[Tick]
    deadline: Tick
    start: dt.datetime
    end: dt.datetime
    waited: bool

    @property
    def seconds(self) -> float:
        return (self.end - self.start).total_seconds()


def picture(clock: SlaClock, events: Sequence[Event], escalations: Sequence[Escalation], at: dt.datetime) -> Picture:
    """The holders of one clock until it stopped, or until `at`. `events` are those of the case, oldest first."""
    start, end = clock.started_at, max(clock.stopped_at or at, clock.started_at + dt.timedelta(seconds=1))
    whole = Span(start, end)
    rows: dict[str, Row] = {}
    waits = [(kind, cut) for kind, span in waiting_spans(events, end) if (cut := _cut(span, whole))]
    for holding in clock.case.holdings.select_related("team", "division", "user"):
        held = _cut(Span(holding.since, holding.until or at), whole)
        if held:
            row = rows.setdefault(name_of(holding), _row(holding, escalations))
            row.spans += _without(held, [wait for _kind, wait in waits])
    for kind, wait in waits:
        rows.setdefault(f"wait {kind}", _waiting_row(kind)).spans.append(wait)
    shown = [_measured(row, clock.due_at, whole) for row in rows.values() if row.spans]
    _mark_worst(shown)
    return Picture(shown, *_axis(clock, whole), start, end, any(row.waits for row in shown))


def waiting_spans(events: Sequence[Event], end: dt.datetime) -> Iterator[tuple[str, Span]]:
    """When we waited for the customer, or for an appointment made with them. A division's time is its own row."""
    since: dt.datetime | None = None
    kind = ""
    for event in events:
        spoke = event.kind == "case.contacted" and event.facts.get("direction") == "in" and kind == Waiting.CUSTOMER
        if since is not None and (event.kind in ENDS_WAITING or spoke):
            yield kind, Span(since, event.at)
            since = None
        if event.kind == "case.waiting" and event.facts.get("waiting_for") != Waiting.DIVISION:
            since, kind = event.at, str(event.facts.get("waiting_for"))
    if since is not None:
        yield kind, Span(since, end)


def _cut(span: Span, whole: Span) -> Span | None:
    since, until = max(span.since, whole.since), min(span.until, whole.until)
    return Span(since, until) if since < until else None


def _without(held: Span, waits: list[Span]) -> list[Span]:
    """What is left of a holder's time when the customer's is taken out."""
    left, since = [], held.since
    for wait in sorted(waits):
        if wait.until <= since or wait.since >= held.until:
            continue
        left.append(Span(since, max(wait.since, since)))
        since = max(since, wait.until)
    left.append(Span(since, max(held.until, since)))
    return [span for span in left if span.since < span.until]


def _row(holding: Holding, escalations: Sequence[Escalation]) -> Row:
    icon = PARTY_ICONS[Party(holding.party)]
    if holding.party == Party.TEAM:
        return Row(name_of(holding), str(holding.team or ""), icon if holding.user_id else "inbox")
    return Row(name_of(holding), _acceptance(holding, escalations), icon)


def _acceptance(holding: Holding, escalations: Sequence[Escalation]) -> str:
    step = next((one for one in escalations if one.at == holding.since and one.party == holding.party), None)
    if step is None:
        return str(holding.get_party_display())
    if step.accepted_at is None:
        return _("not accepted")
    return _("accepted after %(time)s") % {"time": spoken((step.accepted_at - step.at).total_seconds())}


def _waiting_row(kind: str) -> Row:
    if kind == Waiting.CUSTOMER:
        return Row(_("Customer"), _("we waited for an answer"), "hourglass", waits=True)
    return Row(_("Appointment"), _("agreed with the customer"), "calendar-time", waits=True)


def _measured(row: Row, due: dt.datetime, whole: Span) -> Row:
    width = (whole.until - whole.since).total_seconds()
    for span in row.spans:
        cut = min(max(due, span.since), span.until)
        for since, until, tone in ((span.since, cut, "wait" if row.waits else "held"), (cut, span.until, "late")):
            if since < until:
                x, length = (since - whole.since).total_seconds(), (until - since).total_seconds()
                row.bars.append(Bar(round(100 * x / width, 3), max(round(100 * length / width, 3), 0.15), tone))
        row.seconds += (span.until - span.since).total_seconds()
    row.share = 100 * row.seconds / width
    return row


def _mark_worst(rows: list[Row]) -> None:
    """Who held it longest, unless that was the customer: waiting is nobody's holding."""
    longest = max(rows, key=lambda row: row.seconds, default=None)
    if longest is not None and len(rows) > 1:
        longest.is_worst = not longest.waits


def _axis(clock: SlaClock, whole: Span) -> tuple[list[Tick], Tick]:
    width = (whole.until - whole.since).total_seconds()
    due = min(100.0, 100 * max((clock.due_at - whole.since).total_seconds(), 0.0) / width)
    deadline = Tick(round(due, 3), spoken(clock.target_seconds), "end" if due > EDGE else "start")
    step = next((one for one in STEPS if width / one <= MOST_TICKS), width / MOST_TICKS)
    taken = (due - LABEL_ROOM, due) if deadline.anchor == "end" else (due, due + LABEL_ROOM)
    places = [100 * number * step / width for number in range(int(width // step) + 1)]
    free = [x for x in places if ((x + LABEL_ROOM <= taken[0] or x >= taken[1]) and x + LABEL_ROOM <= 100) or x == 0]
    texts = [nearmoment(whole.since + dt.timedelta(seconds=x * width / 100)) for x in free]
    return [Tick(round(x, 3), text) for x, text in zip(free, texts, strict=True)], deadline
