"""What happened under a breached clock, in a few words each: the line below the picture of its holders."""

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass

from django.utils.translation import gettext as _

from crm.cases.models import Breach, Escalation
from crm.cases.words import ClockKind
from crm.desk.happenings import Names, in_words
from crm.events.models import Event
from crm.lib.display import spoken

TOLD = frozenset({
    "case.escalated", "escalation.accepted", "escalation.handed_back", "case.waiting", "case.resumed", "case.settled",
    "case.reopened", "case.cancelled", "case.rejected", "case.assigned", "clock.moved", "policy.applied",
    "clock.warned", "clock.breached",
})  # fmt: skip
MOST = 18
TONES = {"clock.warned": "risk", "clock.breached": "late"}


@dataclass(frozen=True)
class Moment:
    at: dt.datetime
    icon: str
    said: str
    tone: str = ""


def course(breach: Breach, events: Sequence[Event], escalations: Sequence[Escalation]) -> list[Moment]:
    """Oldest first: the replies, who got it and took it on, warnings, the deadline, the end."""
    clock, steps = breach.clock, {step.pk: step for step in escalations}
    end = clock.stopped_at
    told = [one for one in events if one.kind in TOLD and _of_this_clock(one, breach)]
    told = [
        one for one in told if clock.started_at <= one.at and (end is None or one.at <= end + dt.timedelta(seconds=1))
    ]
    names = Names(told)
    moments = [_moment(event, breach, steps, names) for event in told]
    moments += _first_reply(breach)
    moments.sort(key=lambda moment: moment.at)
    return moments if len(moments) <= MOST else [*moments[: MOST // 2], *moments[-MOST // 2 :]]


def _of_this_clock(event: Event, breach: Breach) -> bool:
    return not event.kind.startswith("clock.") or event.facts.get("clock") == breach.clock_id


def _moment(event: Event, breach: Breach, steps: dict[int, Escalation], names: Names) -> Moment:
    plain = in_words(event, names)
    said, icon = plain.said, plain.icon
    step = steps.get(event.facts.get("escalation", 0))
    if event.kind == "clock.breached":
        said = _("%(time)s passed") % {"time": spoken(breach.clock.target_seconds)}
    elif event.kind == "clock.warned":
        said = _("%(percent)s %% used, warned") % {"percent": event.facts.get("percent", "")}
    elif event.kind == "case.escalated" and step is not None:
        said = _("To %(party)s") % {"party": step.division or step.get_party_display()}
        said = said if event.actor_id else _("%(said)s, by the ladder") % {"said": said}
    elif event.kind == "escalation.accepted" and step is not None:
        said, icon = (
            _("Accepted, %(time)s later") % {"time": spoken((event.at - step.at).total_seconds())},
            "circle-check",
        )
    return Moment(event.at, icon, said, TONES.get(event.kind, ""))


def _first_reply(breach: Breach) -> list[Moment]:
    """When this clock's customer was answered; under a settlement clock, when the first reply came."""
    replies = [one for one in breach.case.clocks.all() if one.kind == ClockKind.RESPONSE and one.stopped_at]
    reply = breach.clock if breach.kind == ClockKind.RESPONSE else min(replies, key=lambda one: one.turn, default=None)
    if reply is None or reply.stopped_at is None or reply.verdict == "void":
        return []
    took = spoken((reply.stopped_at - reply.started_at).total_seconds())
    is_late = reply.stopped_at > reply.due_at
    said = _("Reply after %(time)s") % {"time": took}
    return [Moment(reply.stopped_at, "send" if is_late else "circle-check", said, "late" if is_late else "ok")]
