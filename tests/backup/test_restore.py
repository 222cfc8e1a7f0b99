"""The way back, on the same server: everything equal, or nothing changed."""

import json
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import psycopg2
import pytest
from django.core.management import CommandError, call_command
from django.db import connection, transaction
from django.utils import timezone
from pytest_django import DjangoDbBlocker, Settings

from crm.cases.models import Breach, Case
from crm.cases.sweep import sweep
from crm.customers import holdings
from crm.customers.models import Customer
from crm.demo.bench.database import drop
from crm.events import subscribe
from crm.lib.backup import restore
from crm.lib.backup.make import make_backup
from crm.lib.backup.manifest import checksum, read_manifest
from crm.lib.backup.tools import environment, target
from crm.privacy import ledger
from crm.timeline.models import Interaction
from tests.backup.conftest import everything, held
from tests.people import a_case, a_customer
from tests.template import copy

pytestmark = pytest.mark.usefixtures("operator")


@pytest.fixture(scope="module", autouse=True)
def _own_database(django_db_setup: None, django_db_blocker: DjangoDbBlocker) -> Iterator[None]:
    """These tests throw a schema away: one that fails leaves the database of the others whole. Nor may anybody else be
    connected: after a browser test the worker has a second connection, for Playwright's loop runs in its thread."""
    usual = connection.settings_dict["NAME"]
    own = f"{usual}_restored"
    with django_db_blocker.unblock():
        copy(own)
        connection.close()
        connection.settings_dict["NAME"] = own
        yield
        connection.close()
        connection.settings_dict["NAME"] = usual
        drop(own)


@pytest.fixture
def made(folder: Path) -> Path:
    return make_backup(folder)


def destroy(files: Path) -> None:
    """The disk is gone: no table and no file is left."""
    with connection.cursor() as cursor:
        cursor.execute("DROP SCHEMA public CASCADE; CREATE SCHEMA public")
    for path in files.rglob("*.*"):
        path.unlink()


def test_all_is_back(made: Path, files: Path) -> None:
    before, kept = everything(), held(files)
    destroy(files)

    call_command("restore", str(made))

    assert everything() == before
    assert held(files) == kept


def test_a_connection_that_is_just_leaving_holds_up_nothing(made: Path, files: Path, monkeypatch) -> None:
    seen = iter([["pg_dump (process 812)"], ["pg_dump (process 812)"], []])
    monkeypatch.setattr(restore, "_others", lambda: next(seen))
    destroy(files)
    call_command("restore", str(made))
    assert next(seen, None) is None


def test_clocks_go_on_and_events_are_read_on(made: Path, files: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    destroy(files)
    call_command("restore", str(made))

    sweep()
    new = a_case(customer=a_customer("Budi Santoso"))
    read: list[str] = []
    kinds = ("case.opened", "clock.breached")
    monkeypatch.setattr(subscribe, "_subscribers", {"reader": (lambda event: read.append(event.kind), kinds)})
    subscribe.deliver_all()

    assert Breach.objects.count() == 1
    assert sorted(read) == [*["case.opened"] * 3, "clock.breached"]
    assert new.pk == max(Case.objects.values_list("pk", flat=True))


def test_what_is_there_is_not_overwritten_unasked(made: Path, files: Path) -> None:
    a_case(customer=a_customer("Budi Santoso"))
    refused(made, "not empty", files)


def test_with_force_it_is(made: Path, files: Path) -> None:
    before, kept = everything(), held(files)
    a_case(customer=a_customer("Budi Santoso"))
    (files / "later.txt").write_text("later")
    call_command("restore", str(made), force=True)
    assert everything() == before
    assert held(files) == kept
    assert sorted(path.name for path in files.parent.iterdir()) == ["files"]


def test_files_without_a_database_are_not_overwritten_either(made: Path, files: Path) -> None:
    with connection.cursor() as cursor:
        cursor.execute("DROP SCHEMA public CASCADE; CREATE SCHEMA public")
    with pytest.raises(CommandError, match=r"files is not empty"):
        call_command("restore", str(made))
    assert held(files)
    call_command("restore", str(made), force=True)


def test_whoever_was_erased_after_the_backup_stays_erased(
    made: Path, files: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    rina, agus = Customer.objects.get(name="Rina Maharani"), Customer.objects.get(name="Agus Salim")
    with transaction.atomic():
        holdings.erase(holdings.person_of(rina))
        Customer.objects.filter(pk=rina.pk).update(erased_at=timezone.now())
    assert ledger.write_missing() == 1
    assert ledger.write_missing() == 0

    call_command("restore", str(made), force=True)

    assert "1 customers erased again" in capsys.readouterr().out
    assert Customer.objects.get(pk=rina.pk).name != "Rina Maharani"
    assert Customer.objects.get(pk=rina.pk).erased_at
    assert not Interaction.objects.filter(customer=rina).exclude(text="").exists()
    assert held(files) == {}  # her file went from the disk again
    assert Customer.objects.get(pk=agus.pk).name == "Agus Salim"


def test_a_number_that_was_given_anew_is_somebody_else(made: Path, files: Path) -> None:
    rina = Customer.objects.get(name="Rina Maharani")
    line = json.dumps({"customer": rina.pk, "created_at": "2020-01-01T00:00:00+00:00"})
    ledger.place().write_text(f"{line}\n{{cut sho")
    before = everything()
    call_command("restore", str(made), force=True)
    assert everything() == before


def flip_a_byte(path: Path) -> None:
    content = bytearray(path.read_bytes())
    content[len(content) // 2] ^= 1
    path.write_bytes(content)


def say(made: Path, **changed: Any) -> None:
    """An honest manifest that says something else."""
    replace(read_manifest(made), **changed).write(made)


@pytest.mark.parametrize(
    ("damage", "why"),
    [
        (lambda made: flip_a_byte(made / "database.dump"), r"database\.dump was changed"),
        (lambda made: flip_a_byte(next((made / "files").rglob("*.txt"))), r"files/.*\.txt was changed"),
        (lambda made: next((made / "files").rglob("*.txt")).unlink(), r"files/.*\.txt is missing"),
        (lambda made: (made / "files" / "shell.php").write_text("?"), r"shell\.php does not belong"),
        (lambda made: (made / "manifest.json").unlink(), r"no whole backup"),
        (lambda made: flip_a_byte(made / "manifest.json"), r"manifest\.json was changed"),
        (lambda made: (made / "manifest.json").write_text("[]"), r"manifest\.json was changed"),
        (lambda made: say(made, format=2), r"format 2"),
        (lambda made: say(made, postgresql=99), r"PostgreSQL 99, the server here is 18"),
        (lambda made: say(made, migrations=["cases.9999_of_tomorrow"]), r"newer Sapa .*cases\.9999_of_tomorrow"),
        (lambda made: say(made, rows={"cases_case": 7}), r"not 7 rows in public\.\"cases_case\""),
    ],
)
def test_a_backup_that_is_not_what_it_was_is_refused(
    made: Path, files: Path, damage: Callable[[Path], object], why: str
) -> None:
    damage(made)
    refused(made, why, files, force=True)


def refused(made: Path, why: str, files: Path, **options: bool) -> None:
    before, kept = everything(), held(files)
    with pytest.raises(CommandError, match=why):
        call_command("restore", str(made), **options)
    assert everything() == before
    assert held(files) == kept
    assert sorted(path.name for path in files.parent.iterdir()) == ["files"]


def test_a_dump_that_ends_in_the_middle_changes_nothing(made: Path, files: Path) -> None:
    """Even where somebody made the checksums anew: what pg_restore does not finish is not committed."""
    dump = made / "database.dump"
    dump.write_bytes(dump.read_bytes()[:-20_000])
    say(made, checksums=read_manifest(made).checksums | {"database.dump": checksum(dump)})
    refused(made, "is as it was", files, force=True)


def test_naming_the_folder_above_lists_what_is_in_it(made: Path) -> None:
    with pytest.raises(CommandError, match=f"name one: {made.name}"):
        call_command("restore", str(made.parent), force=True)


@pytest.fixture
def somebody_at_work() -> Iterator[None]:
    """A worker that was not stopped."""
    other = psycopg2.connect(target(), password=environment().get("PGPASSWORD", ""))
    yield
    other.close()


def test_nobody_may_be_at_work(made: Path, files: Path, somebody_at_work: None) -> None:
    refused(made, r"in use by client backend \(process \d+\): stop Sapa", files, force=True)


def test_a_secret_sealed_with_another_key_is_told(
    made: Path, settings: Settings, capsys: pytest.CaptureFixture[str]
) -> None:
    call_command("restore", str(made), force=True)
    assert "Warning" not in capsys.readouterr().out
    settings.SEALING_KEYS = ["another"]
    call_command("restore", str(made), force=True)
    assert "open the secrets of x sapa." in capsys.readouterr().out
