"""The thread that carries events to webhooks and asks them whether they still know the secret."""

import base64
import hashlib
import hmac
import secrets
import sqlite3
import threading
from contextlib import suppress

import requests

from crm.demo.simulators.x.events import FORGED, UNSIGNED
from crm.demo.simulators.x.store import Store, now_ms

PATIENCE = 10.0  # seconds a webhook has for its answer, as on X
CRC_PATIENCE = 3.0
LOOK_EVERY = 0.1
OLDEST_KEPT = "(SELECT id FROM deliveries ORDER BY id DESC LIMIT 1 OFFSET 500)"
RETRY_AFTER_MS = (1_000, 5_000, 30_000)
CHECK_EVERY_MS, INSIST_EVERY_MS = 3_600_000, 2_000
SIGNATURE = "x-twitter-webhooks-signature"


def signature(secret: str, body: bytes) -> str:
    digest = hmac.new(secret.encode(), body, hashlib.sha256).digest()
    return "sha256=" + base64.b64encode(digest).decode()


def check(store: Store, webhook_id: int, secret: str) -> bool:
    """Ask the webhook to sign a token, and remember whether it could. X does so at the start and again hourly."""
    row = store.row("SELECT url, insist FROM webhooks WHERE id = ?", webhook_id)
    valid = row is not None and _signs(row["url"], secret)
    pause = CHECK_EVERY_MS if valid or not (row and row["insist"]) else INSIST_EVERY_MS
    store.run("UPDATE webhooks SET valid = ?, check_at = ? WHERE id = ?", valid, now_ms() + pause, webhook_id)
    return valid


def _signs(url: str, secret: str) -> bool:
    token = secrets.token_urlsafe(32)
    with suppress(requests.RequestException, ValueError):
        answer = requests.get(url, params={"crc_token": token}, timeout=CRC_PATIENCE, allow_redirects=False)
        given = answer.json().get("response_token", "") if answer.status_code == 200 else ""
        return hmac.compare_digest(given, signature(secret, token.encode()))
    return False


class Carrier(threading.Thread):
    """One event after another, so that a slow webhook delays events and nobody else."""

    def __init__(self, store: Store, secret: str) -> None:
        super().__init__(name="carrier", daemon=True)
        self.store, self.secret = store, secret
        self._stop_asked = threading.Event()

    def stop(self) -> None:
        self._stop_asked.set()

    def run(self) -> None:
        while not self._stop_asked.is_set():
            if not (self._carry_one() or self._check_one()):
                self._stop_asked.wait(LOOK_EVERY)

    def _carry_one(self) -> bool:
        query = (
            "SELECT deliveries.*, url FROM deliveries JOIN webhooks ON webhooks.id = webhook_id"
            " WHERE state = 'waiting' AND due_at <= ? ORDER BY due_at, deliveries.id LIMIT 1"
        )
        row = self.store.row(query, now_ms())
        if row is not None:
            self._carry(row)
        return row is not None

    def _carry(self, row: sqlite3.Row) -> None:
        answer = self._post(row)
        tries = row["tries"] + 1
        if answer.startswith("2"):
            state, due = "done", row["due_at"]
        elif row["signed"] != 1 or tries > len(RETRY_AFTER_MS):
            state, due = "failed", row["due_at"]
        else:
            state, due = "waiting", now_ms() + RETRY_AFTER_MS[tries - 1]
        statement = "UPDATE deliveries SET state = ?, tries = ?, due_at = ?, answer = ? WHERE id = ?"
        self.store.run(statement, state, tries, due, answer, row["id"])
        self.store.run("DELETE FROM deliveries WHERE state IN ('done', 'failed', 'dropped') AND id <= " + OLDEST_KEPT)

    def _post(self, row: sqlite3.Row) -> str:
        """The status, or why there is none."""
        headers = {"Content-Type": "application/json", SIGNATURE: self._signature(row)}
        if row["signed"] == UNSIGNED:
            del headers[SIGNATURE]
        try:
            answer = requests.post(
                row["url"], data=row["body"], headers=headers, timeout=PATIENCE, allow_redirects=False
            )
        except requests.RequestException as failure:
            return type(failure).__name__
        return str(answer.status_code)

    def _signature(self, row: sqlite3.Row) -> str:
        return signature("not the secret" if row["signed"] == FORGED else self.secret, row["body"])

    def _check_one(self) -> bool:
        row = self.store.row("SELECT id FROM webhooks WHERE check_at <= ? ORDER BY check_at LIMIT 1", now_ms())
        if row is not None:
            check(self.store, row["id"], self.secret)
        return row is not None
