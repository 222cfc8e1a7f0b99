"""Codes and names of teams, categories, divisions and staff, by id, without a join.

Planning five joins costs the list more than its rows do. What was read is kept half a minute in this process; an id not
yet known is read at once, so only a renaming is seen late.
"""

import time
from collections.abc import Iterable
from typing import Any

from django.db import models

from crm.cases.models import Category
from crm.staff.models import Division, Team, User

KEPT = 30  # seconds
FIELDS: dict[type[models.Model], tuple[str, ...]] = {
    Category: ("code",),
    Division: ("code",),
    Team: ("code",),
    User: ("staff_number", "name"),
}
Names = dict[int, tuple[Any, ...]]
_known: dict[type[models.Model], tuple[float, Names]] = {}


def names(model: type[models.Model], ids: Iterable[int | None]) -> Names:
    """{id: its FIELDS} for at least these ids. Queries only for those nobody asked for lately."""
    since, known = _known.get(model, (0.0, {}))
    if time.monotonic() - since > KEPT:
        since, known = time.monotonic(), {}
    if missing := {pk for pk in ids if pk is not None and pk not in known}:
        rows = model._default_manager.filter(pk__in=missing).order_by().values_list("pk", *FIELDS[model])
        known = known | {pk: tuple(values) for pk, *values in rows}
        _known[model] = (since, known)  # replaced whole: threads never see half of it
    return known


def forget_names() -> None:
    _known.clear()
