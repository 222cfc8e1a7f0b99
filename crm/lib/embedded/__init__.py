"""Real PostgreSQL and Valkey for whoever has none: started when DATABASE_URL or REDIS_URL (or its _FILE) is not set.

Both live under SAPA_HOME and outlive the command that started them; docs/adr/0002-embedded-servers.md says why.
"""

import os

from crm.lib.embedded import home, postgres, valkey
from crm.lib.embedded.account import ServerFailed, servers_folder
from crm.lib.embedded.home import local_secret

__all__ = ["ServerFailed", "ensure_servers", "local_secret", "stop_if_unused", "stop_servers"]

SERVERS = {"DATABASE_URL": postgres, "REDIS_URL": valkey}
_exported: dict[str, str] = {}


def ensure_servers() -> None:
    """Start or join the servers whose URL the environment does not give, and export their URLs.

    Cheap when they run; call it again to bring back what died. Does nothing in production, which must give its URLs.
    Raises ServerFailed with the end of the server's log.
    """
    if os.environ.get("SAPA_ENV") == "production":
        return
    ours = [name for name in SERVERS if not os.environ.get(f"{name}_FILE")]
    wanted = [name for name in ours if os.environ.get(name) == _exported.get(name)]
    if not wanted:
        return
    try:
        home.hold()
        for name in wanted:
            os.environ[name] = _exported[name] = _join(name) or _start(name)
    except PermissionError as error:
        raise ServerFailed(f"{home.folder()} is another user's: give SAPA_HOME a folder of your own.") from error


def stop_servers() -> None:
    """Stop both servers of this SAPA_HOME, whoever uses them."""
    with home.locked():
        for server in SERVERS.values():
            server.stop(home.folder() / "servers")


def stop_if_unused() -> bool:
    """Stop the servers unless another process has joined them; returns whether they were stopped."""
    with home.alone() as alone:
        if alone:
            stop_servers()
        return alone


def _join(name: str) -> str | None:
    return SERVERS[name].url(home.folder() / "servers")


def _start(name: str) -> str:
    with home.locked():
        return _join(name) or SERVERS[name].start(*servers_folder(home.folder()))
