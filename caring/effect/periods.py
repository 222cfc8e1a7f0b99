"""How long occasions are followed, over which months they are compared, and up to which everything is known. Pure."""

import datetime as dt
from dataclasses import dataclass

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from crm.billing import months

WINDOWS = (1, 3)  # full months after the month of the occasion
PATIENCE = 10  # days after a month's end, until which bills and use of it may come in
PERIODS = {"3": 3, "6": 6, "12": 12, "24": 24}  # months of occasions
WORDS: dict[str, Promise] = {
    "3": _("3 months"), "6": _("6 months"), "12": _("12 months"), "24": _("24 months"),
}  # fmt: skip
WINDOW_WORDS: dict[int, Promise] = {1: _("1 month after"), 3: _("3 months after")}
LONGEST = max(PERIODS.values())


@dataclass(frozen=True)
class Span:
    """Months of occasions, both ends counted."""

    period: str
    window: int
    first: int
    last: int

    @property
    def since(self) -> dt.date:
        return months.first_day(self.first)

    @property
    def until(self) -> dt.date:
        return months.first_day(self.last)


def last_known(day: dt.date) -> int:
    """The newest month of which everything should have come in."""
    return months.last_full(day - dt.timedelta(days=PATIENCE))


def last_followed(window: int, day: dt.date) -> int:
    """The newest month whose occasions can be judged."""
    return last_known(day) - window


def span_of(period: str, window: int, day: dt.date) -> Span:
    last = last_followed(window, day)
    return Span(period, window, last - PERIODS[period] + 1, last)


def spans(day: dt.date) -> list[Span]:
    return [span_of(period, window, day) for window in WINDOWS for period in PERIODS]
