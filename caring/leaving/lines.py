"""Lines with their months, from the facts: what a model is fitted on, and what it is read on."""

import datetime as dt
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from django.db import connection

from caring.leaving.model import Line, Month
from crm.billing import months

# Revenue: what the network charged, else what was billed. Recharges: as the network counts them, else the top-ups.
# Lines that have ended are still examples of leaving.
FACTS = """
SELECT l.id, split_part(l.msisdn, ':', -1), l.activated_on, u.month, u.minutes_in, u.minutes_out, u.megabytes,
    coalesce(u.charged, (SELECT sum(b.net) FROM billing_bill b WHERE b.subscription_id = l.id AND b.month = u.month)),
    coalesce(u.recharged, (SELECT sum(t.amount) FROM billing_topup t WHERE t.subscription_id = l.id
        AND t.bought_on >= u.month AND t.bought_on < u.month + interval '1 month'))
FROM customers_subscription l JOIN billing_usage u ON u.subscription_id = l.id
WHERE u.month = ANY(%s) AND ({limit})
ORDER BY l.id, u.month
"""


@dataclass(frozen=True)
class Known:
    """A line by its months; `number` as it is printed."""

    pk: int
    number: str
    activated_on: dt.date | None
    months: dict[dt.date, Month]

    def line(self, last: dt.date) -> Line | None:
        """As it was known at the end of month `last`; None where the network says nothing of either month."""
        before = months.first_day(months.number(last) - 1)
        if last not in self.months or before not in self.months or self.months[last].usage is None:
            return None
        over = months.first_day(months.number(last) + 1)
        tenure = max(0, (over - self.activated_on).days) if self.activated_on else None
        return Line(self.months[before], self.months[last], tenure)

    def was_silent(self, month: dt.date) -> bool | None:
        return self.months[month].silent if month in self.months else None


def known_lines(newest: dt.date, *, only: int | None = None) -> Iterator[Known]:
    """Each with its months up to `newest`: three of them."""
    wanted = [months.first_day(months.number(newest) - back) for back in range(3)]
    params: list[Any] = [wanted] + ([only] if only is not None else [])
    with connection.cursor() as cursor:
        cursor.execute(FACTS.format(limit="TRUE" if only is None else "l.id = %s"), params)
        rows = cursor.fetchall()
    found: dict[int, Known] = {}
    for pk, number, activated_on, month, *amounts in rows:
        line = found.setdefault(pk, Known(pk, number, activated_on, {}))
        line.months[month] = Month(*(None if one is None else float(one) for one in amounts))
    yield from found.values()
