"""What each room holds on a customer: told in the file they may ask for, taken away when they may be forgotten.

A room says it once, from `AppConfig.ready()`; what no room names is found by tests/privacy/test_erasure.py.
"""

import datetime as dt
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from functools import reduce
from operator import or_
from pathlib import Path
from typing import IO, Any
from zipfile import ZipFile, is_zipfile

from django.conf import settings
from django.db import models
from django.db.models import Case, F, Func, Q, Value, When
from django.db.models.functions import Cast

from crm.customers.models import Customer

GONE = "—"  # where something must stand
SHORTEST_MARK = 5  # letters: a shorter handle is found in half of all texts
LONGEST_MARK, PIECE = 1024, 1 << 20  # bytes


@dataclass(frozen=True)
class Person:
    """The record with all that went into it, and what raw papers know them by: numbers, addresses, handles, names."""

    ids: frozenset[int]
    marks: tuple[str, ...] = ()
    asked_in: int | None = None  # the case in which they ask us: it forbids nothing


Told = dict[str, list[dict[str, Any]]]  # what it is -> rows of it


@dataclass(frozen=True)
class Holding:
    erase: Callable[[Person], list[str]]
    describe: Callable[[Person], Told] | None
    marks: Callable[[Person], Iterable[str]] | None
    forbids: Callable[[Person], list[str]] | None


_holdings: dict[str, Holding] = {}


def register(
    name: str,
    *,
    erase: Callable[[Person], list[str]],
    describe: Callable[[Person], Told] | None = None,
    marks: Callable[[Person], Iterable[str]] | None = None,
    forbids: Callable[[Person], list[str]] | None = None,
) -> None:
    """`erase` takes the personal out, in the caller's transaction, and returns the files (names in the private
    storage) that must go with it; a second time it finds nothing. `describe` tells rows as plain values; a room that
    has only copies tells none. `marks` adds to how the person is found in raw papers; `forbids` says in words what
    stands against erasing them just now.
    """
    _holdings[name] = Holding(erase, describe, marks, forbids)


def person_of(customer: Customer, *, asked_in: int | None = None) -> Person:
    """With the records that went into this one, and those that went into them."""
    ids, fresh = {customer.pk}, {customer.pk}
    while fresh:
        fresh = set(Customer.objects.filter(absorbed_into__in=fresh).values_list("pk", flat=True)) - ids
        ids |= fresh
    bare = Person(frozenset(ids), asked_in=asked_in)
    marks = {mark for one in _holdings.values() if one.marks for mark in one.marks(bare) if len(mark) >= SHORTEST_MARK}
    return Person(bare.ids, tuple(sorted(marks)), asked_in)


def describe(person: Person) -> dict[str, Told]:
    """All that is held, by room, what has nothing left out."""
    told = {name: one.describe(person) for name, one in _holdings.items() if one.describe}
    return {name: {what: rows for what, rows in of.items() if rows} for name, of in told.items() if any(of.values())}


def forbids(person: Person) -> list[str]:
    return [why for one in _holdings.values() if one.forbids for why in one.forbids(person)]


def erase(person: Person) -> list[str]:
    """In the caller's transaction, the rooms above first: theirs refers to what lies below. Returns files to delete."""
    return [file for one in reversed(_holdings.values()) for file in one.erase(person) if file]


class Rows(list[dict[str, Any]]):
    """Rows of values as they are stored; `words` says for people what a code of a field means."""

    words: dict[str, dict[Any, Any]]


def rows(found: models.QuerySet[Any], *fields: str) -> list[dict[str, Any]]:
    """Rows as they are told, oldest first; what is empty is left out."""
    stored = found.order_by("pk").values(*fields)
    told = Rows({key: _plain(value) for key, value in row.items() if value not in ("", None, [], {})} for row in stored)
    told.words = {one: dict(_field(found.model, one).flatchoices) for one in fields}
    return told


def _field(model: Any, path: str) -> Any:
    *through, last = path.split("__")
    for one in through:
        model = model._meta.get_field(one).related_model
    return model._meta.get_field(last)


def _plain(value: Any) -> Any:
    return value.isoformat() if isinstance(value, dt.date) else value


def blank(found: models.QuerySet[Any], *fields: str) -> int:
    """Take texts out: what was empty stays so, what said something says nothing now; constraints know no third."""
    return found.update(**{one: Case(When(**{one: ""}, then=Value("")), default=Value(GONE)) for one in fields})


def bearing(found: models.QuerySet[Any], field: str, person: Person) -> models.QuerySet[Any]:
    """Rows of raw papers that name the person, by what stands in them. Reads all of them: they are kept for days."""
    if not person.marks:
        return found.none()
    column = found.model._meta.get_field(field)
    binary = isinstance(column, models.BinaryField)
    text = Func(F(field), Value("escape"), function="encode") if binary else F(field)
    plain: Any = Cast(text, models.TextField())
    return found.alias(plain_text=plain).filter(reduce(or_, (Q(plain_text__icontains=one) for one in person.marks)))


def naming(files: Iterable[str], person: Person) -> list[str]:
    """Which of these files (names in the private storage) name the person. What cannot be read through, does."""
    return [name for name in files if _names(Path(settings.MEDIA_ROOT) / name, person)]


def _names(path: Path, person: Person) -> bool:
    if not path.exists():
        return False
    if not is_zipfile(path):
        return path.suffix == ".pdf" or _is_in(path.open("rb"), person)
    with ZipFile(path) as packed:
        return any(_is_in(packed.open(part), person) for part in packed.namelist())


def _is_in(file: IO[bytes], person: Person) -> bool:
    """By pieces, each with the end of the one before it: a mark may lie across."""
    marks = [mark.lower().encode() for mark in person.marks]
    before = b""
    with file:
        while piece := file.read(PIECE):
            seen = (before + piece).lower()
            if any(mark in seen for mark in marks):
                return True
            before = piece[-LONGEST_MARK:]
    return False
