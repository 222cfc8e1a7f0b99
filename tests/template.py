"""A migrated database that every test database is copied from: the migrations run once, and not once a worker."""

import os
import subprocess
from dataclasses import dataclass
from pathlib import Path

from django.db import connection
from psycopg2.extensions import AsIs

from crm.demo.bench.database import drop, environment, execute, fingerprint, prepare
from crm.lib.backup.tools import program
from crm.lib.embedded import home

NAME = "sapa_template"
LOCK = 0x5A7E
WITHOUT_AUTOVACUUM = """
DO $$ DECLARE name text; BEGIN
    FOR name IN SELECT oid::regclass FROM pg_class WHERE relkind = 'r' AND relnamespace = 'public'::regnamespace LOOP
        EXECUTE format('ALTER TABLE %s SET (autovacuum_enabled = off)', name);
    END LOOP;
END $$
"""


@dataclass(frozen=True)
class Template:
    dump: Path
    reader: str

    def fill(self, url: str) -> None:
        """The tables of an empty database: in a tenth of the time that migrating takes."""
        command = [self.reader, "--no-owner", f"--dbname={url}", str(self.dump)]
        subprocess.run(command, check=True, timeout=60)


def ensure_template() -> Template:
    """Make the database and a dump of it, for servers of a test's own, unless they are there.

    Whoever comes second waits: afterwards nobody connects to the database any more, so that all may copy it.
    """
    dump = home.folder() / f"template-{fingerprint()[:16]}.dump"
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_lock(%s)", [LOCK])
    try:
        prepare(NAME)
        template = Template(dump, program("pg_restore"))
        if not dump.exists():
            _dump(dump)
    finally:
        connection.close()
    return template


def _dump(path: Path) -> None:
    for older in path.parent.glob("template-*.dump"):
        older.unlink(missing_ok=True)
    draft = path.with_suffix(f".{os.getpid()}")
    url = environment(NAME)["DATABASE_URL"]
    subprocess.run([program("pg_dump"), "--format=custom", f"--file={draft}", f"--dbname={url}"], check=True)
    draft.rename(path)


def copy(name: str) -> None:
    """A migrated database of that name, instead of one that is there."""
    drop(name)
    execute("CREATE DATABASE %s TEMPLATE %s", AsIs(name), AsIs(NAME))


def without_autovacuum() -> None:
    """Inside a test's long transaction it would note a table as empty, and every later plan would believe that."""
    with connection.cursor() as cursor:
        cursor.execute(WITHOUT_AUTOVACUUM)
