"""The mark at which a page of a list ended."""

import datetime as dt


def read_mark(text: str) -> tuple[dt.datetime, int] | None:
    """None for what is no mark: the first page is shown."""
    moment, _tilde, pk = text.partition("~")
    try:
        at = dt.datetime.fromisoformat(moment)
    except ValueError:
        return None
    return (at, int(pk)) if at.tzinfo and pk.isdecimal() and len(pk) < 19 else None
