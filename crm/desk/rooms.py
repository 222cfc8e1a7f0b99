"""The rooms of supervisors, side by side: one table, from which each page draws its tabs. Only what a role may open."""

from dataclasses import dataclass

from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from crm.privacy.words import ROOM_OF_LOOKS, ROOM_OF_REQUESTS, ROOM_OF_RETENTION
from crm.staff.access import may
from crm.staff.models import User


@dataclass(frozen=True)
class Room:
    name: object
    icon: str
    action: str
    view: str
    path: str


@dataclass(frozen=True)
class Tab:
    name: str
    icon: str
    url: str
    current: bool


ROOMS = (
    Room(_("Breaches"), "alarm", "breach.read", "desk:breaches", "/breaches/"),
    Room(_("Escalations"), "arrow-up-right", "breach.read", "desk:escalations", "/escalations/"),
    Room(_("Team"), "users", "room.read", "desk:team", "/team/"),
    Room(_("Calls"), "phone", "call.read", "desk:calls", "/calls/"),
    Room(pgettext_lazy("to customers", "Promises"), "flag", "case.read", "desk:promises", "/promises/"),
    Room(_("Problems"), "affiliate", "problem.read", "desk:problems", "/problems/"),
    Room(_("Duplicates"), "users", "customer.merge", "desk:duplicates", "/customers/duplicates/"),
    Room(_("Data quality"), "checks", "quality.read", "customers:quality", "/customers/quality/"),
    Room(_("Corrections"), "pencil", "customer.edit", "customers:corrections", "/customers/corrections/"),
    Room(ROOM_OF_REQUESTS, "shield-check", "privacy.manage", "privacy:requests", "/privacy/requests/"),
    Room(ROOM_OF_LOOKS, "eye", "looks.read", "privacy:looks", "/privacy/looks"),
    Room(ROOM_OF_RETENTION, "trash", "retention.edit", "privacy:retention", "/privacy/retention/"),
    Room(_("Wallboard"), "device-tv", "room.read", "desk:wallboard", "/wallboard/"),
)


def tabs(user: User, path: str) -> list[Tab]:
    return [
        Tab(str(room.name), room.icon, reverse(room.view), path.startswith(room.path))
        for room in ROOMS
        if may(user, room.action)
    ]
