"""A run: batch by batch, each one transaction that writes its facts and moves the position. Two are on their way at a
time; they are written in the file's order.

A run holds a lock of its database session, so that a second one passes by; killed, the lock is gone with it, and the
next goes on behind the last batch that was committed.
"""

from pathlib import Path
from typing import Any

from django.db import connection, transaction
from django.db.models import F

from crm.billing import rolling
from crm.billing.loading import people
from crm.billing.loading.batching import Batch, batches
from crm.billing.loading.faults import FileFault
from crm.billing.loading.lines import allot_lines, line_of, lines_met, make_lines, refuse_unknown
from crm.billing.loading.mapping import Mapping, read_mapping
from crm.billing.loading.reading import Rows, heading
from crm.billing.loading.staging import stage
from crm.billing.loading.turns import Turn, take_all
from crm.billing.loading.writing import (
    Written,
    check_constraints,
    refuse_doubles,
    refuse_elsewhere,
    refuse_sums,
    write_facts,
)
from crm.billing.models import Load, Refusal, Said
from crm.events.actions import record
from crm.lib.claiming import claimed
from crm.lib.inserting import commit_lazily
from crm.lib.moments import database_now

BATCH = 20_000
LOCK = 0x5A44
RAW_CELL = 2_000


class Overtaken(Exception):
    """The claim on a load was lost with its connection, and somebody else went on."""


def run_load(load: Load, path: Path) -> Load:
    """From where the load stands to the end of the file. A fault of the file fails it with its sentence."""
    with claimed(LOCK, load.pk) as mine:
        load.refresh_from_db()
        if not mine or not load.is_moving:
            return load
        Load.objects.filter(pk=load.pk).update(state=Load.State.RUNNING, moved_at=database_now())
        try:
            _read_on(load, path)
        except FileFault as fault:
            return fail_load(load, str(fault))
        return _finish(load, read_mapping(load.mapping))


def _read_on(load: Load, path: Path) -> None:
    mapping = read_mapping(load.mapping)
    names, begins = heading(path, mapping)
    with path.open("rb") as file:
        rows = Rows(file, mapping, max(load.position, begins))
        first = load.rows_read + 2  # the heading is row 1
        made = batches(rows, mapping, names, first=first, size=BATCH)
        take_all(made, lambda batch, turn: _take(load, mapping, batch, turn))


@transaction.atomic
def _take(load: Load, mapping: Mapping, batch: Batch, turn: Turn) -> None:
    commit_lazily()
    refused = [_refusal(load, row, "", reason, batch.cells(row)) for row, reason in batch.unread.items()]
    written = Written() if batch.is_empty else write(load, mapping, batch, turn)
    found, noted = ([], []) if batch.is_empty else _problems(load, mapping, batch)
    Refusal.objects.bulk_create([*refused, *found, *noted], batch_size=1000)
    if turn.before:
        check_constraints()  # those of both at a time, not one behind the other
    turn.wait_to_write()
    moved = Load.objects.filter(pk=load.pk, position__lte=batch.begins).update(
        position=batch.position, moved_at=database_now(), rows_read=F("rows_read") + batch.size,
        rows_refused=F("rows_refused") + len(refused) + len(found), rows_noted=F("rows_noted") + len(noted),
        facts_new=F("facts_new") + written.new, facts_changed=F("facts_changed") + written.changed,
        facts_known=F("facts_known") + written.known, lines_made=F("lines_made") + written.made,
    )  # fmt: skip
    if not moved:
        raise Overtaken(f"load {load.pk}: bytes from {batch.begins} on were taken by another process")


def write(load: Load, mapping: Mapping, batch: Batch, turn: Turn) -> Written:
    """One batch into the tables, inside the caller's transaction."""
    if mapping.kind == Load.Kind.CUSTOMERS:
        turn.lock_facts()
        stage(batch, mapping, people.customer_of(mapping))
        turn.wait_to_name()
        refuse_doubles(load.pk, mapping, "reference")
        return people.write_people(mapping, turn)
    stage(batch, mapping, line_of(mapping))
    if mapping.create:  # the batch above may be making the same lines
        turn.wait_to_write()
    turn.lock_facts()
    if mapping.create:
        allot_lines(mapping)
    refuse_unknown()
    refuse_sums(mapping)
    refuse_elsewhere(load.pk, mapping)
    turn.wait_to_name()
    refuse_doubles(load.pk, mapping, " || '|' || ".join(f"{name}::text" for name in mapping.sheet.reference))
    about = lines_met() if turn.paired else set()
    apart = turn.is_apart(about)
    turn.name(about)
    if not apart:
        turn.wait_to_write()
    made = make_lines(mapping)
    written = write_facts(load.pk, mapping)
    if mapping.sheet.month != "NULL::date":
        rolling.refresh(
            f"SELECT subscription_id, min({mapping.sheet.month}), max({mapping.sheet.month})"
            " FROM judged WHERE problem IS NULL GROUP BY subscription_id"
        )
    return Written(written.new, written.changed, written.known, made)


def _problems(load: Load, mapping: Mapping, batch: Batch) -> tuple[list[Refusal], list[Refusal]]:
    """Of each row the first problem; what is refused is not noted as well."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT row, min(problem) FROM judged WHERE problem IS NOT NULL GROUP BY row")
        bad = dict(cursor.fetchall())
        cursor.execute("SELECT row, min(noted) FROM judged WHERE noted IS NOT NULL GROUP BY row")
        odd = {row: noted for row, noted in cursor.fetchall() if row not in bad}
    refused = [_refusal(load, row, *_said(mapping, problem), batch.cells(row)) for row, problem in bad.items()]
    noted = [_refusal(load, row, *_said(mapping, said), batch.cells(row), noted=True) for row, said in odd.items()]
    return refused, noted


def _said(mapping: Mapping, problem: str) -> tuple[str, str]:
    """Column of the file, and reason."""
    name, _bar, reason = problem.partition("|")
    columns = mapping.parts[0].columns.get(name, ())
    return columns[0] if len(columns) == 1 and len(mapping.parts) == 1 else name, reason


def _refusal(load: Load, row: int, column: str, reason: str, cells: list[str], *, noted: bool = False) -> Refusal:
    kept = [_text(cell[:RAW_CELL]) for cell in cells]
    return Refusal(load=load, row=row, column=column[:80], reason=reason, cells=kept, noted=noted)


def _text(cell: str) -> str:
    """What can be kept: bytes that are no text become the mark for it."""
    return cell.encode("utf-8", "surrogateescape").decode("utf-8", "replace").replace("\0", "�")


@transaction.atomic
def _finish(load: Load, mapping: Mapping) -> Load:
    done = Load.objects.select_for_update().get(pk=load.pk)
    if done.is_moving:
        done.state, done.finished_at, done.medians = Load.State.DONE, database_now(), _medians(load.pk, mapping)
        done.save()
        Said.objects.filter(load=load.pk).delete()
        facts: dict[str, Any] = {"new": done.facts_new, "changed": done.facts_changed, "refused": done.rows_refused}
        record("billing.loaded", subject=done, by=done.by, what=done.kind, **facts)
    return done


MEDIANS = """
    SELECT to_char(month, 'YYYY-MM'), round(percentile_cont(0.5) WITHIN GROUP (ORDER BY revenue)::numeric / %s, 3)
    FROM (
        SELECT month, sum(revenue) AS revenue FROM billing_said
        WHERE load_id = %s AND revenue IS NOT NULL GROUP BY subscription_id, month
    ) a_line GROUP BY month ORDER BY month
"""


def _medians(load_id: int, mapping: Mapping) -> dict[str, str]:
    """Month: the median of revenue a line, of all that the file says, in the file's own unit."""
    with connection.cursor() as cursor:
        cursor.execute(MEDIANS, [mapping.writing.factor, load_id])
        return {month: str(median) for month, median in cursor.fetchall()}


def fail_load(load: Load, error: str) -> Load:
    Load.objects.moving().filter(pk=load.pk).update(
        state=Load.State.FAILED, error=error[:400], finished_at=database_now()
    )
    load.refresh_from_db()
    return load
