"""An operator with cases, a file and a sealed secret, and everything its database holds."""

import datetime as dt
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import psycopg2
import pytest
from django.db import connection
from django.utils import timezone
from pytest_django import Settings

from crm.cases.defaults import ensure_policy
from crm.lib.backup.make import tables
from crm.messaging.models import Connection
from crm.timeline.attachments import keep_file
from crm.timeline.models import Interaction
from tests.people import a_case, a_customer, a_member, a_team

# The numbers of transactions belong to a server; these columns are made anew by a restore.
OF_A_SERVER = {"events_event": ["transaction"], "events_subscriber": ["transaction", "event_id"]}


@pytest.fixture
def files(tmp_path: Path, settings: Settings) -> Path:
    """Where the files of this test lie."""
    settings.MEDIA_ROOT = tmp_path / "home" / "files"
    return settings.MEDIA_ROOT


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return tmp_path / "backups"


@pytest.fixture
def operator(files: Path, transactional_db: None) -> Iterator[None]:
    ensure_policy()
    sari = a_member(teams=(a_team(),))
    long_ago = timezone.now() - dt.timedelta(minutes=20)  # and nobody swept since
    for name, at in (("Rina Maharani", long_ago), ("Agus Salim", None)):
        a_case(at, customer=a_customer(name), team=sari.team, by=sari)
    seen = Interaction.objects.earliest("pk")
    keep_file(content=b"Sinyal hilang sejak pagi.", name="keluhan.txt", interaction=seen)
    x = Connection(channel="x", account="sapa")
    x.secrets = {"token": "of-the-network"}
    x.save()
    yield
    connection.close()


def everything(url: str = "") -> dict[str, list[str]]:
    """Every row of every table of our database, or of the same tables on another server."""
    with psycopg2.connect(url) if url else connection.cursor() as source:
        cursor = source.cursor() if url else source
        return {table: rows(cursor, table) for table in tables()}


def rows(cursor: Any, table: str) -> list[str]:
    of_a_server = OF_A_SERVER.get(table, [])
    cursor.execute(f'SELECT (to_jsonb(t) - %s::text[])::text FROM "{table}" t ORDER BY 1', [of_a_server])
    return [row for (row,) in cursor.fetchall()]


def held(files: Path) -> dict[str, bytes]:
    return {path.relative_to(files).as_posix(): path.read_bytes() for path in files.rglob("*") if path.is_file()}
