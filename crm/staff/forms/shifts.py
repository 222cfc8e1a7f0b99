"""One week of a team: a cell for each person and day, in which a shift is written as people write it."""

import datetime as dt
import zoneinfo
from collections.abc import Iterable, Iterator
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from crm.staff import spans
from crm.staff.models import Shift, User

DAYS = 7


class SpanField(forms.CharField):
    def __init__(self, label: str) -> None:
        attrs = {"list": "spans", "aria-label": label, "class": "form-control", "autocomplete": "off"}
        super().__init__(required=False, max_length=13, label=label, widget=forms.TextInput(attrs=attrs))

    def clean(self, value: Any) -> spans.Span | None:
        text = super().clean(value)
        try:
            return spans.parse(text)
        except ValueError:
            raise ValidationError(_("Write a shift as 07-15 or 7:30-15:30.")) from None


class WeekForm(forms.Form):
    def __init__(
        self,
        data: Any,
        *,
        people: Iterable[User],
        monday: dt.date,
        shifts: Iterable[Shift],
        ago: dt.timedelta = dt.timedelta(),
    ) -> None:
        """`shifts` fill the cells; they lie `ago` before the days they are written under."""
        self.people, self.monday, self.ago = list(people), monday, ago
        super().__init__(data, initial=self._present(shifts))
        for person in self.people:
            for day in self.days:
                self.fields[cell(person, day)] = SpanField(f"{person.name}, {date_format(day, 'l j F')}")

    @property
    def days(self) -> list[dt.date]:
        return [self.monday + dt.timedelta(days=n) for n in range(DAYS)]

    def rows(self) -> Iterator[tuple[User, list[forms.BoundField]]]:
        for person in self.people:
            yield person, [self[cell(person, day)] for day in self.days]

    def plan(self) -> dict[User, dict[dt.date, spans.Span | None]]:
        """The valid form as plan_week wants it."""
        return {person: {day: self.cleaned_data[cell(person, day)] for day in self.days} for person in self.people}

    def _present(self, shifts: Iterable[Shift]) -> dict[str, str]:
        by_id = {person.pk: person for person in self.people}
        found = {}
        for shift in shifts:
            person = by_id[shift.user_id]
            zone = zoneinfo.ZoneInfo(person.time_zone)
            day = shift.starts_at.astimezone(zone).date() + self.ago
            found[cell(person, day)] = str(spans.between(shift.starts_at, shift.ends_at, zone))
        return found


def cell(person: User, day: dt.date) -> str:
    return f"{person.pk}-{day:%Y%m%d}"
