"""Settings: one page that leads to what this role may set, in groups; the same places stand beside each of them."""

from dataclasses import dataclass
from typing import Any

from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.shortcuts import render
from django.urls import NoReverseMatch, reverse
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_safe

from crm.staff.access import may, require
from crm.staff.guard import StaffRequest
from crm.staff.models import User

CASES, PEOPLE, ROADS, SYSTEM = _("What we promise"), _("People and their work"), _("Channels"), _("System")


@dataclass(frozen=True)
class Place:
    name: Promise
    says: Promise
    icon: str
    view: str
    action: str
    group: Promise = SYSTEM

    @property
    def url(self) -> str:
        try:
            return reverse(self.view)
        except NoReverseMatch:
            return ""


PLACES = (
    Place(_("SLA policies"), _("Deadlines, warnings, pauses and the escalation ladder, by version"), "clock",
          "desk:policies", "policy.edit", CASES),
    Place(_("Causes of breaches"), _("What a review can name, and how many days it may take"), "list-check",
          "desk:causes", "cause.edit", CASES),
    Place(_("Categories"), _("What cases are about, and which division settles it"), "tag",
          "desk:categories", "category.edit", CASES),
    Place(_("Reasons of calls"), _("What a wrap-up can name"), "phone", "desk:call-reasons", "call.reasons", CASES),
    Place(_("Limits"), _("The wait at a counter, the chase of wrap-ups, the grace of prepaid lines"), "hourglass",
          "desk:limits", "policy.edit", CASES),
    Place(_("Tiers"), _("From which ARPU each is given, and how slowly it is lost"), "award", "billing:tiers",
          "tier.edit", CASES),
    Place(_("Consent texts"), _("What customers are read before they answer, by purpose and version"), "shield-check",
          "desk:consent-texts", "consent.text", CASES),
    Place(_("Products"), _("What lines are made of, postpaid and prepaid"), "device-mobile", "desk:products",
          "product.edit", CASES),
    Place(_("Measures"), _("What counts how much in a customer's two measures"), "chart-bar", "segments:weights",
          "measure.edit", CASES),
    Place(_("Contact policy"), _("How often, when and whom the programme may contact"), "heart-handshake",
          "caring:policy", "caring.edit", CASES),
    Place(_("Canned replies"), _("Texts for the slash in the composer: a team's and everybody's"), "message-2",
          "desk:canned", "canned.share", PEOPLE),
    Place(_("People"), _("Staff, roles, teams, invitations"), "users", "staff:people", "staff.read", PEOPLE),
    Place(_("Teams"), _("Their channels and members, how they hand out and take back"), "users-group", "desk:teams",
          "skill.edit", PEOPLE),
    Place(_("Skills"), _("What people know well; categories ask for it"), "star", "desk:skills", "skill.edit", PEOPLE),
    Place(_("Roles"), _("Who may do what"), "shield-check", "desk:roles", "staff.read", PEOPLE),
    Place(_("Channels"), _("Accounts of ours on each network: whether they work, keys, tests"), "plug-connected",
          "messaging:connections", "channel.manage", ROADS),
    Place(_("Outbox"), _("Messages that were refused or are uncertain"), "send", "messaging:outbox", "message.retry",
          ROADS),
    Place(_("Archives of mentions"), _("Upload a file of posts, see what was refused and why"), "download",
          "social:imports", "import.posts", ROADS),
    Place(_("Loads"), _("Files of customers, bills, payments, top-ups and usage; what was refused and why"), "database",
          "billing:loads", "billing.load", ROADS),
    Place(_("API clients"), _("Systems that open cases and read them"), "api", "api:clients", "api.manage", SYSTEM),
    Place(_("Audit"), _("Who changed which setting, when, from what to what"), "history", "desk:audit", "audit.read",
          SYSTEM),
    Place(_("Administration"), _("Every table, for administrators"), "settings", "admin:index", "admin.open", SYSTEM),
)  # fmt: skip


def places(user: User) -> list[Place]:
    return [place for place in PLACES if place.url and may(user, place.action)]


def grouped(user: User) -> list[tuple[Promise, list[Place]]]:
    """The places of this user by group, in the order in which the groups stand above."""
    found = places(user)
    groups = [(group, [place for place in found if place.group is group]) for group in (CASES, PEOPLE, ROADS, SYSTEM)]
    return [(group, inside) for group, inside in groups if inside]


def nav(request: StaffRequest) -> dict[str, Any]:
    """What a settings page needs for the list of places at its side (desk/settings/_nav.html)."""
    return {"groups": grouped(request.user)}


@login_required
@require_safe
def settings(request: StaffRequest) -> HttpResponse:
    require(request.user, "staff.read")
    return render(request, "desk/settings/index.html", nav(request))
