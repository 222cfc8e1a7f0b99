"""What the simulator remembers: one SQLite file of its own, so that a restart forgets nothing."""

import json
import secrets
import sqlite3
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

SCHEMA = """
CREATE TABLE IF NOT EXISTS users (
    id TEXT PRIMARY KEY, username TEXT NOT NULL UNIQUE COLLATE NOCASE, name TEXT NOT NULL,
    is_ours INTEGER NOT NULL DEFAULT 0, takes_messages INTEGER NOT NULL DEFAULT 1, created_at INTEGER NOT NULL);
CREATE TABLE IF NOT EXISTS posts (
    id INTEGER PRIMARY KEY, author_id TEXT NOT NULL, text TEXT NOT NULL, conversation_id INTEGER NOT NULL,
    reply_to INTEGER, quotes INTEGER, media TEXT NOT NULL DEFAULT '[]', shown_from INTEGER NOT NULL DEFAULT 0,
    created_at INTEGER NOT NULL);
CREATE INDEX IF NOT EXISTS thread ON posts (conversation_id);
CREATE INDEX IF NOT EXISTS author ON posts (author_id);
CREATE TABLE IF NOT EXISTS mentions (
    user_id TEXT NOT NULL, post_id INTEGER NOT NULL, PRIMARY KEY (user_id, post_id)) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS messages (
    id INTEGER PRIMARY KEY, sender_id TEXT NOT NULL, recipient_id TEXT NOT NULL, text TEXT NOT NULL,
    media TEXT NOT NULL DEFAULT '[]', created_at INTEGER NOT NULL);
CREATE INDEX IF NOT EXISTS sender ON messages (sender_id);
CREATE TABLE IF NOT EXISTS media (
    id INTEGER PRIMARY KEY, owner_id TEXT NOT NULL, category TEXT NOT NULL, type TEXT NOT NULL,
    size INTEGER NOT NULL, content BLOB, created_at INTEGER NOT NULL);
CREATE TABLE IF NOT EXISTS parts (
    media_id INTEGER NOT NULL, number INTEGER NOT NULL, content BLOB NOT NULL, PRIMARY KEY (media_id, number));
CREATE TABLE IF NOT EXISTS webhooks (
    id INTEGER PRIMARY KEY, url TEXT NOT NULL UNIQUE, valid INTEGER NOT NULL DEFAULT 0,
    insist INTEGER NOT NULL DEFAULT 0, check_at INTEGER NOT NULL, created_at INTEGER NOT NULL);
CREATE TABLE IF NOT EXISTS subscriptions (
    id INTEGER PRIMARY KEY, event_type TEXT NOT NULL, user_id TEXT NOT NULL, tag TEXT NOT NULL DEFAULT '',
    webhook_id INTEGER NOT NULL, created_at INTEGER NOT NULL, UNIQUE (event_type, user_id, webhook_id));
CREATE TABLE IF NOT EXISTS deliveries (
    id INTEGER PRIMARY KEY, webhook_id INTEGER NOT NULL, event_type TEXT NOT NULL, body BLOB NOT NULL,
    signed INTEGER NOT NULL DEFAULT 1, state TEXT NOT NULL DEFAULT 'waiting', tries INTEGER NOT NULL DEFAULT 0,
    due_at INTEGER NOT NULL, answer TEXT NOT NULL DEFAULT '', created_at INTEGER NOT NULL);
CREATE INDEX IF NOT EXISTS due ON deliveries (state, due_at);
"""
EPOCH_MS = 1_288_834_974_657  # what X's ids count from


class Store:
    """A connection shared by the threads of one process, one at a time; safe beside another process."""

    def __init__(self, path: Path) -> None:
        self._lock = threading.RLock()
        self._connection = sqlite3.connect(path, check_same_thread=False, isolation_level=None, timeout=10)
        self._connection.row_factory = sqlite3.Row
        self._connection.execute("PRAGMA journal_mode = WAL")
        self._connection.execute("PRAGMA synchronous = NORMAL")
        self._connection.executescript(SCHEMA)
        self._last_id = 0

    def close(self) -> None:
        self._connection.close()

    @contextmanager
    def transaction(self) -> Iterator[None]:
        """All or nothing; within another it is part of that."""
        with self._lock:
            if self._connection.in_transaction:
                yield
                return
            self._connection.execute("BEGIN IMMEDIATE")
            try:
                yield
            except BaseException:
                self._connection.execute("ROLLBACK")
                raise
            self._connection.execute("COMMIT")

    def run(self, statement: str, *values: Any) -> int:
        """Returns how many rows it changed."""
        with self._lock:
            return self._connection.execute(statement, values).rowcount

    def rows(self, query: str, *values: Any) -> list[sqlite3.Row]:
        with self._lock:
            return self._connection.execute(query, values).fetchall()

    def row(self, query: str, *values: Any) -> sqlite3.Row | None:
        return next(iter(self.rows(query, *values)), None)

    def add(self, table: str, **values: Any) -> None:
        columns, marks = ", ".join(values), ", ".join("?" * len(values))
        self.run(f"INSERT INTO {table} ({columns}) VALUES ({marks})", *values.values())

    def empty(self) -> None:
        """No customer and no word said; our account, its webhooks and what was delivered stay."""
        with self.transaction():
            for table in ("posts", "mentions", "messages", "media", "parts"):
                self.run(f"DELETE FROM {table}")
            self.run("DELETE FROM users WHERE NOT is_ours")

    def new_id(self, at_ms: int | None = None) -> int:
        """Grows with time as X's do, never twice: since_id and paging rest on it."""
        with self._lock:
            if at_ms is not None:  # of the past: told apart by chance
                return ((at_ms - EPOCH_MS) << 22) + secrets.randbelow(1 << 22)
            self._last_id = max((now_ms() - EPOCH_MS) << 22, self._last_id + 1)
            return self._last_id


def now_ms() -> int:
    return time.time_ns() // 1_000_000


def words(text: str) -> list[int]:
    """The ids of a media column."""
    return [int(one) for one in json.loads(text)]
