"""The tree of what cases are about: added to, changed, put in order, merged. Nothing of it is ever deleted."""

import datetime as dt
from typing import Any

import pghistory
from django.db import connection, transaction
from django.utils import timezone

from crm.cases.errors import CannotMergeCategories, CategoryBeneathItself, CategoryInUse
from crm.cases.models import Category
from crm.cases.words import RUNNING_STATES
from crm.events.actions import record
from crm.staff.models import User

EDITABLE = ("name", "name_en", "parent", "kind", "division", "skill", "is_active")


def lock_tree() -> None:
    """One change of the tree at a time: what a form was checked against stays so until it is written."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(hashtextextended('category tree', 0))")


@transaction.atomic
def add_category(*, by: User, code: str, at: dt.datetime | None = None, **fields: Any) -> Category:
    """A new category, last among its siblings."""
    lock_tree()
    last = Category.objects.filter(parent=fields.get("parent")).order_by("-position").first()
    position = last.position + 1 if last else 0
    with pghistory.context(by=by.pk):
        added = Category.objects.create(code=code, position=position, **{k: fields[k] for k in EDITABLE if k in fields})
    record("category.added", subject=added, by=by, at=at)
    return added


@transaction.atomic
def change_category(*, category: Category, by: User, at: dt.datetime | None = None, **fields: Any) -> Category:
    """Change what is given of EDITABLE. Raises CategoryBeneathItself, CategoryInUse."""
    lock_tree()
    found = Category.objects.select_for_update().get(pk=category.pk)
    changed = [name for name in EDITABLE if name in fields and getattr(found, name) != fields[name]]
    for name in changed:
        setattr(found, name, fields[name])
    if "parent" in changed and found.parent_id in beneath(found.pk):
        raise CategoryBeneathItself
    if "is_active" in changed and not found.is_active and Category.objects.filter(parent=found, is_active=True):
        raise CategoryInUse
    if changed:
        if found.is_active:
            found.merged_into = None
        with pghistory.context(by=by.pk):
            found.save()
        record("category.changed", subject=found, by=by, at=at, fields=changed)
    return found


def beneath(pk: int) -> set[int]:
    """The category and all that lies beneath it."""
    parents = dict(Category.objects.values_list("pk", "parent_id"))
    found = {pk}
    while more := {child for child, parent in parents.items() if parent in found} - found:
        found |= more
    return found


@transaction.atomic
def move_category(*, category: Category, up: bool, by: User, at: dt.datetime | None = None) -> None:
    """One place up or down among its siblings."""
    lock_tree()
    siblings = list(Category.objects.filter(parent=category.parent_id).select_for_update())
    here = [one.pk for one in siblings].index(category.pk)
    there = here + (-1 if up else 1)
    if not 0 <= there < len(siblings):
        return
    siblings[here], siblings[there] = siblings[there], siblings[here]
    with pghistory.context(by=by.pk):
        for position, one in enumerate(siblings):
            if one.position != position:
                Category.objects.filter(pk=one.pk).update(position=position)
    record("category.moved", subject=category, by=by, at=at)


# One statement: thousands of cases move together or not at all. The version moves, so that whoever has the case open
# is told to look again; what was promised stays. Locked by id first, as bulk actions and merging lock theirs.
REFILE = """
WITH locked AS MATERIALIZED (
    SELECT id FROM cases_case
    WHERE category_id = %(source)s AND state = ANY(%(running)s) AND NOT is_archive
    ORDER BY id FOR NO KEY UPDATE
), moved AS (
    UPDATE cases_case SET category_id = %(into)s, version = version + 1
    FROM locked WHERE cases_case.id = locked.id
    RETURNING cases_case.id, cases_case.customer_id
)
INSERT INTO events_event (kind, subject_type, subject_id, customer_id, actor_id, at, facts)
SELECT 'case.edited', 'case', id, customer_id, %(by)s, %(at)s,
       jsonb_build_object('fields', '["category"]'::jsonb, 'category', jsonb_build_array(%(source)s, %(into)s))
FROM moved
"""


@transaction.atomic
def merge_category(
    *, category: Category, into: Category, also_running: bool, by: User, at: dt.datetime | None = None
) -> int:
    """`category` rests from now on, what lies beneath it goes beneath `into`. Cases stay where they were filed, unless
    the running ones are to move too; returns how many did. Raises CannotMergeCategories."""
    lock_tree()
    at = at or timezone.now()
    found, into = (Category.objects.select_for_update().get(pk=one.pk) for one in (category, into))
    if not into.is_active or into.pk in beneath(found.pk):
        raise CannotMergeCategories
    with pghistory.context(by=by.pk):
        Category.objects.filter(parent=found).update(parent=into)
        found.is_active, found.merged_into = False, into
        found.save()
    moved = _refile(found, into, by, at) if also_running else 0
    record("category.merged", subject=found, by=by, at=at, into=into.pk, cases=moved)
    return moved


def _refile(found: Category, into: Category, by: User, at: dt.datetime) -> int:
    asked: dict[str, Any] = {
        "source": found.pk,
        "into": into.pk,
        "running": list(RUNNING_STATES),
        "by": by.pk,
        "at": at,
    }
    with connection.cursor() as cursor:
        cursor.execute(REFILE, asked)
        return cursor.rowcount
