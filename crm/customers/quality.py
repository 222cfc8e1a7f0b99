"""How good one record is: four questions, each 0–100, and what each flaw costs. Pure.

judging.py finds the flaws, of one record or of all of them, and counts by this same table.
"""

from collections.abc import Iterable
from dataclasses import dataclass

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

COMPLETE, VALID, UP_TO_DATE, REACHABLE = "complete", "valid", "up_to_date", "reachable"
TERMS: dict[str, Promise] = {
    COMPLETE: pgettext_lazy("data", "Complete"),
    VALID: pgettext_lazy("data", "Valid"),
    UP_TO_DATE: pgettext_lazy("data", "Up to date"),
    REACHABLE: pgettext_lazy("data", "Reachable"),
}


@dataclass(frozen=True)
class Flaw:
    """`cost`: points of its term."""

    term: str
    cost: int
    words: Promise


FLAWS: dict[str, Flaw] = {
    "name_missing": Flaw(COMPLETE, 35, _("No name")),
    "birth_missing": Flaw(COMPLETE, 15, _("No birth date")),
    "address_missing": Flaw(COMPLETE, 25, _("No address")),
    "paper_missing": Flaw(COMPLETE, 25, _("No identity document")),
    "name_strange": Flaw(VALID, 30, _("The name has digits, or no letters")),
    "birth_strange": Flaw(VALID, 30, _("The birth date cannot be")),
    "address_incomplete": Flaw(VALID, 20, _("The address lacks province, district or post code")),
    "paper_doubtful": Flaw(VALID, 20, _("An identity document disagrees with the record")),
    "contact_old": Flaw(UP_TO_DATE, 60, _("No number or address was verified in two years")),
    "address_old": Flaw(UP_TO_DATE, 40, _("The address was not confirmed in three years")),
    "unreachable": Flaw(REACHABLE, 100, _("No number, e-mail or line that works")),
    "unproven": Flaw(REACHABLE, 40, _("Reached only by what nobody has verified")),
    "email_bounces": Flaw(REACHABLE, 30, _("E-mail comes back")),
    "number_fails": Flaw(REACHABLE, 30, _("The number takes no messages")),
}
# Told by whoever tried: judging cannot see them, and they stand until somebody decides.
REPORTED = ("email_bounces", "number_fails")


@dataclass(frozen=True)
class Judgement:
    terms: dict[str, int]

    @property
    def score(self) -> int:
        """The mean of the four, half upwards."""
        return (sum(self.terms.values()) + len(TERMS) // 2) // len(TERMS)


def judge(flaws: Iterable[str]) -> Judgement:
    """A flaw counts once, however many addresses have it; no term goes below 0."""
    costs = dict.fromkeys(TERMS, 0)
    for code in set(flaws) & set(FLAWS):
        costs[FLAWS[code].term] += FLAWS[code].cost
    return Judgement({term: max(0, 100 - cost) for term, cost in costs.items()})
