"""A filter over some last days, unless others are asked for."""

import datetime as dt
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from crm.lib.days import DayField


class LastDays(forms.Form):
    """The last seven days; a wrong day is as if not said. Whoever inherits says what else is asked, then `is_valid`."""

    since = DayField(label=_("From day"), required=False)
    until = DayField(label=_("To day"), required=False)

    def __init__(self, query: Any, today: dt.date, *, days: int = 6) -> None:
        asked = query.copy()
        self._first, self._today = today - dt.timedelta(days=days), today
        asked.setdefault("since", self._first.isoformat())
        asked.setdefault("until", today.isoformat())
        super().__init__(asked, auto_id="f-%s")

    @property
    def span(self) -> tuple[dt.date, dt.date]:
        said = self.cleaned_data
        return said.get("since") or self._first, said.get("until") or self._today
