"""How many a rule picks, and whom, without making anything: for simulation, and for the command that shows it."""

from collections.abc import Iterator
from typing import Any

from django.db import connection

from caring.conditions import WayRead
from caring.picking import EVERYWHERE, Moment, apart, picked


def count(way: WayRead, moment: Moment, *, history: bool = True) -> int:
    """Occasions of one way, whatever the contact policy says of them."""
    select, params = picked(way, moment, EVERYWHERE, courtesy=False, history=history)
    return int(_one(f"SELECT count(*) FROM ({select}) p", params))


def count_any(ways: list[WayRead], moment: Moment, *, history: bool = True) -> int:
    """Occasions that at least one of the ways picks."""
    statement, params = _any(ways, moment, history)
    return int(_one(f"SELECT count(*) FROM ({statement}) p", params))


def numbers(ways: list[WayRead], moment: Moment, *, history: bool = True) -> Iterator[str]:
    """Of the lines that at least one way picks; an id of another system without the system's name."""
    statement, params = _any(ways, moment, history)
    with connection.cursor() as cursor:
        cursor.execute(
            f"SELECT split_part(l.msisdn, ':', -1) FROM customers_subscription l"
            f" WHERE l.id IN (SELECT subscription_id FROM ({statement}) p) ORDER BY 1",
            params,
        )
        yield from (number for (number,) in cursor.fetchall())


def _any(ways: list[WayRead], moment: Moment, history: bool) -> tuple[str, dict[str, Any]]:
    """The union over ways; each has parameters of its own."""
    parts: list[str] = []
    params: dict[str, Any] = {}
    for place, way in enumerate(ways):
        select, said = picked(way, moment, EVERYWHERE, courtesy=False, history=history)
        select, said = apart(select, said, f"way{place}")
        params |= said
        parts.append(f"SELECT subscription_id, customer_id, occasion FROM ({select}) way{place}")
    return " UNION ".join(parts), params


def _one(statement: str, params: dict[str, Any]) -> Any:
    with connection.cursor() as cursor:
        cursor.execute(statement, params)
        return cursor.fetchone()[0]
