"""When time changes somebody's state: wrap-up ends, who is gone or idle is away. Pure."""

import datetime as dt
from dataclasses import dataclass

from crm.staff.words import Presence

NEVER = dt.timedelta(0)


@dataclass(frozen=True)
class Patience:
    """How long a team waits; NEVER switches one off."""

    wrap_up: dt.timedelta = NEVER
    gone: dt.timedelta = NEVER
    idle: dt.timedelta = NEVER
    session: dt.timedelta = dt.timedelta(hours=1)


@dataclass(frozen=True)
class Signs:
    """One person: the present state and since when, the last act, when their page was last open."""

    presence: str
    since: dt.datetime
    acted_at: dt.datetime | None = None
    present_at: dt.datetime | None = None


@dataclass(frozen=True)
class Change:
    presence: Presence
    why: str


def change_due(signs: Signs, patience: Patience, at: dt.datetime, *, is_heard: bool) -> Change | None:
    """What time has made of this person, None when nothing. `is_heard`: the process that hears open pages is alive;
    without it nobody is gone, or its restart would send everybody away.

    Busy is somebody on a call or with a customer: away only when the session is over and the page gone.
    """
    if signs.presence == Presence.WRAP_UP:
        is_over = patience.wrap_up and at - signs.since >= patience.wrap_up
        return Change(Presence.AVAILABLE, "wrap_up") if is_over else None
    acted = max(signs.since, signs.acted_at or signs.since)
    there = max(acted, signs.present_at or acted)
    if signs.presence == Presence.BUSY:
        return Change(Presence.AWAY, "gone") if at - there >= patience.session else None
    if signs.presence != Presence.AVAILABLE:
        return None
    if patience.idle and at - acted >= patience.idle:
        return Change(Presence.AWAY, "idle")
    if is_heard and patience.gone and at - there >= patience.gone:
        return Change(Presence.AWAY, "gone")
    return None
