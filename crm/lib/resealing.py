"""All that is sealed is sealed anew with the first key, so that an older one can be given up (crm/lib/sealed)."""

from collections.abc import Callable, Iterator
from typing import Any

from django.db import models, transaction

from crm.lib.sealed import Unreadable, reseal

Again = Callable[[Any], dict[str, str]]
BATCH = 500  # rows locked at once
_holders: dict[type[models.Model], Again] = {}


def register(model: type[models.Model], also: Again = lambda row: {}) -> None:
    """Rows of `model` are sealed in their field `sealed`; `also` names other fields that a key has made, anew."""
    _holders[model] = also


def reseal_all() -> Iterator[str]:
    """Yields what no key opens, by name; it stays as it is. May be stopped at any time and begun again."""
    for model, also in _holders.items():
        sealed = model._default_manager.exclude(sealed="").order_by("pk")
        last = 0
        while pks := list(sealed.filter(pk__gt=last).values_list("pk", flat=True)[:BATCH]):
            yield from _reseal(model, pks, also)
            last = pks[-1]


@transaction.atomic
def _reseal(model: type[models.Model], pks: list[int], also: Again) -> list[str]:
    """Under the rows' locks: somebody may be typing a new secret, or taking one away."""
    unreadable = []
    locked = model._default_manager.select_for_update(of=["self"])
    row: Any
    for row in locked.filter(pk__in=pks).exclude(sealed="").order_by("pk"):
        try:
            fresh = {"sealed": reseal(row.sealed)} | also(row)
        except Unreadable:
            unreadable.append(str(row))
        else:
            model._default_manager.filter(pk=row.pk).update(**fresh)
    return unreadable
