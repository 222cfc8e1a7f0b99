"""Taking a file of posts in, batch by batch: each batch is one transaction that stores its rows and moves the position.

Several workers on one import do no harm (the position is locked and compared), and a killed one loses no row.
"""

import datetime as dt
from functools import partial
from itertools import islice
from pathlib import Path
from typing import Any

from django.db import transaction

from crm.events.actions import record
from crm.lib.moments import database_now
from social import csvfile
from social.columns import Refusal, Row
from social.models import Account, Post, PostImport, RefusedRow
from social.reading import Reader, reader
from social.replay import replay
from social.storing import known_posts, says_the_same, unsaved_post

BATCH = 500
CLOCK_SKEW = dt.timedelta(days=1)
RAW_CELL = 2_000


def run_import(post_import: PostImport, path: Path, *, strays: bool = True) -> PostImport:
    """Read the file from where the import stands to its end, replay it if that was asked, and mark it done.

    A fault of the file fails the import with its sentence. `strays`: whether this reading of the file tells the rows
    that cannot be taken (reading.reader).
    """
    _begin(post_import)
    try:
        _read_on(post_import, path, strays=strays)
    except csvfile.FileFault as fault:
        return fail_import(post_import, str(fault))
    if post_import.replay:
        replay(post_import.account, progress=partial(_alive, post_import))
    return finish_import(post_import)


def _read_on(post_import: PostImport, path: Path, *, strays: bool) -> None:
    with csvfile.rows(path) as (names, body):
        read = reader(
            path, names, sha256=post_import.sha256, account=post_import.account.handle,
            until=database_now() + CLOCK_SKEW, strays=strays,
        )  # fmt: skip
        for _row in islice(body, post_import.rows_read):
            pass
        while cells := list(islice(body, BATCH)):
            if not _store(post_import, read, cells):
                break


def _alive(post_import: PostImport, _taken: int) -> None:
    PostImport.objects.filter(pk=post_import.pk).update(moved_at=database_now())


def _begin(post_import: PostImport) -> None:
    now = database_now()
    PostImport.objects.filter(pk=post_import.pk, started_at__isnull=True).update(started_at=now)
    PostImport.objects.moving().filter(pk=post_import.pk).update(state=PostImport.State.RUNNING, moved_at=now)
    post_import.refresh_from_db()


@transaction.atomic
def _store(post_import: PostImport, read: Reader, cells: list[list[str]]) -> bool:
    """Store one batch. False when another worker has moved the position: that one goes on, we stop reading."""
    locked = PostImport.objects.select_for_update().select_related("account").get(pk=post_import.pk)
    if locked.rows_read != post_import.rows_read:
        return False
    Account.objects.select_for_update().get(pk=locked.account_id)  # a replay must not read between our rows
    batch = _Batch(locked, read)
    for number, one in enumerate(cells, start=locked.rows_read + 1):
        batch.take(number, one)
    batch.save()
    locked.rows_read += len(cells)
    locked.moved_at = database_now()
    locked.save()
    post_import.refresh_from_db()
    return True


class _Batch:
    """The rows of one batch sorted into new, known and refused."""

    def __init__(self, post_import: PostImport, read: Reader) -> None:
        self.post_import, self.reader = post_import, read
        self.account = post_import.account
        self.read: list[tuple[int, list[str], Row]] = []
        self.refused: list[RefusedRow] = []

    def take(self, number: int, cells: list[str]) -> None:
        try:
            row = self.reader(cells)
        except Refusal as refusal:
            self._refuse(number, cells, refusal)
        else:
            if row is not None:
                self.read.append((number, cells, row))

    def save(self) -> None:
        kept = known_posts(self.account, (row.external_id for _n, _c, row in self.read))
        fresh: dict[str, Post] = {}
        for number, cells, row in self.read:
            post = kept.get(row.external_id) or fresh.get(row.external_id)
            if post is None:
                fresh[row.external_id] = unsaved_post(self.account, row, is_archive=True)
            elif says_the_same(post, row):
                self.post_import.rows_known += 1
            else:
                self._refuse(number, cells, Refusal("double" if post.pk is None else "differs", "tweet_id"))
        Post.objects.bulk_create(fresh.values())
        RefusedRow.objects.bulk_create(self.refused)
        self.post_import.rows_new += len(fresh)
        self.post_import.rows_refused += len(self.refused)

    def _refuse(self, number: int, cells: list[str], refusal: Refusal) -> None:
        raw = [cell[:RAW_CELL].replace("\0", "�") for cell in cells]
        refused = RefusedRow(
            post_import=self.post_import, row=number, column=refusal.column, reason=refusal.reason, raw=raw
        )
        self.refused.append(refused)


@transaction.atomic
def finish_import(post_import: PostImport) -> PostImport:
    """Mark it done, once: only when its position is the file's end and nobody else did."""
    locked = PostImport.objects.select_for_update().get(pk=post_import.pk)
    if locked.is_moving and locked.rows_read >= locked.rows_total:
        locked.state, locked.finished_at = PostImport.State.DONE, database_now()
        locked.save()
        facts: dict[str, Any] = {"new": locked.rows_new, "known": locked.rows_known, "refused": locked.rows_refused}
        record("posts.imported", subject=locked, by=locked.by, account=locked.account_id, **facts)
    return locked


def fail_import(post_import: PostImport, error: str) -> PostImport:
    """Only what still moves can fail: another worker may have brought it to its end."""
    PostImport.objects.moving().filter(pk=post_import.pk).update(
        state=PostImport.State.FAILED, error=error, finished_at=database_now()
    )
    post_import.refresh_from_db()
    return post_import
