"""What happened to one account: each field as the database's triggers kept it, and each act as an event tells it."""

import datetime as dt
from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import pairwise
from typing import Any

from django.db.models import Model
from django.utils.translation import gettext_lazy as _

from crm.events.models import Event
from crm.staff.models import Skill, Team, User

SHOWN = 50
ACTS = {
    "staff.joined": _("Accepted the invitation"),
    "staff.deactivated": _("Account closed"),
    "staff.lock_released": _("Lock released"),
    "staff.sessions_ended": _("Signed out everywhere"),
    "staff.second_step_added": _("Second step switched on"),
    "staff.second_step_removed": _("Second step removed"),
    "staff.password_changed": _("Password changed"),
}

MOVED = (("teams", _("teams"), Team), ("skills", _("skills"), Skill))


@dataclass
class Change:
    name: str
    before: str
    after: str


@dataclass
class Entry:
    """One line of the history. `by` is a name, empty for the system."""

    at: dt.datetime
    by_id: int | None
    what: str = ""
    changes: list[Change] = field(default_factory=list)
    by: str = ""


def history_of(person: User) -> list[Entry]:
    """The newest SHOWN entries, newest first."""
    entries = [*_field_changes(person), *_acts(person)]
    entries.sort(key=lambda entry: entry.at, reverse=True)
    return _with_names(entries[:SHOWN])


def _field_changes(person: User) -> Iterator[Entry]:
    recorded = person.events  # type: ignore[attr-defined]
    rows = list(recorded.select_related("pgh_context").order_by("-pgh_id")[: SHOWN + 1])
    for after, before in pairwise(rows):
        metadata = after.pgh_context.metadata if after.pgh_context else {}
        yield Entry(after.pgh_created_at, metadata.get("by"), changes=list(_differences(before, after)))


def _differences(before: Model, after: Model) -> Iterator[Change]:
    for own in before._meta.concrete_fields:
        if own.name.startswith("pgh_") or own.name == "id":
            continue
        if getattr(before, own.attname) != getattr(after, own.attname):
            yield Change(_name(own.name), _shown(before, own), _shown(after, own))


def _name(field: str) -> str:
    return str(getattr(User._meta.get_field(field), "verbose_name", field))


def _shown(row: Model, own: Any) -> str:
    if own.choices:
        return str(getattr(row, f"get_{own.name}_display")())
    value = getattr(row, own.name)
    if isinstance(value, bool):
        return str(_("yes") if value else _("no"))
    return "" if value is None else str(value)


def _acts(person: User) -> Iterator[Entry]:
    told = Event.objects.filter(subject_type="user", subject_id=person.pk, kind__in=[*ACTS, "staff.changed"])
    for event in told.order_by("-id")[:SHOWN]:
        if event.kind in ACTS:
            yield Entry(event.at, event.actor_id, str(ACTS[event.kind]))
        elif moved := [_moved(event.facts, *kind) for kind in MOVED if f"{kind[0]}_before" in event.facts]:
            yield Entry(event.at, event.actor_id, changes=moved)


def _moved(facts: dict[str, Any], fact: str, word: Any, model: type[Team] | type[Skill]) -> Change:
    names = {one.pk: str(one) for one in model.objects.all()}
    before, after = (", ".join(names.get(pk, "–") for pk in facts[f"{fact}_{when}"]) for when in ("before", "after"))
    return Change(str(word), before, after)


def _with_names(entries: list[Entry]) -> list[Entry]:
    names = dict(User.objects.filter(pk__in={e.by_id for e in entries if e.by_id}).values_list("pk", "name"))
    for entry in entries:
        entry.by = names.get(entry.by_id, "")
    return entries
