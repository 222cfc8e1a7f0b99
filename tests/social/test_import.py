"""A file of posts on its way in: what is taken, what is refused and why, and what a killed worker leaves."""

from pathlib import Path

import pytest
from django.core.management import CommandError, call_command

from social import importing
from social.csvfile import FileFault, summarise
from social.importing import run_import
from social.models import Account, Post, PostImport
from social.tasks import resume_imports
from tests.social.conftest import Import
from tests.social.rows import COLUMNS, a_row, write


def refusals(done: PostImport) -> list[tuple[int, str, str]]:
    return list(done.refused.values_list("row", "column", "reason"))


def test_a_post_keeps_what_its_row_says(import_rows: Import) -> None:
    row = a_row(7, 0, "Ani", "hai @sapa", to="Budi") | {"favorite_count": "3", "has_image": "1"}
    import_rows([row])
    post = Post.objects.get()
    assert (post.author, post.display, post.reply_to, post.addressed) == ("ani", "Ani", "budi", True)
    assert post.metrics == {"favorite_count": 3, "has_image": 1, "lang": "in"}


@pytest.mark.parametrize(
    ("column", "value", "reason"),
    [
        ("tweet_id", "", "empty"),
        ("conversation_id", " ", "empty"),
        ("username", "@", "empty"),
        ("username", "dua kata", "handle"),
        ("created_at_utc", "27/10/2024 10:00", "date"),
        ("created_at_utc", "2024-13-01T00:00:00Z", "date"),
        ("created_at_utc", "1999-12-31T23:59:59Z", "date_range"),
        ("created_at_utc", "9998-01-01T00:00:00Z", "date_range"),
        ("text", "x" * 25_001, "too_long"),
        ("text", "nol \0 byte", "control"),
        ("is_brand", "mungkin", "flag"),
    ],
)
def test_a_row_that_cannot_be_taken_names_its_column(import_rows: Import, column: str, value: str, reason: str) -> None:
    done = import_rows([a_row(1, 0, "ani"), a_row(2, 1, "ani") | {column: value}, a_row(3, 2, "ani")])
    assert refusals(done) == [(2, column, reason)]
    assert (done.rows_new, done.rows_refused) == (2, 1)


def test_a_row_of_another_length_is_refused_and_the_rest_taken(import_rows: Import, tmp_path: Path) -> None:
    path = write(tmp_path / "posts.csv", [a_row(1, 0, "ani")])
    path.write_text(path.read_text() + "9,9,9\n")
    done = import_rows(path)
    assert refusals(done) == [(2, "", "cells")]
    assert done.refused.get().raw == ["9", "9", "9"]


def test_one_id_with_two_texts_keeps_the_first_and_says_so(import_rows: Import) -> None:
    done = import_rows([a_row(1, 0, "ani", "satu"), a_row(1, 0, "ani", "dua"), a_row(1, 0, "ani", "satu")])
    assert refusals(done) == [(2, "tweet_id", "double")]
    assert (Post.objects.get().text, done.rows_known) == ("satu", 1)


def test_a_known_post_that_now_says_something_else_is_refused(import_rows: Import) -> None:
    import_rows([a_row(1, 0, "ani", "satu")])
    assert refusals(import_rows([a_row(1, 0, "ani", "lain")])) == [(1, "tweet_id", "differs")]
    assert Post.objects.get().text == "satu"


def test_columns_may_stand_in_any_order_and_the_counts_may_be_missing(import_rows: Import, tmp_path: Path) -> None:
    needed = [c for c in reversed(COLUMNS) if not c.endswith("_count") and c not in ("lang", "has_image", "is_brand")]
    path = write(tmp_path / "posts.csv", [a_row(1, 0, "ani"), a_row(2, 1, "SAPA", to="ani")], needed)
    import_rows(path)
    assert list(Post.objects.order_by("at").values_list("is_brand", flat=True)) == [False, True]


@pytest.mark.parametrize(
    ("content", "code"),
    [
        (b"", "empty"),
        (",".join(COLUMNS).encode(), "no_rows"),
        (b"\xff\xfe\x00t\x00w", "encoding"),
        (
            ",".join(COLUMNS).encode() + b"\n1,1,2024-10-27T00:00:00Z,ani,,0,sinyal \xe9,0,0,0,0,0,in\n",
            "encoding",
        ),
        (";".join(COLUMNS).encode() + b"\n1;1", "delimiter"),
        ("\t".join(COLUMNS).encode() + b"\n1\t1", "delimiter"),
        (b"tweet_id,text\n1,hai\n", "columns"),
        (",".join([*COLUMNS, "text"]).encode() + b"\n", "doubled"),
        (",".join(COLUMNS).encode() + b'\n1,1,"' + b"x" * 1_100_000, "unreadable"),
    ],
)
def test_a_file_that_is_no_archive_is_refused_whole(tmp_path: Path, content: bytes, code: str) -> None:
    path = tmp_path / "posts.csv"
    path.write_bytes(content)
    with pytest.raises(FileFault) as fault:
        summarise(path)
    assert fault.value.code == code
    assert str(fault.value)


@pytest.mark.django_db
def test_the_command_says_in_words_what_is_wrong_with_a_file(tmp_path: Path) -> None:
    path = tmp_path / "posts.csv"
    path.write_text("tweet_id,text\n1,hai\n")
    with pytest.raises(CommandError, match="username"):
        call_command("import_posts", path, network="x", account="Sapa")
    assert not Account.objects.exists()


def test_an_import_killed_in_its_middle_goes_on_and_adds_nothing_twice(
    import_rows: Import, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(importing, "BATCH", 3)
    path = write(tmp_path / "long.csv", [a_row(n, n, "ani") for n in range(1, 11)])
    with monkeypatch.context() as patch:
        patch.setattr(importing, "database_now", power_cut_at(importing.database_now, call=4))
        with pytest.raises(KeyboardInterrupt):
            import_rows(path)
    left = PostImport.objects.get()
    assert left.rows_read == Post.objects.count() == 3
    done = import_rows(path)
    assert done.pk == left.pk
    assert (done.state, done.rows_new, done.rows_known, Post.objects.count()) == ("done", 10, 0, 10)


def power_cut_at(function, *, call: int):
    calls = iter(range(1, call + 1))

    def cut():
        if next(calls) == call:
            raise KeyboardInterrupt
        return function()

    return cut


def test_a_worker_that_finds_the_position_moved_stores_nothing(import_rows: Import, tmp_path: Path) -> None:
    path = write(tmp_path / "posts.csv", [a_row(1, 0, "ani")])
    done = import_rows(path)
    PostImport.objects.update(state="running")
    stale = PostImport.objects.get()
    stale.rows_read = 0
    assert not importing._store(stale, pytest.fail, [["1"]])
    assert (Post.objects.count(), done.rows_new) == (1, 1)


def test_a_doubled_knock_on_a_finished_import_changes_nothing(import_rows: Import) -> None:
    done = import_rows([a_row(1, 0, "ani")])
    finished = done.finished_at
    assert resume_imports() == 0
    done.refresh_from_db()
    assert (done.state, done.finished_at) == ("done", finished)


def test_a_file_that_vanished_fails_its_import_with_a_sentence(import_rows: Import, tmp_path: Path) -> None:
    done = import_rows([a_row(1, 0, "ani")])
    PostImport.objects.update(state="running", rows_read=0)
    failed = run_import(PostImport.objects.get(pk=done.pk), tmp_path / "gone.csv")
    assert failed.state == "failed"
    assert failed.error
