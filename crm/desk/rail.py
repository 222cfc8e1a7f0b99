"""The entries of the left rail: built rooms only, and only what this role may open."""

from dataclasses import dataclass

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy

from crm.desk import rooms
from crm.staff.access import may
from crm.staff.models import User


@dataclass(frozen=True)
class Room:
    name: object
    icon: str
    action: str
    view: str
    beneath: tuple[str, ...]
    at_office: bool = False  # only for those who belong to a GraPARI
    unless: str = ""  # who may do this finds it elsewhere
    but: str = ""  # beneath it, and another room's


@dataclass(frozen=True)
class Entry:
    name: str
    icon: str
    url: str
    current: bool
    badge: int = 0
    badge_label: str = ""


BENEATH_SETTINGS = ("/settings/", "/staff/", "/social/", "/billing/", "/outbox/", "/letters/", "/canned/")
ROOMS = (
    Room(
        gettext_lazy("Counter"),
        "building-store",
        "visit.serve",
        "desk:counter",
        ("/counter/", "/visits/"),
        at_office=True,
    ),
    Room(gettext_lazy("Desk"), "inbox", "case.read", "desk:desk", ("/desk/", "/cases/")),
    Room(
        gettext_lazy("Customers"),
        "users",
        "customer.read",
        "desk:customers",
        ("/customers/", "/lines/"),
        but="/customers/duplicates/",
    ),
    Room(gettext_lazy("Caring"), "heart-handshake", "caring.work", "caring:work", ("/caring/",)),
    Room(
        gettext_lazy("Caring"),
        "heart-handshake",
        "caring.read",
        "caring:programme",
        ("/caring/",),
        unless="caring.work",
    ),
    Room(
        gettext_lazy("Supervisor"),
        "shield-check",
        "breach.read",
        "desk:breaches",
        tuple(room.path for room in rooms.ROOMS),
    ),
    Room(gettext_lazy("Calls"), "phone", "call.take", "desk:calls", ("/calls/",), unless="call.read"),
    Room(
        pgettext_lazy("to customers", "Promises"),
        "flag",
        "case.promise",
        "desk:promises",
        ("/promises/",),
        unless="breach.read",
    ),
    Room(
        gettext_lazy("Problems"),
        "affiliate",
        "problem.read",
        "desk:problems",
        ("/problems/",),
        unless="breach.read",
    ),
    Room(gettext_lazy("Knowledge"), "book-2", "article.read", "knowledge:articles", ("/knowledge/",)),
    Room(gettext_lazy("Segments"), "filter", "segment.read", "segments:segments", ("/segments/",)),
    Room(gettext_lazy("Reports"), "chart-bar", "report.read", "reports:home", ("/reports/",)),
    Room(gettext_lazy("Settings"), "settings", "staff.read", "desk:settings", BENEATH_SETTINGS),
)


def entries(user: User, path: str, due_soon: int) -> list[Entry]:
    return [_entry(room, path, due_soon) for room in ROOMS if _stands(room, user)]


def _stands(room: Room, user: User) -> bool:
    if room.at_office and user.office_id is None:
        return False
    return may(user, room.action) and not (room.unless and may(user, room.unless))


def _entry(room: Room, path: str, due_soon: int) -> Entry:
    badge = due_soon if room.view == "desk:desk" else 0
    current = path.startswith(room.beneath) and not (room.but and path.startswith(room.but))
    return Entry(str(room.name), room.icon, reverse(room.view), current, badge, _("%(count)s due") % {"count": badge})
