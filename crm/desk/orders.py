"""The orders of a list, each paged by keyset: the cursor is the key of the last row shown, and its id."""

import datetime as dt
from collections.abc import Callable
from dataclasses import dataclass

from django.db.models import Case as Cases
from django.db.models import F, IntegerField, Q, Value, When
from django.utils.dateparse import parse_datetime
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from crm.cases.models import Case
from crm.cases.queries import CaseQuerySet
from crm.customers.models import Tier

RANKS = {tier: rank for rank, tier in enumerate(Tier.values)}
NO_TIER = len(RANKS)


@dataclass(frozen=True)
class Order:
    """`behind(cases, key, pk)`: what comes after the row with this key. A key that cannot be read is the beginning."""

    slug: str
    name: Promise
    sort: Callable[[CaseQuerySet], CaseQuerySet]
    key: Callable[[Case], str]
    behind: Callable[[CaseQuerySet, str, int], CaseQuerySet]

    def page(self, cases: CaseQuerySet, after: str, size: int) -> tuple[list[Case], str]:
        """The next rows after the cursor, and the cursor of the page behind them (empty at the end)."""
        key, _comma, pk = after.rpartition(",")
        cases = self.behind(cases, key, int(pk)) if pk.isdecimal() else cases
        rows = list(self.sort(cases).with_list_columns()[: size + 1])
        return rows[:size], f"{self.key(rows[size - 1])},{rows[size - 1].pk}" if len(rows) > size else ""


def _moment(text: str) -> dt.datetime | None:
    try:
        return parse_datetime(text)
    except ValueError:
        return None


def _said(at: dt.datetime | None) -> str:
    return at.isoformat() if at else ""


def _later(due: dt.datetime | None, pk: int) -> Q:
    """Behind this deadline; those without one come last."""
    if due is None:
        return Q(due_at__isnull=True, pk__gt=pk)
    return Q(due_at__gt=due) | Q(due_at=due, pk__gt=pk) | Q(due_at__isnull=True)


def _behind_deadline(cases: CaseQuerySet, key: str, pk: int) -> CaseQuerySet:
    return cases.filter(_later(_moment(key), pk))


def _behind_opened(cases: CaseQuerySet, key: str, pk: int) -> CaseQuerySet:
    at = _moment(key)
    return cases.filter(Q(opened_at__lt=at) | Q(opened_at=at, pk__lt=pk)) if at else cases


def _behind_message(cases: CaseQuerySet, key: str, pk: int) -> CaseQuerySet:
    at, none = _moment(key), Q(last_message_at__isnull=True)
    if at is None:
        return cases.filter(none, pk__lt=pk)
    return cases.filter(Q(last_message_at__lt=at) | Q(last_message_at=at, pk__lt=pk) | none)


def _ranked(cases: CaseQuerySet) -> CaseQuerySet:
    whens = [When(tier=tier, then=Value(rank)) for tier, rank in RANKS.items()]
    return cases.annotate(rank=Cases(*whens, default=Value(NO_TIER), output_field=IntegerField()))


def _behind_tier(cases: CaseQuerySet, key: str, pk: int) -> CaseQuerySet:
    rank, _bar, due = key.partition("|")
    if not rank.isdecimal():
        return cases
    return _ranked(cases).filter(Q(rank__gt=int(rank)) | Q(rank=int(rank)) & _later(_moment(due), pk))


def _key_of_tier(case: Case) -> str:
    return f"{RANKS.get(Tier(case.tier), NO_TIER) if case.tier else NO_TIER}|{_said(case.due_at)}"


ORDERS = {
    order.slug: order
    for order in (
        Order("due", _("nearest deadline first"), lambda cases: cases.by_deadline(), lambda case: _said(case.due_at),
              _behind_deadline),
        Order("new", _("newest first"), lambda cases: cases.newest_first(), lambda case: _said(case.opened_at),
              _behind_opened),
        Order("word", _("last message first"),
              lambda cases: cases.order_by(F("last_message_at").desc(nulls_last=True), "-id"),
              lambda case: _said(case.last_message_at), _behind_message),
        Order("tier", _("highest tier first"),
              lambda cases: _ranked(cases).order_by("rank", F("due_at").asc(nulls_last=True), "id"),
              _key_of_tier, _behind_tier),
    )
}  # fmt: skip
