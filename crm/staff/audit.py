"""Who changed which setting, when, from what to what: every tracked setting and every telling event in one list.

A room shows what it sets by one line in its AppConfig.ready(): `watch(Model)` for a model that pghistory tracks, `tell`
for events. Nothing is kept twice: the list is read from the models' own histories and from the events.
"""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from django.db.models import CharField, F, Model, OuterRef, QuerySet, Subquery, Value
from django.utils.functional import Promise
from django.utils.translation import gettext as _

from crm.events.models import Event
from crm.staff.access import may
from crm.staff.models import User

PAGE = 50
EVENTS = "event"
PRESENCE = "staff.presence"  # many a day, and no setting; the index leaves it out too
Narrow = Callable[[QuerySet[Any], User], QuerySet[Any]]
Url = Callable[[int], str]
Read = Callable[[Event], "tuple[str, list[Change]]"]


@dataclass(frozen=True)
class Watched:
    """A tracked model. `narrow` leaves out rows of its history that this user must not read."""

    model: type[Model]
    name: Promise
    icon: str
    action: str
    url: Url | None
    narrow: Narrow | None

    @property
    def key(self) -> str:
        return self.model._meta.label_lower

    @property
    def history(self) -> type[Model]:
        return self.model.pgh_event_model  # type: ignore[attr-defined]


@dataclass(frozen=True)
class Told:
    """A kind of event in words; `subject` names what it is about. `read`: which one, and what changed."""

    words: Promise
    subject: Promise
    icon: str
    action: str
    url: Callable[[Event], str] | None
    read: Read | None = None


@dataclass
class Change:
    name: str
    before: str
    after: str


@dataclass
class Entry:
    """One line: when, who (empty: the system), what kind of thing, which one, what was done to it."""

    at: dt.datetime
    by_id: int | None
    subject: str
    title: str
    icon: str
    did: str
    url: str = ""
    changes: list[Change] = field(default_factory=list)
    by: str = ""


_watched: dict[str, Watched] = {}
_told: dict[str, Told] = {}


def watch(
    model: type[Model], *, icon: str, action: str = "audit.read", url: Url | None = None, narrow: Narrow | None = None
) -> None:
    """Show the history of `model`, which pghistory tracks."""
    name = model._meta.verbose_name
    found = Watched(model, name, icon, action, url, narrow)  # type: ignore[arg-type]
    _watched[found.key] = found


def tell(
    words: Mapping[str, Promise], *, subject: Promise, icon: str, action: str = "audit.read",
    url: Callable[[Event], str] | None = None, read: Read | None = None,
) -> None:  # fmt: skip
    """Show these kinds of events (kind: what was done). They are about no customer: the index knows."""
    _told.update({kind: Told(said, subject, icon, action, url, read) for kind, said in words.items()})


def watched() -> list[Watched]:
    return list(_watched.values())


@dataclass(frozen=True)
class Filters:
    """`what` is a watched model's key or the subject of told events; days are whole, in the reader's zone."""

    what: str = ""
    by: int | None = None
    since: dt.datetime | None = None
    until: dt.datetime | None = None


def choices(user: User) -> list[tuple[str, str]]:
    """What may be asked for by this user."""
    models = {one.key: str(one.name) for one in _watched.values() if may(user, one.action)}
    events = {subject_key(one): str(one.subject) for one in _told.values() if may(user, one.action)}
    return sorted([*models.items(), *events.items()], key=lambda pair: pair[1].casefold())


def subject_key(told: Told) -> str:
    return f"{EVENTS}:{told.icon}:{told.action}"


def page(user: User, filters: Filters, after: str = "", size: int = PAGE) -> tuple[list[Entry], str]:
    """A page, newest first, and the cursor of the next. As many questions for three entries as for three thousand."""
    branches = list(_branches(user, filters, _cursor(after), size))
    if not branches:
        return [], ""
    first, *others = branches
    rows = first.union(*others, all=True).order_by("-at", "-source", "-row")[: size + 1] if others else first
    found = list(rows)
    shown = found[:size]
    entries = _entries(shown)
    last = shown[-1] if len(found) > size else None
    return entries, f"{last['at'].isoformat()}~{last['source']}~{last['row']}" if last else ""


Cursor = tuple[dt.datetime, str, int]


def _cursor(text: str) -> Cursor | None:
    try:
        at, source, row = text.split("~")
        return dt.datetime.fromisoformat(at), source, int(row)
    except ValueError:
        return None


def _branches(user: User, filters: Filters, cursor: Cursor | None, size: int) -> Iterator[QuerySet[Any]]:
    """The newest of each source, bounded: what lies deeper cannot be on this page."""
    for one in _watched.values():
        if may(user, one.action) and filters.what in ("", one.key):
            rows = one.history._default_manager.all()
            rows = one.narrow(rows, user) if one.narrow else rows
            if filters.by is not None:
                rows = rows.filter(pgh_context__metadata__by=filters.by)
            yield _branch(rows, one.key, at="pgh_created_at", pk="pgh_id", filters=filters, cursor=cursor, size=size)
    kinds = [k for k, one in _told.items() if may(user, one.action) and filters.what in ("", subject_key(one))]
    if kinds:
        events = Event.objects.filter(customer_id__isnull=True, kind__in=kinds).exclude(kind=PRESENCE)
        events = events.filter(actor_id=filters.by) if filters.by is not None else events
        yield _branch(events, EVENTS, at="at", pk="id", filters=filters, cursor=cursor, size=size)


def _branch(
    rows: QuerySet[Any], source: str, *, at: str, pk: str, filters: Filters, cursor: Cursor | None, size: int
) -> QuerySet[Any]:
    for bound, value in (("gte", filters.since), ("lt", filters.until)):
        rows = rows.filter(**{f"{at}__{bound}": value}) if value else rows
    if cursor:
        when, where, row = cursor
        # Of one instant, sources come in the order of their names, and in a source the newest row first.
        if source < where:
            rows = rows.filter(**{f"{at}__lte": when})
        elif source > where:
            rows = rows.filter(**{f"{at}__lt": when})
        else:
            rows = rows.filter(**{f"{at}__lt": when}) | rows.filter(**{at: when, f"{pk}__lt": row})
    named = {"source": Value(source, output_field=CharField()), "row": F(pk)} | ({"at": F(at)} if at != "at" else {})
    return rows.order_by(f"-{at}", f"-{pk}").annotate(**named).values("at", "source", "row")[: size + 1]


# --- from rows to words -------------------------------------------------------------------------------------------


def _entries(found: list[dict[str, Any]]) -> list[Entry]:
    by_source: dict[str, list[int]] = defaultdict(list)
    for row in found:
        by_source[row["source"]].append(row["row"])
    made: dict[tuple[str, int], Entry] = {}
    names = Names()
    for source, ids in by_source.items():
        made |= _events(ids) if source == EVENTS else _histories(_watched[source], ids, names)
    entries = [made[row["source"], row["row"]] for row in found]
    names.fill()
    people = dict(User.objects.filter(pk__in={e.by_id for e in entries if e.by_id}).values_list("pk", "name"))
    for entry in entries:
        entry.by = people.get(entry.by_id or 0, "")
        entry.changes = [Change(c.name, names.say(c.before), names.say(c.after)) for c in entry.changes]
    return entries


def _events(ids: list[int]) -> dict[tuple[str, int], Entry]:
    made = {}
    for event in Event.objects.filter(pk__in=ids):
        told = _told[event.kind]
        url = told.url(event) if told.url else ""
        title, changes = (told.read or _read)(event)
        made[EVENTS, event.pk] = Entry(
            event.at, event.actor_id, str(told.subject), title, told.icon, str(told.words), url, changes
        )
    return made


def _read(event: Event) -> tuple[str, list[Change]]:
    title = str((event.facts.get("version") and f"v{event.facts['version']}") or f"{event.subject_id}")
    fields = event.facts.get("fields")
    return title, [Change(_("fields"), "", ", ".join(fields))] if fields else []


def _histories(one: Watched, ids: list[int], names: Names) -> dict[tuple[str, int], Entry]:
    history = one.history._default_manager
    before = history.filter(pgh_obj_id=OuterRef("pgh_obj_id"), pgh_id__lt=OuterRef("pgh_id")).order_by("-pgh_id")
    rows = list(
        history.filter(pgh_id__in=ids).select_related("pgh_context").annotate(
            earlier=Subquery(before.values("pgh_id")[:1])
        )
    )  # fmt: skip
    earlier = history.in_bulk([row.earlier for row in rows if row.earlier])
    return {(one.key, row.pgh_id): _history(one, row, earlier.get(row.earlier), names) for row in rows}


def _history(one: Watched, row: Any, earlier: Any, names: Names) -> Entry:
    metadata = row.pgh_context.metadata if row.pgh_context else {}
    did = {"insert": _("Added"), "delete": _("Deleted")}.get(row.pgh_label, _("Changed"))
    url = one.url(row.pgh_obj_id) if one.url and row.pgh_label != "delete" else ""
    changes = list(differences(one.model, earlier, row, names)) if row.pgh_label == "update" else []
    return Entry(row.pgh_created_at, metadata.get("by"), str(one.name), title_of(row), one.icon, did, url, changes)


def title_of(row: Any) -> str:
    """What a row of a history is called; it is no instance of its model."""
    return next(
        (str(getattr(row, n)) for n in ("name", "title", "account") if getattr(row, n, "")), f"{row.pgh_obj_id}"
    )


def differences(model: type[Model], before: Any, after: Any, names: Names) -> Iterator[Change]:
    for own in model._meta.concrete_fields:
        if own.primary_key or before is None or not hasattr(after, own.attname):
            continue
        was, now = getattr(before, own.attname), getattr(after, own.attname)
        if was != now:
            name = str(getattr(own, "verbose_name", own.name))
            yield Change(name, names.token(own, was), names.token(own, now))


class Names:
    """Values in words. Other rows are named by one question a model, once all that are wanted are known."""

    def __init__(self) -> None:
        self._wanted: dict[type[Model], set[int]] = defaultdict(set)
        self._known: dict[str, str] = {}

    def token(self, own: Any, value: Any) -> str:
        """Words, or a mark that `say` turns into words after `fill`."""
        if value in (None, "", [], {}):
            return ""
        if own.is_relation:
            self._wanted[own.related_model].add(value)
            return f"\0{own.related_model._meta.label_lower}:{value}"
        if own.choices:
            return str(dict(own.flatchoices).get(value, value))
        return words_of(value)

    def fill(self) -> None:
        for model, wanted in self._wanted.items():
            for pk, found in model._default_manager.in_bulk(list(wanted)).items():
                self._known[f"\0{model._meta.label_lower}:{pk}"] = str(found)

    def say(self, token: str) -> str:
        return self._known.get(token, token.rpartition(":")[2]) if token.startswith("\0") else token


def words_of(value: Any) -> str:
    if isinstance(value, bool):
        return _("yes") if value else _("no")
    if isinstance(value, list):
        return ", ".join(map(str, value))
    if isinstance(value, dict):
        return ", ".join(f"{key}: {words_of(one)}" for key, one in sorted(value.items()))
    if isinstance(value, dt.datetime):
        return f"{value:%Y-%m-%d %H:%M} UTC"
    return str(value)


def history_of(instance: Model, size: int = 20) -> list[Entry]:
    """The newest entries of one watched row."""
    one = _watched[instance._meta.label_lower]
    ids = (
        one.history._default_manager.filter(pgh_obj_id=instance.pk).order_by("-pgh_id").values_list("pgh_id", flat=True)
    )
    found = [{"source": one.key, "row": pk} for pk in ids[:size]]
    return _entries(found)


def everything(user: User, filters: Filters, most: int) -> Iterator[Entry]:
    """Page after page, for an export."""
    after, told = "", 0
    while told < most:
        entries, after = page(user, filters, after, size=500)
        yield from entries
        told += len(entries)
        if not after:
            return
