"""JSON of somebody else, taken as it comes: what is missing or of another kind reads as nothing."""

import datetime as dt
from typing import Any

Json = dict[str, Any]


class Unreadable(Exception):
    """X sent something that lacks what every post or message has."""


def text_in(value: Any) -> str:
    """Ids come as texts and as numbers; no text of a database holds a NUL."""
    if isinstance(value, bool) or not isinstance(value, (str, int)):
        return ""
    return str(value).replace("\0", "�")


def dict_in(value: Any) -> Json:
    return value if isinstance(value, dict) else {}


def list_in(value: Any) -> list[Any]:
    return value if isinstance(value, list) else []


def dicts_in(value: Any) -> list[Json]:
    return [one for one in list_in(value) if isinstance(one, dict)]


def moment(written: str) -> dt.datetime:
    """Raises Unreadable."""
    try:
        read = dt.datetime.fromisoformat(written)
    except ValueError:
        raise Unreadable("a time that is none") from None
    return read if read.tzinfo else read.replace(tzinfo=dt.UTC)


def moment_of_milliseconds(written: str) -> dt.datetime:
    """Raises Unreadable."""
    try:
        return dt.datetime.fromtimestamp(int(written) / 1000, dt.UTC)
    except (ValueError, OverflowError, OSError):
        raise Unreadable("a time that is none") from None
