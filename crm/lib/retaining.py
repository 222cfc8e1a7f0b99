"""How long each room's data is kept: what goes after a period that an administrator sets, and what always did.

A room says it from `AppConfig.ready()`; the periods, the runs and their page are of crm/privacy. Until
somebody sets a period, a kind is kept for ever.
"""

import datetime as dt
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.db.models import Q, QuerySet


@dataclass(frozen=True)
class Rule:
    """One kind of data. `found` are the rows older than the moment that still hold something; `remove` takes it out,
    in the caller's transaction, and returns files (names in the private storage) to delete. A row that was done is
    not found again. `customer` is the path to the column that says whose it is.
    """

    kind: str
    label: Any
    goes: Any
    found: Callable[[dt.datetime], QuerySet[Any]]
    remove: Callable[[QuerySet[Any]], list[str]]
    shortest: int  # days: the law, or a report, asks for it
    why_shortest: Any
    customer: str = "customer"

    def due(self, before: dt.datetime) -> QuerySet[Any]:
        """What may go: nothing of a customer on whom something is held."""
        held = Q()
        for hold in _holds:
            held |= Q(**{f"{self.customer}__in": hold()})
        # NOT (null IN …) is null: what is nobody's goes too.
        return self.found(before).filter(Q(**{f"{self.customer}__isnull": True}) | ~held)


@dataclass(frozen=True)
class Fixed:
    """What a sweep of its own takes away after a fixed time, or what stays (`days` None), and why."""

    label: Any
    days: int | None
    why: Any


_rules: dict[str, Rule] = {}
_fixed: list[Fixed] = []
_holds: list[Callable[[], QuerySet[Any]]] = []


def register(rule: Rule) -> None:
    _rules[rule.kind] = rule


def tell(label: Any, days: int | None, why: Any) -> None:
    _fixed.append(Fixed(label, days, why))


def hold(customers: Callable[[], QuerySet[Any]]) -> None:
    """The ids of customers of whom nothing may go just now."""
    _holds.append(customers)


def rules() -> list[Rule]:
    return list(_rules.values())


def rule(kind: str) -> Rule | None:
    return _rules.get(kind)


def fixed() -> list[Fixed]:
    return list(_fixed)
