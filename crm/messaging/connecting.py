"""Writes on connections: add, change, switch, check, try out. History names fields, never what is in them."""

import logging
from collections.abc import Callable
from typing import Any

from django.db import transaction

from crm.events.actions import record
from crm.lib.failure import place
from crm.lib.sealed import Unreadable
from crm.messaging import channels, health
from crm.messaging.channels import SendError
from crm.messaging.models import Connection
from crm.staff.models import User

log = logging.getLogger(__name__)
UNREADABLE = "Unreadable"  # as the words of reasons know it


@transaction.atomic
def add_connection(
    *, channel: str, account: str, name: str, options: dict[str, Any], secrets: dict[str, str], by: User
) -> Connection:
    """Connect an account of ours. Raises IntegrityError when the channel has it already, in any case."""
    connection = Connection(channel=channel, account=account, name=name, options=options)
    connection.secrets = secrets
    connection.save()
    record("connection.added", subject=connection, by=by, channel=channel)
    return connection


@transaction.atomic
def change_connection(
    *, connection: Connection, name: str, options: dict[str, Any], secrets: dict[str, str], by: User
) -> list[str]:
    """Returns the names of what changed. Of the secrets only those that are given replace what is kept."""
    connection = Connection.objects.select_for_update().get(pk=connection.pk)
    changed = [
        key for key in sorted({*connection.options, *options}) if connection.options.get(key) != options.get(key)
    ]
    changed += ["name"] * (connection.name != name) + sorted(secrets)
    if changed:
        connection.name, connection.options = name, options
        connection.secrets = kept_secrets(connection) | secrets
        connection.save(update_fields=["name", "options", "sealed"])
        record("connection.changed", subject=connection, by=by, fields=changed)
    return changed


def kept_secrets(connection: Connection) -> dict[str, str]:
    """None of them, where this process has not the key: they must be typed anew."""
    try:
        return connection.secrets
    except Unreadable:
        return {}


@transaction.atomic
def switch_connection(*, connection: Connection, on: bool, by: User) -> Connection:
    """Off: nothing more is fetched or sent over it; what waits goes on once it is on again."""
    connection = Connection.objects.select_for_update().get(pk=connection.pk)
    if connection.is_active != on:
        connection.is_active = on
        connection.save(update_fields=["is_active"])
        record("connection.switched_on" if on else "connection.switched_off", subject=connection, by=by)
    return connection


def check_connection(*, connection: Connection, by: User) -> str:
    """Ask the other side now; the fault, or an empty text. No transaction is open meanwhile."""
    adapter = channels.get(connection.channel)
    return _ask("connection.checked", connection, lambda: adapter.check(connection), by=by)


def try_connection(*, connection: Connection, recipient: str, text: str, by: User) -> str:
    """Send a test to an address of our own; the fault, or an empty text. The address is kept nowhere."""
    adapter = channels.get(connection.channel)
    return _ask(
        "connection.tried", connection, lambda: adapter.try_out(connection, recipient=recipient, text=text), by=by
    )


def _ask(kind: str, connection: Connection, question: Callable[[], object], *, by: User) -> str:
    fault, paused_until = "", None
    try:
        question()
    except SendError as error:
        fault, paused_until = error.reason or "unknown", getattr(error, "retry_at", None)
    except Unreadable:
        fault = UNREADABLE
    except Exception as error:
        log.error("adapter failed", extra={"connection_id": connection.pk, "failure": place(error)})
        fault = place(error)
    with transaction.atomic():
        if fault:
            health.note_fault(connection.pk, fault, paused_until=paused_until)
        else:
            health.note_ok(connection.pk)
        record(kind, subject=connection, by=by, fault=fault)
    return fault
