"""Every change of a setting, newest first: who, when, from what to what."""

import datetime as dt
from collections.abc import Iterator
from zoneinfo import ZoneInfo

from django import forms
from django.contrib.auth.decorators import login_required
from django.http import HttpResponse, HttpResponseBase
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_safe

from crm.desk.views.settings import nav
from crm.lib.days import DayField
from crm.lib.sheets import Cell, sheet
from crm.staff import audit as log
from crm.staff.access import require
from crm.staff.guard import StaffRequest
from crm.staff.models import User

MOST = 20_000  # lines of a file


class AuditFilter(forms.Form):
    what = forms.ChoiceField(label=gettext_lazy("What"), required=False)
    by = forms.ModelChoiceField(
        label=gettext_lazy("Who"), required=False, queryset=User.objects.none(), empty_label=gettext_lazy("Anybody")
    )
    since = DayField(label=gettext_lazy("From"), required=False, widget=forms.DateInput(attrs={"type": "date"}))
    until = DayField(label=gettext_lazy("Until"), required=False, widget=forms.DateInput(attrs={"type": "date"}))

    def __init__(self, data: object, user: User) -> None:
        super().__init__(data)  # type: ignore[arg-type]
        self.user = user
        self.fields["what"].choices = [("", _("Everything")), *log.choices(user)]  # type: ignore[attr-defined]
        setters = User.objects.filter(role__in=["supervisor", "administrator"]).order_by("name")
        self.fields["by"].queryset = setters  # type: ignore[attr-defined]

    def filters(self) -> log.Filters:
        """What cannot be read is not asked for."""
        self.full_clean()
        given, zone = self.cleaned_data, ZoneInfo(self.user.time_zone)
        until = given.get("until") and given["until"] + dt.timedelta(days=1)
        by = given.get("by")
        return log.Filters(given.get("what", ""), by.pk if by else None, *(
            dt.datetime.combine(day, dt.time.min, zone) if day else None for day in (given.get("since"), until)
        ))  # fmt: skip


@login_required
@require_safe
def audit(request: StaffRequest) -> HttpResponse:
    require(request.user, "audit.read")
    form = AuditFilter(request.GET, request.user)
    entries, after = log.page(request.user, form.filters(), request.GET.get("after", ""))
    query = request.GET.copy()
    query.pop("after", None)
    asked = query.copy()
    asked["after"] = after
    context = nav(request) | {
        "form": form,
        "entries": entries,
        "query": query.urlencode(),
        "is_narrowed": any(query.values()),
        "older_url": f"?{asked.urlencode()}" if after else "",
    }
    return render(request, "desk/settings/audit.html", context)


@login_required
@require_safe
def export(request: StaffRequest, suffix: str) -> HttpResponseBase:
    require(request.user, "audit.read")
    head = [_("When"), _("Who"), _("What"), _("Which"), _("Done"), _("Field"), _("Was"), _("Is now")]
    filters = AuditFilter(request.GET, request.user).filters()
    return sheet("audit", suffix, head, _rows(log.everything(request.user, filters, MOST)))


def _rows(entries: Iterator[log.Entry]) -> Iterator[list[Cell]]:
    """A line for each field that changed."""
    for entry in entries:
        start: list[Cell] = [entry.at, entry.by or _("System"), entry.subject, entry.title, entry.did]
        for change in entry.changes or [log.Change("", "", "")]:
            yield [*start, change.name, change.before, change.after]
