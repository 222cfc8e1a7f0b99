"""Settings: one page that leads to what this role may set."""

from dataclasses import dataclass

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


@dataclass(frozen=True)
class Place:
    name: Promise
    says: Promise
    icon: str
    view: str
    action: str

    @property
    def url(self) -> str:
        try:
            return reverse(self.view)
        except NoReverseMatch:
            return ""


PLACES = (
    Place(_("SLA policies"), _("Deadlines, warnings, pauses and the escalation ladder, by version"), "clock",
          "desk:policies", "policy.edit"),
    Place(_("Categories"), _("What cases are about, and which division settles it"), "tag",
          "admin:cases_category_changelist", "admin.open"),
    Place(_("People"), _("Staff, roles, teams, invitations"), "users", "staff:people", "staff.read"),
    Place(_("Archives of mentions"), _("Upload a file of posts, see what was refused and why"), "download",
          "social:imports", "import.posts"),
    Place(_("API clients"), _("Systems that open cases and read them"), "api", "api:clients", "api.manage"),
    Place(_("Outbox"), _("Messages that were refused or are uncertain"), "send", "messaging:outbox", "message.retry"),
    Place(_("Administration"), _("Every table, for administrators"), "settings", "admin:index", "admin.open"),
)  # fmt: skip


def places(user: User) -> list[Place]:
    return [place for place in PLACES if place.url and may(user, place.action)]


@login_required
@require_safe
def settings(request: StaffRequest) -> HttpResponse:
    require(request.user, "staff.read")
    return render(request, "desk/settings/index.html", {"places": places(request.user)})
