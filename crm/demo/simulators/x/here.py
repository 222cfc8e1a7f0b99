"""What this process holds: its store, its credentials, its address."""

from dataclasses import dataclass
from functools import cache
from pathlib import Path

from crm.demo.simulators.x.credentials import NAME, Credentials, credentials
from crm.demo.simulators.x.people import User, by_id, ensure_user
from crm.demo.simulators.x.store import Store


@dataclass
class Place:
    """The folder of its data and where it is served (no slash at the end): told once, before the first call."""

    home: Path = Path()
    url: str = ""


PLACE = Place()


@cache
def secrets() -> Credentials:
    return credentials(PLACE.home)


@cache
def store() -> Store:
    return open_store(PLACE.home)


def open_store(folder: Path) -> Store:
    """The store of a folder, with our account in it."""
    ours = credentials(folder)
    opened = Store(folder / "x.sqlite3")
    ensure_user(opened, ours.handle, NAME, user_id=ours.user_id, is_ours=True)
    return opened


def us() -> User:
    """The account the app acts for."""
    found = by_id(store(), secrets().user_id)
    assert found
    return found
