"""Up to where a connection was read, each kind by itself, and not before when X wants to be asked again.

Kept in Connection.cursor as JSON: {"mentions": "1860…", "messages": "…", "wait": {"messages": 1764000000}}.
"""

import datetime as dt
import json
from typing import Any

from django.db import transaction
from django.utils import timezone

from crm.messaging.models import Connection


def position(connection: Connection, kind: str) -> int | None:
    """The newest id that was read; None when nothing ever was."""
    read = str(_read(connection).get(kind, ""))
    return int(read) if read.isdecimal() else None


def is_due(connection: Connection, kind: str) -> bool:
    return timezone.now().timestamp() >= _waits(_read(connection)).get(kind, 0)


def move(connection: Connection, kind: str, to: int) -> None:
    """Forward only: of two looks at once the one that saw more counts."""
    with transaction.atomic():
        locked = Connection.objects.select_for_update().get(pk=connection.pk)
        if to > (-1 if (now := position(locked, kind)) is None else now):
            _write(locked, _read(locked) | {kind: str(to)})
    connection.cursor = locked.cursor


def wait(connection: Connection, kind: str, until: dt.datetime) -> None:
    with transaction.atomic():
        locked = Connection.objects.select_for_update().get(pk=connection.pk)
        state = _read(locked)
        _write(locked, state | {"wait": _waits(state) | {kind: int(until.timestamp())}})
    connection.cursor = locked.cursor


def _read(connection: Connection) -> dict[str, Any]:
    try:
        state = json.loads(connection.cursor or "{}")
    except ValueError:
        return {}
    return state if isinstance(state, dict) else {}


def _waits(state: dict[str, Any]) -> dict[str, int]:
    waits = state.get("wait")
    return waits if isinstance(waits, dict) else {}


def _write(connection: Connection, state: dict[str, Any]) -> None:
    connection.cursor = json.dumps(state)
    connection.save(update_fields=["cursor"])
