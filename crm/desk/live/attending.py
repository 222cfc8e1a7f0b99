"""Whose page is open, noted every few seconds: staff/absence.py tells from it who is gone."""

import asyncio
import logging
from collections.abc import Callable, Coroutine
from typing import Any

from django.db import DatabaseError, close_old_connections
from django.utils import timezone

from crm.desk.live.hub import Hub
from crm.staff.attending import note_present

log = logging.getLogger(__name__)
EVERY = 20.0  # seconds; well within the minute after which nobody counts as heard (staff/actions/presence.py)
Ask = Callable[..., Coroutine[Any, Any, Any]]


async def attend(hub: Hub, ask: Ask) -> None:
    """Until cancelled. `ask(function, …)` runs it on a thread: the database blocks."""
    while True:
        try:
            await ask(_note, hub.user_ids())
        except DatabaseError:
            log.warning("presence waits for the database")
        await asyncio.sleep(EVERY)


def _note(user_ids: set[int]) -> None:
    close_old_connections()
    try:
        if user_ids:
            note_present(user_ids, timezone.now())
    finally:
        close_old_connections()
