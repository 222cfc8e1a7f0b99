"""What was promised, and what became of it: the case's clocks in the customer's words, breaches told as they are."""

import datetime as dt
from dataclasses import dataclass

from django.utils import timezone
from django.utils.translation import gettext as _

from crm.cases.clocks import STRUCK
from crm.cases.models import Case, SlaClock
from crm.cases.words import ClockKind, Verdict
from crm.lib.display import moment, spoken


@dataclass(frozen=True)
class Promise:
    """`tone` is one of those of a bar: ok, late, wait, or empty while it runs in time."""

    kind: str
    tone: str
    icon: str
    title: str
    said: str


def promises_of(case: Case, at: dt.datetime | None = None) -> list[Promise]:
    """The newest promise of an answer and of a solution; none for what was struck."""
    at = at or timezone.now()
    clocks = (
        case.clocks.filter(turn__lt=STRUCK).exclude(verdict=Verdict.VOID).order_by("kind", "-turn").distinct("kind")
    )
    found = {clock.kind: clock for clock in clocks}
    return [_promise(found[kind], at) for kind in (ClockKind.RESPONSE, ClockKind.RESOLUTION) if kind in found]


def _promise(clock: SlaClock, at: dt.datetime) -> Promise:
    if clock.stopped_at:
        kept = _kept if clock.stopped_at <= clock.due_at else _kept_late
        return kept(clock, clock.stopped_at)
    if clock.paused_at:
        return Promise(clock.kind, "wait", "player-pause", _title(clock), _("Stands still while we wait for you."))
    return _open(clock) if at <= clock.due_at else _broken(clock, at)


def _title(clock: SlaClock) -> str:
    return _("Our answer") if clock.kind == ClockKind.RESPONSE else _("The solution")


def _kept(clock: SlaClock, at: dt.datetime) -> Promise:
    return Promise(clock.kind, "ok", "circle-check", _title(clock), _("On %(at)s, in time.") % {"at": moment(at)})


def _kept_late(clock: SlaClock, at: dt.datetime) -> Promise:
    words = {"at": moment(at), "due": moment(clock.due_at)}
    said = _("On %(at)s. We had promised it by %(due)s: that was too late, and we are sorry.") % words
    return Promise(clock.kind, "late", "alarm", _title(clock), said)


def _open(clock: SlaClock) -> Promise:
    return Promise(
        clock.kind, "", "clock", _title(clock), _("By %(due)s at the latest.") % {"due": moment(clock.due_at)}
    )


def _broken(clock: SlaClock, at: dt.datetime) -> Promise:
    late = spoken((at - clock.due_at).total_seconds() // 60 * 60)
    words = {"due": moment(clock.due_at), "late": late}
    said = (
        _("We had promised it by %(due)s and are %(late)s late. We are sorry; it comes before newer messages.") % words
    )
    return Promise(clock.kind, "late", "alarm", _title(clock), said)
