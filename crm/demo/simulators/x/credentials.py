"""The secrets of the simulated app and of our account on it: made at the first start, readable by their owner alone."""

import json
import os
import secrets
from contextlib import suppress
from dataclasses import asdict, dataclass
from pathlib import Path

FILE = "credentials.json"
HANDLE, NAME = "sapa_care", "Sapa Care"


@dataclass(frozen=True)
class Credentials:
    """What X's developer portal shows for an app, and the account it acts for.

    `bearer_token` stands for the app alone (reading), `user_token` is an OAuth 2 token of the account.
    """

    handle: str
    user_id: str
    consumer_key: str
    consumer_secret: str
    access_token: str
    access_secret: str
    bearer_token: str
    user_token: str


def make() -> Credentials:
    user_id = str(1_000_000_000 + secrets.randbelow(9_000_000_000))
    word = secrets.token_hex
    return Credentials(HANDLE, user_id, word(12), word(25), f"{user_id}-{word(20)}", word(22), word(40), word(32))


def credentials(home: Path) -> Credentials:
    """Those of this folder, made when there are none."""
    home.mkdir(mode=0o700, parents=True, exist_ok=True)
    path = home / FILE
    if not path.exists():
        _write(path, make())
    return Credentials(**json.loads(path.read_text()))


def _write(path: Path, made: Credentials) -> None:
    draft = path.with_name(f"{FILE}.{os.getpid()}")
    with os.fdopen(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w") as file:
        json.dump(asdict(made), file, indent=1)
    with suppress(FileExistsError):  # of two first starts at once, one wins and both read the same
        os.link(draft, path)
    draft.unlink()
