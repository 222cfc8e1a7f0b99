"""What a reader may ask the report."""

import datetime as dt
from typing import Any

from django import forms
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from crm.cases.models import Category
from crm.cases.words import Kind, Priority
from crm.customers.models import Tier
from crm.lib.days import DayField
from crm.reports.sla import periods
from crm.reports.sla.archives import archive_of, archives
from crm.reports.sla.filters import Filters
from crm.reports.studies.names import BY
from crm.reports.studies.study import TIMES, Study
from crm.staff import access
from crm.staff.models import Team, User
from crm.timeline.models import Channel

PERIODS = {
    "today": gettext_lazy("Today"),
    "week": gettext_lazy("7 days"),
    "month": gettext_lazy("This month"),
    "quarter": gettext_lazy("Quarter"),
}
CHOOSE, WHOLE = "choose", "whole"
NARROWING = ("channel", "team", "category", "tier", "kind", "priority", "tag")


def _date(label: Any) -> DayField:
    return DayField(label=label, required=False, widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"))


class ReportForm(forms.Form):
    """Nothing is required: an empty question is this month's live cases, an archive's its whole length."""

    period = forms.ChoiceField(required=False, choices=[*PERIODS.items(), (WHOLE, WHOLE), (CHOOSE, CHOOSE)])
    since = _date(gettext_lazy("From"))
    until = _date(gettext_lazy("To, included"))
    archive = forms.ChoiceField(label=gettext_lazy("Source"), required=False)
    channel = forms.ChoiceField(label=gettext_lazy("Channel"), required=False)
    team = forms.ModelChoiceField(
        label=gettext_lazy("Team"), required=False, queryset=Team.objects.all(), empty_label=gettext_lazy("All teams")
    )
    category = forms.ModelChoiceField(
        label=gettext_lazy("Category"),
        required=False,
        queryset=Category.objects.filter(parent__isnull=True),
        empty_label=gettext_lazy("All categories"),
    )
    tier = forms.ChoiceField(label=gettext_lazy("Tier"), required=False)
    kind = forms.ChoiceField(
        label=gettext_lazy("Kind"), required=False, choices=[("", gettext_lazy("All kinds")), *Kind.choices]
    )
    priority = forms.ChoiceField(
        label=gettext_lazy("Priority"),
        required=False,
        choices=[("", gettext_lazy("All priorities")), *Priority.choices],
    )
    tag = forms.CharField(
        label=gettext_lazy("Tag"),
        required=False,
        max_length=40,
        widget=forms.TextInput(attrs={"placeholder": gettext_lazy("Tag")}),
    )
    compare = forms.BooleanField(required=False)

    def __init__(self, data: Any, *, user: User, at: dt.datetime) -> None:
        super().__init__(data)
        self.user, self.at = user, at
        held = [(f"{a.network}:{a.handle}", _("Archive of @%(handle)s") % {"handle": a.handle}) for a in archives()]
        self.fields["archive"].choices = [("", _("Live cases")), *held]  # type: ignore[attr-defined]
        self.fields["channel"].choices = [("", _("All channels")), *Channel.choices]  # type: ignore[attr-defined]
        self.fields["tier"].choices = [("", _("All tiers")), *Tier.choices]  # type: ignore[attr-defined]

    def clean(self) -> dict[str, Any]:
        given = super().clean() or {}
        first, last = given.get("since"), given.get("until")
        if given.get("period") == CHOOSE and not (first and last) and not self.errors:
            self.add_error("since" if not first else "until", _("Choose both days."))
        elif first and last and first > last:
            self.add_error("until", _("The last day lies before the first."))
        return given

    @property
    def period_shown(self) -> str:
        asked = self.cleaned_data.get("period") or ""
        if self.cleaned_data.get("archive"):
            return asked if asked == CHOOSE else WHOLE
        return asked if asked in (*PERIODS, CHOOSE) else "month"

    def period_asked(self) -> periods.Period | None:
        """None: the whole of an archive."""
        zone, shown = timezone.get_current_timezone(), self.period_shown
        if shown == WHOLE:
            return None
        if shown == CHOOSE and not self.errors:
            return periods.days(self.cleaned_data["since"], self.cleaned_data["until"], zone)
        return periods.preset(shown, timezone.localdate(self.at, zone), zone)

    def days_of_archive(self) -> tuple[dt.date, dt.date]:
        """First and last day of the chosen archive; today without one."""
        network, _colon, account = (self.cleaned_data.get("archive") or "").partition(":")
        held = archives().filter(network=network, handle=account).first()
        ends = (held.first_at, held.last_at) if held else (self.at, self.at)  # type: ignore[attr-defined]
        return timezone.localdate(ends[0]), timezone.localdate(ends[1])

    def narrowed(self) -> list[str]:
        """The chosen filters in words."""
        chosen = [name for name in NARROWING if self.cleaned_data.get(name)]
        by_code = ("channel", "tier", "kind", "priority")
        words = {name: dict(getattr(self.fields[name], "choices", ())) for name in by_code}
        return [str(words.get(name, {}).get(self.cleaned_data[name], self.cleaned_data[name])) for name in chosen]

    def in_words(self) -> str:
        """Period and filters, for the name of a file in lists and mails."""
        period = self.period_asked()
        days = [period.since.date(), period.last_day] if period else list(self.days_of_archive())
        source = self.cleaned_data.get("archive")
        return " · ".join(
            [" – ".join(date_format(day, "j M Y") for day in days), *([source] if source else []), *self.narrowed()]
        )

    def filters(self) -> Filters:
        """The question as plain data, narrowed to what this user may see."""
        given, period = self.cleaned_data, self.period_asked()
        network, _colon, account = (given.get("archive") or "").partition(":")
        scope = access.scope(self.user)
        return Filters(
            at=self.at,
            since=period.since if period else None,
            until=period.until if period else None,
            archive=archive_of(account, network) if account else None,
            channel=given.get("channel") or "",
            team=given["team"].pk if given.get("team") else None,
            category=given["category"].pk if given.get("category") else None,
            tier=given.get("tier") or "",
            kind=given.get("kind") or "",
            priority=given.get("priority") or "",
            tag=given.get("tag") or "",
            time_zone=timezone.get_current_timezone_name(),
            only_teams=None if scope.kind == "all" else tuple(scope.team_ids),
        )

    def filters_before(self) -> Filters | None:
        """The period to compare with, if that was asked and there is one."""
        period = self.period_asked()
        return self.filters().between(*period.before) if period and self.cleaned_data.get("compare") else None


class StudyForm(ReportForm):
    """The same question of the other reports; `by` says what the table is parted by."""

    by = forms.ChoiceField(label=gettext_lazy("By"), required=False)

    def __init__(self, data: Any, *, study: Study, user: User, at: dt.datetime) -> None:
        super().__init__(data, user=user, at=at)
        self.study = study
        if not study.of_archives:
            del self.fields["archive"]
        self.fields["by"].choices = [(name, word) for name, (_dimension, word) in self._ways()]  # type: ignore[attr-defined]

    def _ways(self) -> list[tuple[str, tuple[str, Any]]]:
        """What stands at a moment has no table by time: its chart is that."""
        hidden = {"pair"} if not self.study.has_pairs else set()
        hidden |= set(TIMES) if self.study.standing else set()
        return [(name, way) for name, way in BY.items() if name not in hidden]

    @property
    def by_shown(self) -> str:
        return self.cleaned_data.get("by") or self.study.first_by

    @property
    def dimension(self) -> str:
        return BY[self.by_shown][0]

    def span(self) -> tuple[dt.datetime, dt.datetime]:
        """First and last moment of the period, or of the archive as a whole."""
        period, zone = self.period_asked(), timezone.get_current_timezone()
        if period is None:
            period = periods.days(*self.days_of_archive(), zone)
        return period.since, period.until
