"""Connections whose secrets this installation cannot open: it was given other keys than the one that sealed them."""

from crm.lib.sealed import Unreadable
from crm.messaging.models import Connection


def locked_connections() -> list[Connection]:
    return [connection for connection in Connection.objects.exclude(sealed="") if not opens(connection)]


def opens(connection: Connection) -> bool:
    try:
        return connection.secrets is not None
    except Unreadable:
        return False


def tell_locked_connections() -> str:
    """For whoever restored a backup; empty when all is well."""
    if not (locked := locked_connections()):
        return ""
    names = ", ".join(f"{one.channel} {one.account}" for one in locked)
    return (
        f"Warning: SEALING_KEYS or SECRET_KEY of the backed-up installation is needed to open the secrets of {names}."
    )
