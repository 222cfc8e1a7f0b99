"""SAPA_HOME: where the embedded servers, the local secret and uploaded files live."""

import fcntl
import os
import secrets
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import TextIO

CHECKOUT = Path(__file__).resolve().parents[3]
_held: dict[Path, int] = {}


def folder() -> Path:
    """SAPA_HOME, made when missing. Others may pass through it, never list it: the servers' account may have to."""
    path = Path(os.environ.get("SAPA_HOME", "").strip() or CHECKOUT / ".sapa").expanduser().absolute()
    path.mkdir(mode=0o711, parents=True, exist_ok=True)
    return path


def local_secret() -> str:
    """The SECRET_KEY of a set-up that was given none: made once, readable by its owner alone."""
    path = folder() / "secret"
    if not path.exists():
        _write_secret(path)
    return path.read_text()


def _write_secret(path: Path) -> None:
    draft = path.with_name(f"secret.{os.getpid()}")
    with os.fdopen(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w") as file:
        file.write(secrets.token_urlsafe(50))
    with suppress(FileExistsError):  # of two first starts at once, one wins and both read the same
        os.link(draft, path)
    draft.unlink()


@contextmanager
def locked() -> Iterator[None]:
    """One process at a time starts or stops servers."""
    with _open("lock") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        yield


def hold() -> None:
    """Mark the servers as used by this process until it ends, however it ends."""
    if folder() not in _held:
        descriptor = os.open(folder() / "users", os.O_RDWR | os.O_CREAT, 0o600)
        fcntl.flock(descriptor, fcntl.LOCK_SH)
        _held[folder()] = descriptor


@contextmanager
def alone() -> Iterator[bool]:
    """Give up this process's own mark; True while nobody else holds one, and then nobody can join until the end."""
    if descriptor := _held.pop(folder(), None):
        os.close(descriptor)
    with _open("users") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            yield False
        else:
            yield True


def _open(name: str) -> TextIO:
    return os.fdopen(os.open(folder() / name, os.O_RDWR | os.O_CREAT, 0o600))
