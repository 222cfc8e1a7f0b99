"""Who changed the list of causes, and how: as the database's triggers kept it."""

import datetime as dt
from collections.abc import Iterator
from dataclasses import dataclass

from django.utils.translation import gettext as _

from crm.cases.models import Cause
from crm.staff.models import User

SHOWN = 30
TOLD = ("name", "name_en", "is_active")


@dataclass(frozen=True)
class Entry:
    code: str
    said: str
    by: str
    at: dt.datetime


def history() -> list[Entry]:
    """The newest SHOWN changes, newest first; a cause that only moved in the order says nothing of itself."""
    rows = Cause.pgh_event_model.objects.select_related("pgh_context").order_by("pgh_id")  # type: ignore[attr-defined]
    return list(_entries(list(rows)))[::-1][:SHOWN]


def _entries(rows: list) -> Iterator[Entry]:
    names = dict(User.objects.filter(pk__in={_by(row) for row in rows} - {None}).values_list("pk", "name"))
    known: dict[int, object] = {}
    for row in rows:
        said = _said(known.get(row.id), row)
        known[row.id] = row
        if said and _by(row):  # what a new installation begins with nobody has written
            yield Entry(row.code, said, names.get(_by(row), ""), row.pgh_created_at)


def _by(row: object) -> int | None:
    context = row.pgh_context  # type: ignore[attr-defined]
    return context.metadata.get("by") if context else None


def _said(before: object | None, after: object) -> str:
    if before is None:
        return _("added: %(name)s") % {"name": after.name}  # type: ignore[attr-defined]
    changed = [name for name in TOLD if getattr(before, name) != getattr(after, name)]
    if "is_active" in changed:
        return _("switched on") if after.is_active else _("switched off")  # type: ignore[attr-defined]
    return ", ".join(f"{getattr(before, name)} → {getattr(after, name)}" for name in changed)
