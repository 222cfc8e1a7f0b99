"""Making backups: whole or not at all, and no more of them than asked for."""

import datetime as dt
import json
import os
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command
from django.db import connection
from django.utils import timezone
from pytest_django import Settings

from crm.cases.models import Case
from crm.lib.backup import BackupFailed, make, tools
from crm.lib.backup.make import backups, make_backup
from crm.lib.backup.manifest import read_manifest, verify
from tests.backup.conftest import held
from tests.connections import somebody_else
from tests.people import a_case, a_customer

pytestmark = pytest.mark.usefixtures("operator")


def test_a_backup_says_what_it_holds(folder: Path, files: Path) -> None:
    made = make_backup(folder)
    manifest = read_manifest(made)
    verify(made, manifest)
    assert manifest.rows["cases_case"] == Case.objects.count() == 2
    assert held(made / "files") == held(files) != {}
    assert any(name.startswith("cases.") for name in manifest.migrations)


def test_a_backup_is_for_its_owner_alone(folder: Path) -> None:
    assert [path.stat().st_mode & 0o077 for path in (make_backup(folder), folder)] == [0, 0]


def test_what_happens_during_a_backup_is_not_half_in_it(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A case opened between the dump and the counts belongs to neither."""

    def busy(*command: str) -> None:
        run(*command)
        with somebody_else() as does:
            does(lambda: a_case(customer=a_customer("Budi Santoso")).pk).result()

    run = make._run
    monkeypatch.setattr(make, "_run", busy)
    made = make_backup(folder)
    assert Case.objects.count() == 3
    assert read_manifest(made).rows["cases_case"] == 2


def test_a_failed_backup_leaves_nothing_and_removes_no_older_one(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    older = make_backup(folder, at=timezone.now() - dt.timedelta(days=1))

    def full(*_: object) -> None:
        raise OSError("No space left on device")

    monkeypatch.setattr(make, "_copy_files", full)
    with pytest.raises(CommandError, match="No space left"):
        call_command("backup", str(folder), keep=1)
    assert [path.name for path in folder.iterdir() if path.name != ".lock"] == [older.name]


def test_what_a_killed_backup_left_is_never_taken_for_one_and_goes_with_the_next(folder: Path) -> None:
    left = folder / ".partial-4711"
    left.mkdir(parents=True)
    (left / "manifest.json").write_text("{}")
    assert backups(folder) == []
    made = make_backup(folder)
    assert backups(folder) == [made]
    assert not left.exists()


def test_the_newest_are_kept(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    days = [make_backup(folder, at=timezone.now() - dt.timedelta(days=days)) for days in (3, 2, 1)]
    call_command("backup", str(folder), keep=2)
    assert [path.name for path in backups(folder)] == [days[-1].name, Path(capsys.readouterr().out.strip()).name]


def test_without_a_number_all_are_kept(folder: Path) -> None:
    made = [make_backup(folder, at=timezone.now() - dt.timedelta(days=days)) for days in (2, 1, 0)]
    assert backups(folder) == made


@pytest.mark.parametrize("keep", ["0", "-1", "many"])
def test_keeping_none_is_no_wish(folder: Path, keep: str) -> None:
    with pytest.raises(CommandError, match="--keep"):
        call_command("backup", str(folder), f"--keep={keep}")
    assert not folder.exists()


def test_a_file_takes_no_room_twice(folder: Path) -> None:
    first, second = (make_backup(folder, at=timezone.now() - dt.timedelta(days=days)) for days in (1, 0))
    (one,), (other,) = ((made / "files").rglob("*.txt") for made in (first, second))
    assert os.path.samefile(one, other)


def test_a_file_that_rotted_in_the_backup_before_is_copied_anew(folder: Path, files: Path) -> None:
    first = make_backup(folder, at=timezone.now() - dt.timedelta(days=1))
    (one,) = (first / "files").rglob("*.txt")
    found = one.stat()
    one.write_bytes(one.read_bytes()[::-1])
    os.utime(one, ns=(found.st_atime_ns, found.st_mtime_ns))  # a bad disk tells nobody
    assert held(make_backup(folder) / "files") == held(files)


def test_two_backups_do_not_mix(folder: Path) -> None:
    with make._the_only_one(folder), pytest.raises(BackupFailed, match="Another backup"):
        make_backup(folder)
    assert backups(folder) == []


def test_a_program_that_is_too_old_is_named_with_what_to_install(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tools, "_places", lambda name: [f"/usr/bin/{name}"])
    monkeypatch.setattr(tools, "_major", lambda path: 15)
    with pytest.raises(BackupFailed, match=r"pg_dump of PostgreSQL 18 .* found: 15 \(/usr/bin/pg_dump\).*client-18"):
        make_backup(folder)
    assert backups(folder) == []


def test_no_password_stands_on_a_command_line(settings: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(connection.settings_dict, "PASSWORD", "p@ss")
    assert "p@ss" not in tools.target()
    assert tools.environment()["PGPASSWORD"] == "p@ss"


def test_the_manifest_holds_no_personal_data(folder: Path) -> None:
    text = (make_backup(folder) / "manifest.json").read_text()
    assert "Rina" not in text
    assert json.loads(text)["format"] == 1
