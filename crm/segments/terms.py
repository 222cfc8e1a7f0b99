"""The two measures of a customer, 0-100 each, and what they are made of (domain.md §4). Pure.

A term is 0-100; what is not known is left out, and the weights of the others share its place. The nightly run counts
the same in SQL (measuring.py); tests/segments holds the two to each other.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Protocol


class Figures(Protocol):
    """What is known of one customer: segments.Measured."""

    revenue: int | None
    bills: int
    bills_on_time: int
    credit_notes: int
    referrals: int
    exchanges: int
    complaints: int
    bad_ends: int
    months: int | None


class Weights(Protocol):
    """segments.Measure."""

    revenue: int
    revenue_full: int
    on_time: int
    credits: int
    credit_costs: int
    referrals: int
    referrals_full: int
    contacts: int
    contacts_full: int
    complaints: int
    complaint_costs: int
    bad_end_costs: int
    stay: int
    stay_full: int


@dataclass(frozen=True)
class Term:
    code: str
    score: int | None
    weight: int


def transaction_terms(known: Figures, by: Weights) -> list[Term]:
    """Empty for whom nothing was ever billed: that is no low value, it is none."""
    if known.revenue is None:
        return []
    return [
        Term("revenue", share(max(0, known.revenue), by.revenue_full), by.revenue),
        Term("on_time", share(known.bills_on_time, known.bills) if known.bills else None, by.on_time),
        Term("credits", max(0, 100 - by.credit_costs * known.credit_notes), by.credits),
        Term("referrals", share(known.referrals, by.referrals_full), by.referrals),
    ]


def interaction_terms(known: Figures, by: Weights) -> list[Term]:
    lost = by.complaint_costs * known.complaints + by.bad_end_costs * known.bad_ends
    return [
        Term("contacts", share(known.exchanges, by.contacts_full), by.contacts),
        Term("complaints", max(0, 100 - lost), by.complaints),
        Term("stay", None if known.months is None else share(max(0, known.months), by.stay_full), by.stay),
    ]


def share(part: int, full: int) -> int:
    """In per cent, half up, at most 100."""
    return min(100, (200 * part + full) // (2 * full))


def total(terms: Iterable[Term]) -> int | None:
    """The weighted mean of the terms that are known, half up; None where none is."""
    known = [(term.score, term.weight) for term in terms if term.score is not None and term.weight]
    weight = sum(one for _score, one in known)
    return (2 * sum(score * one for score, one in known) + weight) // (2 * weight) if weight else None
