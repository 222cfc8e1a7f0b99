"""Files in the background: asked for once, made once, whole, for one pair of eyes."""

import datetime as dt
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest
from django.db import connection
from django.test import Client
from django.utils import timezone
from pytest_django import Settings

from crm.lib.claiming import claimed
from crm.lib.patience import TooLong
from crm.reports import files, making
from crm.reports.actions import begin_export
from crm.reports.making import LOCK, forget, make_due
from crm.reports.models import Export
from crm.reports.tasks import make_exports
from crm.staff.models import Role, User
from tests.people import a_customer, a_member
from tests.reports.conftest import an_answered_case, before

WEEK = {"period": ["week"], "figure": ["opened"]}


@pytest.fixture(autouse=True)
def _own_folder(settings: Settings, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    settings.MEDIA_ROOT = tmp_path
    settings.EXPORT_AT_ONCE = 2
    monkeypatch.setattr("crm.reports.actions.knock", lambda: None)


@pytest.fixture
def cases(sari: User) -> list[int]:
    return [
        an_answered_case(sari, opened=before(hours=n + 1), after=3, customer=a_customer(f"=Customer {n}")).number
        for n in range(4)
    ]


def asked(by: User, key: str = "one", **more: str) -> Export:
    fields = {"source": "volumes-list", "format": "csv", "query": WEEK} | more
    return begin_export(by=by, key=key, rows=4, **fields)  # type: ignore[arg-type]


def text_of(export: Export) -> str:
    return files.path_of(export.file).read_bytes().decode("utf-8-sig")


def test_a_short_list_comes_at_once(pages: Client, sari: User) -> None:
    case = an_answered_case(sari, opened=before(hours=1), after=3)
    file = pages.get("/reports/volumes/list.csv", {"period": "week", "figure": "opened"})
    assert str(case.number) in file.getvalue().decode()
    assert not Export.objects.exists()


@pytest.mark.parametrize(
    "path", ["/reports/volumes/list.csv", "/reports/sla/cases.csv", "/desk/cases.csv?queue=all", "/breaches/export.csv"]
)
def test_a_long_list_is_offered_in_the_background_and_made_by_a_button(
    pages: Client, cases: list[int], path: str, supervisor: User
) -> None:
    from crm.cases.models import Breach
    from crm.cases.sweep import sweep
    from tests.people import a_case

    for _ in range(3):
        a_case(before(hours=30), team=supervisor.teams.get())
    sweep()
    assert Breach.objects.count() > 2
    offer = pages.get(path, follow=True)
    assert offer.redirect_chain
    assert offer.status_code == 200
    assert not Export.objects.exists()
    form = dict(offer.context["hidden"]) | {"key": "abc"}
    for _twice in range(2):
        assert pages.post("/reports/exports/new/", form).headers["Location"] == "/reports/exports/"
    assert make_due() == 1
    export = Export.objects.get()
    assert (export.state, export.by) == ("done", supervisor), export.error
    assert export.done_rows > 2
    assert "Done" in pages.get("/reports/exports/").content.decode()
    fetched = pages.get(f"/reports/exports/{export.pk}/file/")
    assert fetched.getvalue().decode("utf-8-sig") == text_of(export)


def test_a_file_holds_what_its_owner_may_see_and_runs_no_formula(supervisor: User, cases: list[int]) -> None:
    stranger = a_member("Hendro", Role.SUPERVISOR)
    asked(supervisor), asked(stranger, "two")
    assert make_due() == 2
    own, others = Export.objects.get(by=supervisor), Export.objects.get(by=stranger)
    assert text_of(own).count("'=Customer") == 4
    assert (own.done_rows, others.done_rows) == (4, 0)


def test_nobody_else_fetches_or_removes_a_file(client: Client, supervisor: User, cases: list[int]) -> None:
    export = asked(supervisor)
    make_due()
    client.force_login(a_member("Hendro", Role.SUPERVISOR, teams=(supervisor.teams.get(),)))
    assert client.get(f"/reports/exports/{export.pk}/file/").status_code == 404
    assert client.post(f"/reports/exports/{export.pk}/remove/").status_code == 404
    assert Export.objects.filter(pk=export.pk).exists()


def test_who_may_no_longer_have_it_gets_neither_a_new_nor_an_old_file(
    pages: Client, supervisor: User, cases: list[int]
) -> None:
    export = asked(supervisor)
    make_due()
    User.objects.filter(pk=supervisor.pk).update(role=Role.AGENT)
    assert pages.get(f"/reports/exports/{export.pk}/file/").status_code == 403
    waiting = Export.objects.create(by=supervisor, report="volumes-list", query=WEEK, format="csv", key="later")
    make_due()
    waiting.refresh_from_db()
    assert (waiting.state, waiting.file) == ("failed", "")


def test_one_that_was_killed_is_made_anew_and_given_up_after_three_times(
    supervisor: User, cases: list[int], monkeypatch: pytest.MonkeyPatch
) -> None:
    export = asked(supervisor)
    Export.objects.filter(pk=export.pk).update(tries=1, done_rows=3)  # what kill -9 leaves
    (files.room_for("1-half.csv.part")).write_text("half")
    make_due()
    export.refresh_from_db()
    assert (export.state, export.tries, export.done_rows) == ("done", 2, 4)
    poison = asked(supervisor, "two")
    Export.objects.filter(pk=poison.pk).update(tries=3)
    make_due()
    poison.refresh_from_db()
    assert (poison.state, bool(poison.error)) == ("failed", True)


def test_a_fault_leaves_no_half_file_and_names_nobody(
    supervisor: User, cases: list[int], monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(*_args: object) -> None:
        raise RuntimeError("Rina, 0811")

    export = asked(supervisor)
    monkeypatch.setattr(making, "write", broken)
    for _ in range(4):
        make_due()
    export.refresh_from_db()
    assert (export.state, export.file) == ("failed", "")
    assert "Rina" not in export.error


def test_what_takes_too_long_even_so_says_it(
    supervisor: User, cases: list[int], monkeypatch: pytest.MonkeyPatch
) -> None:
    def endless(*_args: object) -> None:
        raise TooLong

    export = asked(supervisor)
    monkeypatch.setattr(making, "_make", endless)
    make_due()
    export.refresh_from_db()
    assert export.state == "failed"
    assert "lama" in export.error or "long" in export.error


def test_a_removed_file_is_gone_from_the_disk(pages: Client, supervisor: User, cases: list[int]) -> None:
    export = asked(supervisor)
    make_due()
    export.refresh_from_db()
    path = files.path_of(export.file)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("django.db.transaction.on_commit", lambda act, **_more: act())
        pages.post(f"/reports/exports/{export.pk}/remove/")
    assert not path.exists()
    assert not Export.objects.exists()


def test_files_are_forgotten_after_their_days(supervisor: User, cases: list[int]) -> None:
    export = asked(supervisor)
    make_due()
    export.refresh_from_db()
    assert forget(now=timezone.now() + dt.timedelta(days=6)) == 0
    assert forget(now=timezone.now() + dt.timedelta(days=8)) == 1
    assert not files.path_of(export.file).exists()


def test_what_is_thrown_away_while_it_is_made_leaves_no_file(
    supervisor: User, cases: list[int], monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    export = asked(supervisor)
    finish = files.finish

    def removed_meanwhile(draft: Path, name: str) -> int:
        Export.objects.filter(pk=export.pk).delete()
        return finish(draft, name)

    monkeypatch.setattr(files, "finish", removed_meanwhile)
    make_due()
    assert list((tmp_path / files.FOLDER).iterdir()) == []


def test_a_file_that_no_export_names_is_dropped_after_a_day(supervisor: User, cases: list[int]) -> None:
    export = asked(supervisor)
    make_due()
    export.refresh_from_db()
    lost, half = (files.room_for(name) for name in ("9-lost.csv", "9-half.csv.part"))
    lost.write_text("lost"), half.write_text("half")
    forget(now=timezone.now() + dt.timedelta(hours=23))
    assert lost.exists()
    forget(now=timezone.now() + dt.timedelta(hours=25))
    assert (lost.exists(), half.exists(), files.path_of(export.file).exists()) == (False, False, True)


def test_one_file_at_a_knock_and_a_knock_for_the_next(
    supervisor: User, cases: list[int], monkeypatch: pytest.MonkeyPatch
) -> None:
    knocks: list[int] = []
    monkeypatch.setattr("crm.reports.tasks.knock", lambda: knocks.append(1))
    asked(supervisor), asked(supervisor, "two")
    assert [make_exports(), make_exports(), make_exports()] == [1, 1, 0]
    assert len(knocks) == 2


@pytest.mark.parametrize("suffix", ["pdf", "exe"])
def test_no_other_format_is_made(pages: Client, suffix: str) -> None:
    assert pages.get("/reports/exports/new/", {"source": "volumes", "format": suffix}).status_code == 404


def test_an_agent_asks_for_no_report(client: Client, sari: User) -> None:
    client.force_login(sari)
    offer = {"source": "volumes-list", "format": "csv", "key": "x"}
    assert client.post("/reports/exports/new/", offer).status_code == 403
    assert client.get("/reports/exports/").status_code == 200
    assert not Export.objects.exists()


@pytest.fixture
def elsewhere(transactional_db: None) -> Iterator[threading.Event]:
    """Another worker has the first export to itself until the event is set."""
    held, done = threading.Event(), threading.Event()

    def work() -> None:
        with claimed(LOCK, Export.objects.get().pk) as mine:
            assert mine
            held.set()
            done.wait(10)
        connection.close()

    supervisor = a_member("Mega Rahayu", Role.SUPERVISOR)
    asked(supervisor)
    worker = threading.Thread(target=work)
    worker.start()
    assert held.wait(10)
    yield done
    done.set()
    worker.join()


def test_a_second_worker_passes_by_what_another_makes(elsewhere: threading.Event) -> None:
    assert make_due() == 0
    assert Export.objects.get().tries == 0


def test_a_worker_that_dies_frees_its_file_at_once(transactional_db: None) -> None:
    """The lock is its connection's: nothing has to run out."""
    export = asked(a_member("Mega Rahayu", Role.SUPERVISOR))

    def die() -> None:
        claimed(LOCK, export.pk).__enter__()
        connection.close()

    worker = threading.Thread(target=die)
    worker.start()
    worker.join()
    assert make_due() == 1
