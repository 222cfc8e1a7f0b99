"""Days that somebody types or a link carries: within the reach of every sum and of every time zone."""

import datetime as dt
from typing import Any

from django import forms
from django.core.validators import MaxValueValidator, MinValueValidator

FIRST, LAST = dt.date(1900, 1, 1), dt.date(2199, 12, 31)


class DayField(forms.DateField):
    """A day of the calendar; one out of reach is refused as any other that cannot be read."""

    default_validators = [MinValueValidator(FIRST), MaxValueValidator(LAST)]

    def __init__(self, **kwargs: Any) -> None:
        kwargs.setdefault("widget", forms.DateInput({"type": "date"}, format="%Y-%m-%d"))
        super().__init__(**kwargs)


def day_of(text: str) -> dt.date:
    """Of an ISO date. Raises ValueError, also for a day out of reach."""
    day = dt.date.fromisoformat(text)
    if not FIRST <= day <= LAST:
        raise ValueError(text)
    return day
