"""Users of the simulated network."""

import re
import sqlite3
from dataclasses import dataclass

from crm.demo.simulators.x.store import Store, now_ms

HANDLE = re.compile(r"[A-Za-z0-9_]{1,15}")
MENTION = re.compile(r"(?<![A-Za-z0-9_@])@([A-Za-z0-9_]{1,15})")


class BadHandle(ValueError):
    """X's handles have 1 to 15 letters, figures or underscores."""


@dataclass(frozen=True)
class User:
    """Somebody on X; `takes_messages` from accounts that they did not write to."""

    id: str
    username: str
    name: str
    is_ours: bool
    takes_messages: bool
    created_at: int


def _user(row: sqlite3.Row) -> User:
    facts = dict(row) | {"is_ours": bool(row["is_ours"]), "takes_messages": bool(row["takes_messages"])}
    return User(**facts)


def ensure_user(store: Store, username: str, name: str = "", *, user_id: str = "", is_ours: bool = False) -> User:
    """The user of this handle, made when missing. Raises BadHandle."""
    username = username.removeprefix("@").strip()
    if not HANDLE.fullmatch(username):
        raise BadHandle(username)
    with store.transaction():
        if known := by_name(store, username):
            return known
        made_id, name = user_id or str(store.new_id()), name or username
        store.add("users", id=made_id, username=username, name=name, is_ours=is_ours, created_at=now_ms())
    return User(made_id, username, name, is_ours, True, now_ms())


def by_id(store: Store, user_id: str) -> User | None:
    row = store.row("SELECT * FROM users WHERE id = ?", user_id)
    return _user(row) if row else None


def by_name(store: Store, username: str) -> User | None:
    row = store.row("SELECT * FROM users WHERE username = ?", username)
    return _user(row) if row else None


def by_ids(store: Store, ids: set[str]) -> dict[str, User]:
    marks = ", ".join("?" * len(ids))
    found = store.rows(f"SELECT * FROM users WHERE id IN ({marks})", *ids)
    return {row["id"]: _user(row) for row in found}


def customers(store: Store) -> list[User]:
    """Everybody but us: whoever spoke last comes first."""
    spoke = (
        "SELECT max(id) FROM (SELECT id, author_id AS who FROM posts UNION ALL SELECT id, sender_id FROM messages)"
        " WHERE who = users.id"
    )
    query = f"SELECT * FROM users WHERE NOT is_ours ORDER BY ({spoke}) DESC NULLS LAST, username"
    return [_user(row) for row in store.rows(query)]


def set_takes_messages(store: Store, user: User, *, takes: bool) -> None:
    store.run("UPDATE users SET takes_messages = ? WHERE id = ?", takes, user.id)


def mentioned(store: Store, text: str) -> list[tuple[int, int, User]]:
    """Start and end in the text, and who: only users there are, as X does it."""
    found = [(match.start(), match.end(), by_name(store, match[1])) for match in MENTION.finditer(text)]
    return [(start, end, user) for start, end, user in found if user]
