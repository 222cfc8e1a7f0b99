"""The entries of the left rail: built rooms only, and only what this role may open."""

from dataclasses import dataclass

from django.urls import NoReverseMatch, reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from crm.staff.access import may
from crm.staff.models import User


@dataclass(frozen=True)
class Room:
    name: object
    icon: str
    action: str
    view: str
    beneath: tuple[str, ...]


@dataclass(frozen=True)
class Entry:
    name: str
    icon: str
    url: str
    current: bool
    badge: int = 0
    badge_label: str = ""


BENEATH_SETTINGS = ("/settings/", "/staff/", "/social/", "/outbox/", "/letters/")
ROOMS = (
    Room(gettext_lazy("Desk"), "inbox", "case.read", "desk:desk", ("/desk/", "/cases/")),
    Room(gettext_lazy("Supervisor"), "shield-check", "breach.read", "desk:breaches", ("/breaches/", "/escalations/")),
    Room(gettext_lazy("Reports"), "chart-bar", "report.read", "reports:sla", ("/reports/",)),
    Room(gettext_lazy("Settings"), "settings", "staff.read", "desk:settings", BENEATH_SETTINGS),
)


def entries(user: User, path: str, due_soon: int) -> list[Entry]:
    return [_entry(room, path, due_soon) for room in ROOMS if may(user, room.action) and _url(room)]


def _entry(room: Room, path: str, due_soon: int) -> Entry:
    badge = due_soon if room.view == "desk:desk" else 0
    current = path.startswith(room.beneath)
    return Entry(str(room.name), room.icon, _url(room), current, badge, _("%(count)s due") % {"count": badge})


def _url(room: Room) -> str:
    try:
        return reverse(room.view)
    except NoReverseMatch:
        return ""
