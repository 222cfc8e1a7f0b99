"""The four things by which a stage is judged, and how each is told. Pure."""

from dataclasses import dataclass

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _


@dataclass(frozen=True)
class Outcome:
    """`good`: the direction of a difference that is wanted. `column`: of Followed."""

    key: str
    column: str
    word: Promise | str
    about: Promise
    good: int
    is_share: bool = True


OUTCOMES = (
    Outcome(
        "left", '"left"', _("Leaving"),
        _("By the end of the window the line was removed or recycled, or was without calls and data all of its last"
          " month. Where a stage is about a customer: all of their lines."), -1,
    ),
    Outcome(
        "paid", "paid", _("Payment"),
        _("The first bill to be paid after the occasion was paid in full in time, or at most so many days late as the"
          " limits say; one that was overdue already: so many days after the occasion."), 1,
    ),
    Outcome(
        "change", "change", "ARPU",
        _("Mean monthly revenue in the full months of the window, less that of the three months before the occasion."
          " Who has left brings nothing; a new line begins at nothing."), 1, is_share=False,
    ),
    Outcome(
        "complained", "complained", _("Complaints"),
        _("The customer opened at least one complaint between the occasion and the end of the window."), -1,
    ),
)  # fmt: skip
BY_KEY = {one.key: one for one in OUTCOMES}
