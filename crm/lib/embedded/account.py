"""Who the servers run as, and where that account can reach its files.

PostgreSQL refuses to run as root, so root lends it an account of its own. Nobody else's folders change mode: what
the account cannot reach is placed or copied under /var/lib/sapa.
"""

import os
import pwd
import shutil
import subprocess
import tempfile
from dataclasses import dataclass
from pathlib import Path
from typing import Any

NAME = "sapa"
ELSEWHERE = Path("/var/lib/sapa")


class ServerFailed(RuntimeError):
    """An embedded server cannot start; the message says what to do."""


@dataclass(frozen=True)
class Account:
    """The user the servers run as: `uid` None means the user who runs us."""

    uid: int | None = None
    gid: int | None = None

    def run(self, *command: str | Path, cwd: Path, **options: Any) -> subprocess.CompletedProcess[str]:
        """Run to the end as this account, apart from our terminal and our PG* variables. Output goes to `stdout`."""
        lent: dict[str, Any] = {} if self.uid is None else {"user": self.uid, "group": self.gid, "extra_groups": []}
        environment = {"PATH": os.environ.get("PATH", os.defpath), "LC_ALL": "C"}
        apart: dict[str, Any] = {"env": environment, "stdin": subprocess.DEVNULL, "start_new_session": True}
        words = [str(word) for word in command]
        return subprocess.run(words, check=False, cwd=cwd, text=True, **apart | lent | options)

    def own(self, path: Path) -> None:
        if self.uid is not None and self.gid is not None:
            os.chown(path, self.uid, self.gid)

    def reaches(self, path: Path) -> bool:
        """Can this account pass through, or run, what lies at `path`?"""
        return self.run("/bin/sh", "-c", 'test -x "$1"', "sh", path, cwd=Path("/")).returncode == 0


def server_account() -> Account:
    if os.geteuid() != 0:
        return Account()
    entry = _entry(NAME) or _created() or _entry("nobody")
    if entry is None:
        raise ServerFailed("PostgreSQL refuses to run as root and no account could be made: run as another user.")
    return Account(entry.pw_uid, entry.pw_gid)


def _entry(name: str) -> pwd.struct_passwd | None:
    try:
        return pwd.getpwnam(name)
    except KeyError:
        return None


def _created() -> pwd.struct_passwd | None:
    if tool := shutil.which("useradd", path="/usr/sbin:/sbin:/usr/bin:/bin"):
        shell = ["--no-create-home", "--home-dir", "/nonexistent", "--shell", "/usr/sbin/nologin"]
        subprocess.run([tool, "--system", *shell, NAME], check=False, capture_output=True)
    return _entry(NAME)


def servers_folder(home: Path) -> tuple[Path, Account]:
    """`home/servers`, owned by the account; a link to a folder elsewhere when the account cannot reach `home`."""
    account, path = server_account(), home / "servers"
    if not path.exists():
        path.unlink(missing_ok=True)
        _make(path, account)
    return path.resolve(), account


def _make(path: Path, account: Account) -> None:
    if account.reaches(path.parent):
        path.mkdir(mode=0o700)
        account.own(path)
        return
    ELSEWHERE.mkdir(mode=0o711, parents=True, exist_ok=True)
    place = Path(tempfile.mkdtemp(dir=ELSEWHERE))
    account.own(place)
    path.symlink_to(place)


def reachable(program: Path, servers: Path, account: Account, *, trees: tuple[Path, ...]) -> Path:
    """`program`, or its copy where the account can run it; `trees` are the sibling folders that it needs."""
    if account.reaches(program):
        return program
    copies = servers / "programs"
    for tree in trees:
        _copy(tree, copies / tree.name)
    return copies / program.relative_to(trees[0].parent)


def _copy(tree: Path, copy: Path) -> None:
    if copy.exists() or not tree.exists():
        return
    draft = copy.with_name(f"{copy.name}.new")
    shutil.rmtree(draft, ignore_errors=True)
    shutil.copytree(tree, draft, symlinks=True)
    subprocess.run(["chmod", "-R", "a+rX", str(copy.parent)], check=True)
    draft.rename(copy)
