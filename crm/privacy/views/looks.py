"""Whose data did this account see: a page and the same as a file. Files name customers by their number only."""

import datetime as dt
from collections.abc import Iterator
from zoneinfo import ZoneInfo

from django import forms
from django.db.models import QuerySet
from django.http import HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_safe

from crm.events.models import Event
from crm.lib.days import DayField
from crm.lib.sheets import Cell, sheet
from crm.privacy.looks import in_words, looks_of, page_of
from crm.staff.guard import StaffRequest, allowed
from crm.staff.models import User

DAYS = 30  # before today, unless asked otherwise
MOST, AT_ONCE = 20_000, 500  # lines of a file, and of one step of writing it


class LooksFilter(forms.Form):
    who = forms.ModelChoiceField(
        label=gettext_lazy("Account"), queryset=User.objects.none(), empty_label=gettext_lazy("Choose…")
    )
    since = DayField(label=gettext_lazy("From"), required=False, widget=forms.DateInput(attrs={"type": "date"}))
    until = DayField(label=gettext_lazy("Until"), required=False, widget=forms.DateInput(attrs={"type": "date"}))

    def __init__(self, data: object, user: User) -> None:
        super().__init__(data or None)  # type: ignore[arg-type]
        self.zone = ZoneInfo(user.time_zone)
        self.fields["who"].queryset = User.objects.visible_to(user).order_by("name")  # type: ignore[attr-defined]

    def found(self) -> QuerySet[Event] | None:
        """None while no account is chosen that the asker answers for."""
        if not self.is_valid():
            return None
        today = timezone.now().astimezone(self.zone).date()
        since = self.cleaned_data["since"] or today - dt.timedelta(days=DAYS)
        until = (self.cleaned_data["until"] or today) + dt.timedelta(days=1)
        begin, end = (dt.datetime.combine(day, dt.time.min, self.zone) for day in (since, until))
        return looks_of(self.cleaned_data["who"].pk, since=begin, until=end)


@allowed("looks.read")
@require_safe
def looks(request: StaffRequest) -> HttpResponse:
    form = LooksFilter(request.GET, request.user)
    found = form.found()
    rows, after = page_of(found, request.GET.get("after", "")) if found is not None else ([], "")
    query = request.GET.copy()
    query.pop("after", None)
    context = {"form": form, "rows": rows, "after": after, "query": query.urlencode(), "chosen": found is not None}
    return render(request, "privacy/looks.html", context)


@allowed("looks.read")
@require_safe
def export(request: StaffRequest) -> HttpResponseBase:
    found = LooksFilter(request.GET, request.user).found()
    if found is None:
        return redirect("privacy:looks")
    return sheet("looks", "csv", [_("When"), _("Customer"), _("What")], _lines(found))


def _lines(found: QuerySet[Event]) -> Iterator[list[Cell]]:
    events = list(found.order_by("-at", "-pk")[:MOST])
    for start in range(0, len(events), AT_ONCE):
        for one in in_words(events[start : start + AT_ONCE]):
            yield [one.event.at, one.event.customer_id, one.said]
