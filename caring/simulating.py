"""What a rule would have made of the last days, before anybody saves it, against the rule in force.

Both are read in one statement: sources of events over what happened in the window; the others as of the end of each day
of it, and of the day before it, whose occasions would have had their task already. An occasion counts once, on the day
on which it is first picked. Lines, orders and cases are read as they stand now.

Where there are many lines, a share of them stands for all: the same lines whoever asks, so that two rules and two days
can be compared. What happens by events, and what is judged over all rows at once, is counted in full even then.
"""

import datetime as dt
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from django.db import connection

from caring.conditions import WayRead
from caring.models import Stage
from caring.picking import EVERYWHERE, Moment, apart, picked
from caring.policy import policy_in_force
from caring.sources import SOURCES
from crm.customers.models import Customer, Subscription
from crm.lib.patience import patient

WINDOW = 30  # days
SAMPLE = 10
SECONDS = 20.0  # somebody waits
WIDE = 50  # per cent of the lines: from there on it is said
EXACT, SHARE = 20_000, 10_000  # so many lines are all read; of more, about so many

Params = dict[str, Any]


@dataclass(frozen=True)
class Picked:
    """One of the sample: whom, on which day, and whether the rule in force picks it too."""

    day: dt.date
    customer: Customer
    number: str
    is_new: bool
    is_left_out: bool


@dataclass(frozen=True)
class Simulation:
    """Of the window: tasks, how many the contact policy would leave out, what only one of the two rules picks."""

    yesterday: int
    month: int
    left_out: int
    yesterday_before: int
    month_before: int
    added: int
    dropped: int
    waiting: int  # of what stands now, without a task of this stage: made in the first night
    lines: int
    base: int
    sample: list[Picked]
    one_in: int = 1  # of so many lines one was read, and the counts multiplied

    @property
    def share(self) -> int:
        """Per cent of all lines in use that have a task in the window."""
        return min(100, round(100 * self.lines / self.base)) if self.base else 0

    @property
    def is_wide(self) -> bool:
        return self.share >= WIDE


STATEMENT = """
WITH wanted AS ({wanted}), kept AS ({kept}),
both_ways AS MATERIALIZED (
    SELECT line, customer_id, occasion, w.first, w.stands, w.left_out, k.first AS first_kept,
        coalesce(w.weight, k.weight) AS weight,
        coalesce(w.first > %(base)s, FALSE) AS is_wanted, coalesce(k.first > %(base)s, FALSE) AS is_kept
    FROM wanted w FULL JOIN kept k USING (line, customer_id, occasion)
),
sample AS (
    SELECT first, line, customer_id, is_kept, left_out FROM both_ways WHERE is_wanted
    ORDER BY is_kept, first DESC, occasion, line, customer_id LIMIT %(sample)s
)
SELECT {counts},
    count(DISTINCT CASE WHEN line > 0 THEN line ELSE -customer_id END) FILTER (WHERE is_wanted AND weight = 1)
        + %(weight)s * count(DISTINCT line) FILTER (WHERE is_wanted AND weight > 1),
    (SELECT count(*) FROM customers_subscription WHERE state <> ALL(%(over)s)),
    (SELECT coalesce(json_agg(json_build_array(first, line, customer_id, is_kept, left_out)), '[]'::json) FROM sample)
FROM both_ways
"""
COUNTS = (
    "is_wanted AND first = %(last)s", "is_wanted", "is_wanted AND left_out",
    "is_kept AND first_kept = %(last)s", "is_kept", "is_wanted AND NOT is_kept", "is_kept AND NOT is_wanted",
    """stands AND NOT CASE WHEN line > 0 THEN EXISTS (
        SELECT 1 FROM caring_task t WHERE t.stage_id = %(stage)s AND t.occasion = both_ways.occasion
            AND t.subscription_id = line) ELSE EXISTS (
        SELECT 1 FROM caring_task t WHERE t.stage_id = %(stage)s AND t.occasion = both_ways.occasion
            AND t.customer_id = both_ways.customer_id AND t.subscription_id IS NULL) END""",
)  # fmt: skip
SELECT = """SELECT {day} AS day, {stands} AS stands, p.subscription_id, p.customer_id, p.occasion, p.why,
    {weight}::float AS weight FROM {of}"""
READ = """
SELECT coalesce(subscription_id, 0) AS line, customer_id, occasion, min(day) AS first, bool_or(stands) AS stands,
    bool_or(why <> '') AS left_out, min(weight) AS weight
FROM ({ways}) said GROUP BY 1, 2, 3
"""


def simulate(*, stage: Stage, wanted: list[WayRead], kept: list[WayRead], at: dt.datetime) -> Simulation:
    """`wanted`: as it stands in the form; `kept`: in force. Raises patience.TooLong."""
    today = Moment.of(at).day
    params: Params = {
        "base": today - dt.timedelta(days=WINDOW), "last": today, "stage": stage.pk, "sample": SAMPLE,
        "over": list(Subscription.ENDED),
    }  # fmt: skip
    with patient(SECONDS), connection.cursor() as cursor:
        lines = _lines([*wanted, *kept])
        params["weight"] = lines.weight
        statement = STATEMENT.format(
            counts=", ".join(f"coalesce(sum(weight) FILTER (WHERE {one}), 0)" for one in COUNTS),
            wanted=_read(stage, wanted, at, params, name="w", lines=lines),
            kept=_read(stage, kept, at, params, name="k", lines=lines),
        )  # fmt: skip
        if lines.ids is not None:
            cursor.execute("SET LOCAL enable_seqscan = off")  # caring/inserting.py says why
        cursor.execute(statement, params)
        *counts, sample = cursor.fetchone()
        cursor.execute("SET LOCAL enable_seqscan = on")
    found: list[Any] = [*map(round, counts), _named(sample), round(lines.weight)]
    return Simulation(*found)


@dataclass(frozen=True)
class Lines:
    """Those that are read, and how many each stands for; None: all."""

    ids: list[int] | None = None
    weight: float = 1.0


def _lines(ways: list[WayRead]) -> Lines:
    if not any(_is_shared(way) for way in ways):
        return Lines()
    every = Subscription.objects.count()
    if every <= EXACT:
        return Lines()
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT id FROM customers_subscription WHERE (hashint8(id)::bigint & 2147483647) %% %s = 0 ORDER BY id",
            [max(2, every // SHARE)],
        )
        ids = [pk for (pk,) in cursor.fetchall()]
    return Lines(ids, every / len(ids)) if ids else Lines()


def _is_shared(way: WayRead) -> bool:
    return not SOURCES[way.source].is_event and not SOURCES[way.source].whole


def _read(stage: Stage, ways: list[WayRead], at: dt.datetime, params: Params, *, name: str, lines: Lines) -> str:
    """All ways of one rule; each has parameters of its own."""
    parts = []
    for place, way in enumerate(ways):
        select, said = apart(*_way(stage, way, at, lines), f"{name}{place}")
        params |= said
        parts.append(select)
    return READ.format(ways=" UNION ALL ".join(parts))


def _way(stage: Stage, way: WayRead, at: dt.datetime, lines: Lines) -> tuple[str, Params]:
    """`day`: the operator's day after the one that is over, as the night that follows it counts."""
    source, moment = SOURCES[way.source], Moment.of(at)
    is_shared = lines.ids is not None and _is_shared(way)
    of_lines = OF_LINE.get(way.source, "{0}") + " = ANY(%(lines)s)" if is_shared else EVERYWHERE
    limit = _of_window(source.over[1]) if source.is_event else of_lines
    held_out = policy_in_force().hold_out_per_mille
    select, params = picked(way, moment, limit, courtesy=stage.is_courtesy, held_out=held_out)
    if source.is_event:
        params |= {"since": _midnight(moment.day - dt.timedelta(days=WINDOW)), "until": _midnight(moment.day)}
        params["news"] = list(source.news)
        day = "((p.occurred_at AT TIME ZONE %(zone)s)::date + 1)"
        return SELECT.format(day=day, stands="FALSE", weight=1, of=f"({select}) p"), params
    params |= {"lines": lines.ids} if is_shared else {}
    params["days"] = list(_days(moment.day, monthly=source.monthly))
    for name, column in AS_OF.items():
        select = select.replace(f"%({name})s", column)
    days = f"unnest(%(days)s::date[]) d(day) CROSS JOIN LATERAL ({select}) p"
    weight = lines.weight if is_shared else 1
    return SELECT.format(day="d.day", stands="d.day = %(day)s", weight=weight, of=days), params


# The line of a row, where ranges go over something else.
OF_LINE = {"bill": "b.subscription_id", "top_up": "t.subscription_id"}
# A source that is read as of many days at once: its moment is a row of theirs (picking.Moment.end_of).
AS_OF = {
    "day": "d.day",
    "at": "(d.day::timestamp AT TIME ZONE %(zone)s)",
    "newest": "((date_trunc('month', d.day) - interval '1 month')::date)",
}


def _of_window(column: str) -> str:
    row = column.partition(".")[0]
    return f"{row}.at >= %(since)s AND {row}.at < %(until)s AND {row}.kind = ANY(%(news)s)"


def _days(today: dt.date, *, monthly: bool) -> Iterator[dt.date]:
    """The base and each day of the window; what changes with the month alone is read where it does."""
    for back in range(WINDOW, -1, -1):
        day = today - dt.timedelta(days=back)
        if not monthly or back in (0, WINDOW) or day.day == 1:
            yield day


def _midnight(day: dt.date) -> dt.datetime:
    return Moment.end_of(day - dt.timedelta(days=1)).at


def _named(sample: list[list[Any]]) -> list[Picked]:
    customers = Customer.objects.in_bulk([customer for _day, _line, customer, _kept, _out in sample])
    lines = Subscription.objects.in_bulk([line for _day, line, _customer, _kept, _out in sample if line])
    return [
        Picked(
            dt.date.fromisoformat(day) - dt.timedelta(days=1), customers[customer],
            lines[line].msisdn if line in lines else "", not kept, left_out,
        )
        for day, line, customer, kept, left_out in sample
    ]  # fmt: skip
