"""Uploading an archive in a browser: look, begin, watch, fetch what was refused."""

import datetime as dt
from collections.abc import Iterator
from pathlib import Path

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.utils import timezone
from pytest_django import Settings

from crm.cases.defaults import ensure_policy
from crm.cases.models import Case
from crm.celery import app
from crm.staff.models import Role, User
from social import forms
from social.models import Account, Post, PostImport
from social.tasks import resume_imports, run_post_import
from tests.people import a_member, a_team
from tests.social.conftest import Import
from tests.social.rows import COLUMNS, a_row, write

NEW = "/social/imports/new/"


@pytest.fixture(autouse=True)
def _own_files(settings: Settings, tmp_path: Path) -> None:
    settings.MEDIA_ROOT = tmp_path / "files"


@pytest.fixture
def supervisor(db: None) -> User:
    ensure_policy()
    return a_member("Mega Rahayu", Role.SUPERVISOR, teams=(a_team(),), language="en")


@pytest.fixture
def pages(client: Client, supervisor: User) -> Client:
    client.force_login(supervisor)
    return client


def upload(pages: Client, content: bytes, account: str = "@Sapa"):
    file = SimpleUploadedFile("posts.csv", content)
    return pages.post(NEW, {"file": file, "network": "x", "account": account})


@pytest.fixture
def at_once() -> Iterator[None]:
    """Celery runs what it is asked for in this process."""
    app.conf.task_always_eager = True
    yield
    app.conf.task_always_eager = False


@pytest.fixture
def archive(tmp_path: Path) -> bytes:
    rows = [a_row(1, 0, "ani", "@sapa sinyal hilang"), a_row(2, 5, "Sapa", "Kami cek -Dhea", to="ani"), a_row(3, 9, "")]
    return write(tmp_path / "rows.csv", rows, [*COLUMNS, "mood"]).read_bytes()


def test_a_file_is_shown_before_anything_is_stored(pages: Client, archive: bytes) -> None:
    page = pages.get(upload(pages, archive).headers["Location"])
    assert page.context["import"].state == "preview"
    assert page.context["unknown"] == ["mood"]
    assert len(page.context["first"]) == 3
    assert not Post.objects.exists()


def test_begun_it_runs_in_a_worker_and_its_cases_are_there(pages: Client, archive: bytes) -> None:
    place = upload(pages, archive).headers["Location"]
    assert pages.post(f"{place}begin/", {"replay": "on"}).headers["Location"] == place
    queued = PostImport.objects.get()
    assert queued.state == "queued"
    run_post_import(queued.pk)
    page = pages.get(place)
    assert page.context["import"].state == "done"
    assert page.context["replayed"] == {"total": 2, "taken": 2, "percent": 100}
    assert Case.objects.get().is_archive


def test_begun_twice_it_runs_once(pages: Client, archive: bytes) -> None:
    place = upload(pages, archive).headers["Location"]
    pages.post(f"{place}begin/", {"replay": "on"})
    run_post_import(PostImport.objects.get().pk)
    finished = PostImport.objects.get().finished_at
    pages.post(f"{place}begin/", {"replay": "on"})
    run_post_import(PostImport.objects.get().pk)
    assert (PostImport.objects.get().finished_at, Post.objects.count()) == (finished, 2)


def test_the_progress_asks_again_only_while_it_moves(pages: Client, archive: bytes) -> None:
    place = upload(pages, archive).headers["Location"]
    pages.post(f"{place}begin/")
    assert b"every 1s" in pages.get(f"{place}progress/").content
    run_post_import(PostImport.objects.get().pk)
    assert b"every 1s" not in pages.get(f"{place}progress/").content


def test_refused_rows_come_as_a_file_with_their_reasons(pages: Client, archive: bytes) -> None:
    place = upload(pages, archive).headers["Location"]
    pages.post(f"{place}begin/")
    run_post_import(PostImport.objects.get().pk)
    lines = pages.get(f"{place}refused.csv").getvalue().decode("utf-8-sig").splitlines()
    assert lines[1].startswith("3,username,This cell must not be empty.,3,t1,")


def test_a_file_thrown_away_leaves_nothing(pages: Client, archive: bytes, tmp_path: Path) -> None:
    place = upload(pages, archive).headers["Location"]
    pages.post(f"{place}discard/")
    assert not PostImport.objects.exists()
    assert list((tmp_path / "files").rglob("*.csv")) == []


def test_once_its_rows_are_kept_the_file_goes(pages: Client, archive: bytes, tmp_path: Path) -> None:
    pages.post(f"{upload(pages, archive).headers['Location']}begin/")
    run_post_import(PostImport.objects.get().pk)
    assert list((tmp_path / "files").rglob("*.csv")) == []
    assert Post.objects.count() == 2


def test_a_file_looked_at_and_forgotten_goes_after_a_day(pages: Client, archive: bytes, tmp_path: Path) -> None:
    upload(pages, archive)
    resume_imports()
    assert PostImport.objects.exists()
    PostImport.objects.update(created_at=timezone.now() - dt.timedelta(days=2))
    resume_imports()
    assert not PostImport.objects.exists()
    assert list((tmp_path / "files").rglob("*.csv")) == []


def test_a_queued_import_whose_worker_died_is_taken_up_again(pages: Client, archive: bytes, at_once: None) -> None:
    pages.post(f"{upload(pages, archive).headers['Location']}begin/")
    PostImport.objects.update(state="running", moved_at=timezone.now() - dt.timedelta(minutes=2))
    assert resume_imports() == 1
    assert (PostImport.objects.get().state, Post.objects.count()) == ("done", 2)


def test_what_has_begun_cannot_be_thrown_away(pages: Client, archive: bytes) -> None:
    place = upload(pages, archive).headers["Location"]
    pages.post(f"{place}begin/")
    pages.post(f"{place}discard/")
    assert PostImport.objects.get().state == "queued"


@pytest.mark.parametrize(
    "content", [b"tweet_id;text\n1;hai\n", b"\xff\xfe", b"tweet_id,text\n1,hai\n", ",".join(COLUMNS).encode()]
)
def test_a_file_that_is_no_archive_is_refused_at_once(pages: Client, tmp_path: Path, content: bytes) -> None:
    answer = upload(pages, content)
    assert answer.status_code == 422
    assert answer.context["form"].errors["file"]
    assert not PostImport.objects.exists()
    assert list((tmp_path / "files").rglob("*.csv")) == []


def test_an_oversized_file_is_refused_with_the_limit(
    pages: Client, monkeypatch: pytest.MonkeyPatch, archive: bytes
) -> None:
    monkeypatch.setattr(forms, "UPLOAD_LIMIT", 10)
    answer = upload(pages, archive)
    assert "MB" in answer.context["form"].errors["file"][0]
    assert not PostImport.objects.exists()


def test_an_account_of_two_words_is_refused(pages: Client, archive: bytes) -> None:
    assert upload(pages, archive, account="dua kata").context["form"].errors["account"]
    assert not Account.objects.exists()


@pytest.mark.parametrize("path", ["/social/imports/", NEW])
@pytest.mark.parametrize("role", [Role.AGENT, Role.QUALITY, Role.DIVISION])
def test_others_cannot_import(client: Client, db: None, role: str, path: str) -> None:
    client.force_login(a_member(role=role))
    assert client.get(path).status_code == 403


def test_the_list_costs_the_same_for_any_number(
    pages: Client, import_rows: Import, django_assert_max_num_queries
) -> None:
    for number in range(8):
        import_rows([a_row(number, number, "ani")])
    with django_assert_max_num_queries(14):
        assert len(pages.get("/social/imports/").context["rows"]) == 8
