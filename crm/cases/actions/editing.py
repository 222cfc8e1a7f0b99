"""Notes, links, and what a case is about."""

import datetime as dt
from collections.abc import Sequence
from typing import Any

from django.db import transaction

from crm.cases import states
from crm.cases.actions.locking import lock_case, moment, save_and_record
from crm.cases.errors import CannotMerge, IllegalTransition, NothingToSend
from crm.cases.models import Case, CaseLink, Note
from crm.events.actions import record
from crm.staff.models import User

EDITABLE = ("kind", "category", "place", "priority", "subject", "tags")


@transaction.atomic
def add_note(
    *,
    case: Case,
    text: str,
    by: User | None,
    at: dt.datetime | None = None,
    mentions: Sequence[int] = (),
    key: str = "",
) -> Note:
    """An internal note: any state, stops no clock, is never seen outside. `mentions`: staff whom it names. The same
    `key` again returns the note it made."""
    if not text.strip():
        raise NothingToSend
    case = lock_case(case)
    if key and (known := Note.objects.filter(key=key).first()):  # after the lock: a repeated press waits here
        return known
    at = moment(case, at)
    note = Note.objects.create(case=case, author=by, text=text, at=at, mentions=list(mentions), key=key or None)
    save_and_record(case, "case.noted", by=by, at=at, note=note.pk, mentions=list(mentions))
    return note


@transaction.atomic
def edit_case(
    *, case: Case, by: User | None, at: dt.datetime | None = None, version: int | None = None, **changes: Any
) -> Case:
    """Change what the case is about. What was promised stays (architecture: the promise moves only
    on purpose; `apply_policy` moves it)."""
    case = lock_case(case, version=version)
    at = moment(case, at)
    if not states.allowed(case.state, "edit"):
        raise IllegalTransition(case.state, "edit")
    changed = [name for name in EDITABLE if name in changes and getattr(case, name) != changes[name]]
    facts = {}
    for name in changed:
        was = getattr(case, name)
        setattr(case, name, changes[name])
        if name in ("kind", "priority", "category"):
            facts[name] = [getattr(was, "pk", was), getattr(changes[name], "pk", changes[name])]
    if changed:
        save_and_record(case, "case.edited", by=by, at=at, fields=changed, **facts)
    return case


@transaction.atomic
def link_cases(*, case: Case, other: Case, by: User | None) -> CaseLink:
    """Say that two cases belong together. Linking twice changes nothing."""
    if case.pk == other.pk:
        raise CannotMerge
    first, second = sorted([case, other], key=lambda one: one.pk)
    link, new = CaseLink.objects.get_or_create(case=first, other=second, defaults={"by": by})
    if new:
        record("case.linked", subject=case, customer_id=case.customer_id, by=by, other=other.pk)
    return link
