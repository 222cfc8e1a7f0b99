"""The benches' own database: made on demand, migrated, kept between runs as long as the migrations are the same."""

import hashlib
import os
import subprocess
import sys
from contextlib import suppress
from pathlib import Path
from urllib.parse import urlsplit

import psutil
import psycopg2
from django.db import connection
from django.db.migrations.loader import MigrationLoader
from psycopg2.extensions import AsIs

NAME = "sapa_bench"
BROKER_NUMBER = 9


def environment(name: str = NAME) -> dict[str, str]:
    """The environment of a process that works on a bench database, never on the product's."""
    database = urlsplit(os.environ["DATABASE_URL"])._replace(path=f"/{name}").geturl()
    broker = urlsplit(os.environ["REDIS_URL"])._replace(path=f"/{BROKER_NUMBER}").geturl()
    return os.environ | {"DATABASE_URL": _with_empty_host(database), "REDIS_URL": broker}


def _with_empty_host(url: str) -> str:
    """urlunsplit drops the `//` of a URL without a host; the socket folder stands in the query."""
    return url if "://" in url else url.replace(":", "://", 1)


def prepare(name: str = NAME, fresh: bool = False) -> None:
    """Make the database when it is missing, was made by other migrations, or `fresh` is asked."""
    wanted = fingerprint()
    if fresh or _comment(name) != wanted:
        drop(name)
        execute("CREATE DATABASE %s", AsIs(name))
        subprocess.run([sys.executable, "manage.py", "migrate", "--verbosity=0"], env=environment(name), check=True)
        execute("COMMENT ON DATABASE %s IS %s", AsIs(name), wanted)


def drop(name: str) -> None:
    execute("DROP DATABASE IF EXISTS %s WITH (FORCE)", AsIs(name))


def fingerprint() -> str:
    """Changes with any migration's text: until the first release a migration may be written anew."""
    loader = MigrationLoader(connection, ignore_no_migrations=True)
    files = (Path(sys.modules[migration.__module__].__file__ or "") for migration in loader.disk_migrations.values())
    return hashlib.sha256(b"".join(file.read_bytes() for file in sorted(files))).hexdigest()


def _comment(name: str) -> str | None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT shobj_description(oid, 'pg_database') FROM pg_database WHERE datname = %s", [name])
        row = cursor.fetchone()
    return row[0] if row else None


def processor_seconds() -> float:
    """What the database server has used so far, all its processes; 0 where it runs elsewhere."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_backend_pid()")
        number = cursor.fetchone()[0]
    try:
        server = psutil.Process(number).parent()
    except psutil.NoSuchProcess:
        return 0.0
    if server is None:
        return 0.0
    ended = server.cpu_times()
    return float(ended.children_user + ended.children_system + sum(map(_used, server.children())))


def _used(process: psutil.Process) -> float:
    with suppress(psutil.NoSuchProcess):
        times = process.cpu_times()
        return float(times.user + times.system)
    return 0.0


def execute(statement: str, *parameters: object) -> None:
    """CREATE and DROP DATABASE refuse to run inside a transaction or on the database itself."""
    own = psycopg2.connect(**{**connection.get_connection_params(), "dbname": "postgres"})
    try:
        own.autocommit = True
        own.cursor().execute(statement, parameters)
    finally:
        own.close()
