"""What every page of the shell shows: rail, strip, bell, presence. Three small queries, however many cases."""

from typing import Any

from django.conf import settings
from django.http import HttpRequest
from django.urls import reverse
from django.utils.translation import gettext as _

from crm.cases import sweep
from crm.cases.models import Case
from crm.cases.words import ClockKind
from crm.desk import rail, rooms
from crm.desk.forms.canned import circles
from crm.desk.keys import NAMED
from crm.desk.ringing import bell_of
from crm.desk.rows import Row, rows_of
from crm.desk.tense import Now
from crm.staff.access import is_working, may
from crm.staff.models import Presence, User

SHOWN = 3
LOOKED_AT = 10  # rows read for the strip and for the number on the rail


def shell(request: HttpRequest, *, whole: bool = False) -> dict[str, Any]:
    """Fragments have no shell and pay nothing for it, unless `whole` asks."""
    user = getattr(request, "user", None)
    if not is_working(user) or (_is_fragment(request) and not whole):
        return {}
    clocks = strip_clocks(user, Now.of(request))
    due_soon = sum(clock["tense"] in ("risk", "late") for clock in clocks)
    return {
        "theme": user.theme,
        "rail": rail.entries(user, request.path, due_soon),
        "strip_clocks": clocks[:SHOWN],
        "sweep_age_seconds": sweep_age(),
        "live_url": live_url(request),
        "bell": bell_of(user),
        "letter_keys": user.letter_keys,
        "named_keys": NAMED,
        "presences": Presence.choices,
        "takes_calls": may(user, "call.take"),
        "rooms": rooms.tabs(user, request.path),
        "may_can": bool(circles(user)),
        "search_url": reverse("desk:desk") if may(user, "case.read") else "",
    }


def _is_fragment(request: HttpRequest) -> bool:
    return bool(getattr(request, "htmx", False))


def strip_clocks(user: User, now: Now) -> list[dict[str, Any]]:
    """My nearest deadlines, the next first."""
    mine = Case.objects.live().mine(user).filter(due_at__isnull=False).by_deadline().select_related("customer")
    return [_clock(row) for row in rows_of(mine[:LOOKED_AT], now)]


def _clock(row: Row) -> dict[str, Any]:
    case = row.case
    words = {
        ClockKind.RESPONSE: _("reply on %(channel)s"),
        ClockKind.RESOLUTION: _("settle · %(channel)s"),
    }
    return {
        "url": reverse("desk:case", args=[case.number]),
        "due_at": case.due_at,
        "risk_seconds": row.risk_seconds,
        "tense": row.tense,
        "who": row.name,
        "what": words[ClockKind(case.due_kind)] % {"channel": case.get_channel_display()},
    }


def sweep_age() -> int | None:
    """Seconds since the clocks were last checked; None when nothing has ever checked them."""
    age = sweep.heartbeat()
    return None if age is None else int(age)


def live_url(request: HttpRequest) -> str:
    """The live process answers on the host under which the reader came: a cookie of localhost is none of 127.0.0.1."""
    host = request.get_host().rsplit(":", 1)[0]
    return settings.LIVE_URL.replace("127.0.0.1", host)
