"""Each night: the effect of every stage over each period, from what came of its occasions. Kept; pages only read it."""

import datetime as dt
from collections import defaultdict
from collections.abc import Iterable
from typing import Any

from django.conf import settings
from django.db import connection, transaction

from caring.deciding import NO_CONTACT
from caring.effect.following import follow
from caring.effect.intervals import Sample, of_means, of_shares
from caring.effect.outcomes import OUTCOMES
from caring.effect.periods import Span, spans
from caring.effect.standing import count_standing
from caring.models import EffectFigures, EffectRule, Stage
from caring.words import Kind, Way

ALL = 0  # courtesy stages together
Key = tuple[str, int, int]  # period, window, stage
# Each customer counts once, with their first occasion of the period: who is in the hold-out is drawn by customer, and
# two occasions of one are no two independent ones.
GROUPS = f"""
SELECT period, months, stage, is_held_out, {
    ", ".join(
        f"count({o.column}), avg({o.column}{'::int' if o.is_share else ''})::float8, "
        f"count(*) FILTER (WHERE {o.column if o.is_share else 'FALSE'}), "
        f"var_samp({o.column if not o.is_share else 'NULL::int'})::float8"
        for o in OUTCOMES
    )
}
FROM (
    SELECT DISTINCT ON (s.period, f.months, {{stage}}, t.customer_id) s.period, f.*, {{stage}} AS stage, t.is_held_out
    FROM unnest(%(periods)s, %(windows)s, %(since)s::date[], %(until)s::date[]) s (period, months, since, until)
    JOIN caring_followed f ON f.months = s.months AND f.month BETWEEN s.since AND s.until
    JOIN caring_task t ON t.id = f.task_id
    ORDER BY s.period, f.months, {{stage}}, t.customer_id, t.occurred_at, t.id
) first
GROUP BY period, months, stage, is_held_out
"""
# What was tried outside of the hold-out, in the same months. `same` leaves by whatever the complaint came by.
TRIES = """
SELECT s.period, s.months, t.stage_id, CASE WHEN a.channel <> %(same)s THEN a.channel
        WHEN m.channel = ANY(%(ways)s) THEN m.channel ELSE 'social' END,
    count(*), count(*) FILTER (WHERE a.outcome <> ALL(%(nobody)s))
FROM caring_attempt a JOIN caring_task t ON t.id = a.task_id AND NOT t.is_held_out
LEFT JOIN messaging_message m ON m.id = a.message_id
JOIN unnest(%(periods)s, %(windows)s, %(since)s::date[], %(until)s::date[]) s (period, months, since, until)
    ON t.occurred_at >= s.since::timestamp AT TIME ZONE %(zone)s
    AND t.occurred_at < (s.until + interval '1 month') AT TIME ZONE %(zone)s
WHERE a.channel <> %(form)s
GROUP BY 1, 2, 3, 4
"""


def reckon(day: dt.date, at: dt.datetime) -> int:
    """How many figures of a stage were kept. Twice is as good as once."""
    rule = EffectRule.in_force()
    follow(day, rule=rule)
    count_standing(day)
    return _keep(day, at, rule)


@transaction.atomic
def _keep(day: dt.date, at: dt.datetime, rule: EffectRule) -> int:
    asked, stages = spans(day), dict(Stage.objects.values_list("pk", "kind"))
    groups = _groups(asked, "t.stage_id") | _groups(asked, f"{ALL}::int")
    tries = _tries(asked, [number for number, kind in stages.items() if kind == Kind.COURTESY])
    made = [
        _figures(span, number, groups.get((span.period, span.window, number), {}),
                 tries.get((span.period, span.window, number), {}), rule)
        for span in asked for number in (ALL, *stages)
    ]  # fmt: skip
    for one in made:
        one.at = at
    EffectFigures.objects.all().delete()
    return len(EffectFigures.objects.bulk_create(made))


def _asked(asked: Iterable[Span]) -> dict[str, Any]:
    rows = [(span.period, span.window, span.since, span.until) for span in asked]
    periods, windows, since, until = (list(column) for column in zip(*rows, strict=True))
    return {"periods": periods, "windows": windows, "since": since, "until": until}


def _groups(asked: list[Span], stage: str) -> dict[Key, dict[bool, list[Any]]]:
    """Of each outcome: how many, mean, hits, variance."""
    found: dict[Key, dict[bool, list[Any]]] = defaultdict(dict)
    for period, window, number, held_out, *values in _rows(GROUPS.replace("{stage}", stage), _asked(asked)):
        found[period, window, number][held_out] = values
    return found


def _tries(asked: list[Span], courtesy: list[int]) -> dict[Key, dict[str, tuple[int, int]]]:
    found: dict[Key, dict[str, tuple[int, int]]] = defaultdict(dict)
    said = _asked(asked) | {
        "zone": settings.TIME_ZONE, "same": Way.SAME, "form": Way.FORM, "nobody": list(NO_CONTACT),
        "ways": [Way.SMS, Way.EMAIL, Way.LETTER, Way.CALL, Way.VISIT],
    }  # fmt: skip
    for period, window, stage, channel, tried, reached in _rows(TRIES, said):
        found[period, window, stage][channel] = (tried, reached)
        if stage in courtesy:
            before = found[period, window, ALL].get(channel, (0, 0))
            found[period, window, ALL][channel] = (before[0] + tried, before[1] + reached)
    return found


def _rows(sql: str, said: dict[str, Any]) -> list[tuple[Any, ...]]:
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL jit = off")
        cursor.execute(sql, said)
        return cursor.fetchall()


def _figures(
    span: Span, stage: int, groups: dict[bool, list[Any]], tries: dict[str, tuple[int, int]], rule: EffectRule
) -> EffectFigures:
    return EffectFigures(
        stage_id=stage or None, months=span.window, period=span.period, since=span.since, until=span.until,
        outcomes=_compared(groups, rule.least), payment_days=rule.payment_days,
        tries={channel: tried for channel, (tried, _reached) in sorted(tries.items())},
        reached=sum(reached for _tried, reached in tries.values()),
    )  # fmt: skip


def _compared(by_group: dict[bool, list[Any]], least: int) -> dict[str, Any]:
    """By outcome: both groups, and the interval of their difference where both are large enough."""
    nothing = [0, None, 0, None]
    said = {}
    for place, outcome in enumerate(OUTCOMES):
        count, mean, hits, var = by_group.get(False, nothing * 4)[4 * place : 4 * place + 4]
        other_count, other_mean, other_hits, other_var = by_group.get(True, nothing * 4)[4 * place : 4 * place + 4]
        one: dict[str, Any] = {
            "of": count, "mean": mean, "hits": hits, "held_of": other_count, "held_mean": other_mean,
            "held_hits": other_hits,
        }  # fmt: skip
        if min(count, other_count) >= least:
            interval = (
                of_shares(hits, count, other_hits, other_count) if outcome.is_share
                else of_means(Sample(mean, var, count), Sample(other_mean, other_var, other_count))
            )  # fmt: skip
            one |= {"effect": interval.effect, "low": interval.low, "high": interval.high}
        said[outcome.key] = one
    return said
