"""Finding what is false or missing on records, set-based: of one record when it is changed, of all of them each night.

A flaw is an open Correction; what is found no more is closed; what somebody called right rests for a year. A
night goes by ranges of customers, each in a transaction that also moves the day's mark: a run that was killed goes on
where it stood, and of two runs one finds the day taken.
"""

import datetime as dt
from collections import Counter
from typing import Any

from django.db import connection, transaction
from django.db.models import Max

from crm.customers.models import Customer, QualityDay
from crm.customers.quality import FLAWS, REPORTED, TERMS

RANGE = 20_000  # customers: about a second of work, and the locks of one transaction
CONTACTS_HOLD, ADDRESSES_HOLD, RIGHT_HOLDS = "2 years", "3 years", "1 year"

FIND = """
CREATE TEMPORARY TABLE judged ON COMMIT DROP AS
WITH people AS (
    SELECT * FROM customers_customer WHERE id > %(after)s AND id <= %(upto)s
        AND absorbed_into_id IS NULL AND erased_at IS NULL AND restricted_at IS NULL
), doubted AS (
    SELECT customer_id, flaw, thing, thing_id FROM customers_correction
    WHERE state = 'open' AND customer_id IN (SELECT id FROM people) AND flaw = ANY(%(reported)s)
        AND CASE thing
            WHEN 'line' THEN EXISTS (SELECT FROM customers_subscription line
                WHERE line.id = thing_id AND line.customer_id = customers_correction.customer_id)
            ELSE EXISTS (SELECT FROM customers_contactpoint WHERE id = thing_id) END
), ways AS (
    SELECT customer_id, max(verified_at) AS verified_at FROM customers_contactpoint point
    WHERE customer_id IN (SELECT id FROM people) AND kind IN ('msisdn', 'email')
        AND NOT EXISTS (SELECT FROM doubted WHERE thing = 'contact' AND thing_id = point.id)
    GROUP BY customer_id
), held AS (
    SELECT DISTINCT customer_id FROM customers_subscription
    WHERE customer_id IN (SELECT id FROM people) AND state NOT IN ('removed', 'recycled', 'ordered', 'surveyed')
), found (customer_id, flaw, thing, thing_id) AS (
    SELECT id, 'name_missing', '', NULL::bigint FROM people WHERE name = ''
    UNION ALL SELECT id, 'name_strange', '', NULL FROM people
        WHERE name <> '' AND (name ~ '[0-9]{3}' OR name !~ '[[:alpha:]]')
    UNION ALL SELECT id, 'birth_missing', '', NULL FROM people WHERE kind = 'person' AND birth_date IS NULL
    UNION ALL SELECT id, 'birth_strange', '', NULL FROM people
        WHERE birth_date > %(at)s::date OR birth_date < %(at)s::date - interval '120 years'
    UNION ALL SELECT id, 'address_missing', '', NULL FROM people
        WHERE NOT EXISTS (SELECT FROM customers_address WHERE customer_id = people.id)
    UNION ALL SELECT id, 'paper_missing', '', NULL FROM people
        WHERE NOT EXISTS (SELECT FROM customers_identitydocument WHERE customer_id = people.id)
    UNION ALL SELECT customer_id, 'address_incomplete', 'address', address.id FROM customers_address address
        JOIN people ON people.id = customer_id WHERE province = '' OR district = '' OR post_code !~ '^[1-9][0-9]{4}$'
    UNION ALL SELECT customer_id, 'address_old', 'address', address.id FROM customers_address address
        JOIN people ON people.id = customer_id WHERE updated_at < %(at)s - %(addresses_hold)s::interval
    UNION ALL SELECT customer_id, 'paper_doubtful', 'document', paper.id FROM customers_identitydocument paper
        JOIN people ON people.id = customer_id WHERE warnings <> '{}'
    UNION ALL SELECT customer_id, 'contact_old', '', NULL FROM ways
        WHERE verified_at IS NULL OR verified_at < %(at)s - %(contacts_hold)s::interval
    UNION ALL SELECT id, 'unreachable', '', NULL FROM people
        WHERE id NOT IN (SELECT customer_id FROM ways) AND id NOT IN (SELECT customer_id FROM held)
    UNION ALL SELECT customer_id, 'unproven', '', NULL FROM ways
        WHERE verified_at IS NULL AND customer_id NOT IN (SELECT customer_id FROM held)
    UNION ALL SELECT * FROM doubted
)
SELECT found.* FROM found WHERE NOT EXISTS (
    SELECT FROM customers_correction held WHERE held.customer_id = found.customer_id AND held.flaw = found.flaw
        AND held.thing = found.thing AND held.thing_id IS NOT DISTINCT FROM found.thing_id
        AND held.state = 'accepted' AND held.decided_at > %(at)s - %(right_holds)s::interval
)
"""
LIST = """
INSERT INTO customers_correction (customer_id, flaw, thing, thing_id, state, found_at, remark)
SELECT customer_id, flaw, thing, thing_id, 'open', %(at)s, '' FROM judged ORDER BY customer_id, flaw, thing_id
ON CONFLICT DO NOTHING
"""
CLOSE = """
UPDATE customers_correction listed SET state = 'corrected', decided_at = %(at)s
WHERE state = 'open' AND customer_id > %(after)s AND customer_id <= %(upto)s AND NOT EXISTS (
    SELECT FROM judged WHERE judged.customer_id = listed.customer_id AND judged.flaw = listed.flaw
        AND judged.thing = listed.thing AND judged.thing_id IS NOT DISTINCT FROM listed.thing_id
)
"""
SCORE = """
WITH costs AS (
    SELECT customer_id, term, sum(cost) AS cost
    FROM (SELECT DISTINCT customer_id, flaw FROM judged) one
    JOIN (SELECT unnest(%(flaws)s) AS flaw, unnest(%(terms)s) AS term, unnest(%(costs)s) AS cost) weights USING (flaw)
    GROUP BY customer_id, term
), terms AS (
    SELECT people.id,
        {terms}
    FROM customers_customer people LEFT JOIN costs ON costs.customer_id = people.id
    WHERE people.id > %(after)s AND people.id <= %(upto)s
        AND absorbed_into_id IS NULL AND erased_at IS NULL AND restricted_at IS NULL
    GROUP BY people.id
), scores AS (
    SELECT *, (complete + valid + up_to_date + reachable + 2) / 4 AS score FROM terms
), written AS (
    UPDATE customers_customer one SET quality = score FROM scores
    WHERE scores.id = one.id AND one.quality IS DISTINCT FROM score
)
SELECT count(*), coalesce(sum(score), 0), coalesce(sum(complete), 0), coalesce(sum(valid), 0),
    coalesce(sum(up_to_date), 0), coalesce(sum(reachable), 0)
FROM scores
""".replace(
    "{terms}",
    ", ".join(
        f"greatest(0, 100 - coalesce(sum(cost) FILTER (WHERE term = '{term}'), 0))::int AS {term}" for term in TERMS
    ),
)
COUNT = "SELECT flaw, count(DISTINCT customer_id) FROM judged GROUP BY flaw"
SUMS = ("customers", "score", *TERMS)


def judge_one(pk: int, *, at: dt.datetime) -> None:
    """In the caller's transaction, which has locked the record."""
    _judge(pk - 1, pk, at)


def judge_day(day: dt.date, *, at: dt.datetime, size: int = RANGE) -> int:
    """Judge the whole base for this day; how many customers this call judged. Done or taken by another: none."""
    QualityDay.objects.bulk_create([QualityDay(day=day)], ignore_conflicts=True)
    judged = 0
    while (done := _judge_range(day, at, size)) is not None:
        judged += done
    return judged


@transaction.atomic
def _judge_range(day: dt.date, at: dt.datetime, size: int) -> int | None:
    """None: nothing is left, or somebody else is at it."""
    run = QualityDay.objects.select_for_update(skip_locked=True).filter(day=day, finished_at=None).first()
    if run is None:
        return None
    upto = Customer.objects.filter(pk__in=_next(run.upto, size)).aggregate(last=Max("pk"))["last"]
    if upto is None:
        run.finished_at = at
        run.save(update_fields=["finished_at"])
        return None
    sums, flaws = _judge(run.upto, upto, at)
    for name, value in zip(SUMS, sums, strict=True):
        setattr(run, name, getattr(run, name) + value)
    run.flaws, run.upto = dict(Counter(run.flaws) + Counter(flaws)), upto
    run.save()
    return sums[0]


def _next(after: int, size: int) -> Any:
    return Customer.objects.filter(pk__gt=after).order_by("pk").values("pk")[:size]


def _judge(after: int, upto: int, at: dt.datetime) -> tuple[tuple[int, ...], dict[str, int]]:
    """Flaws listed and closed, scores written; sums over those who are judged, and how many have which flaw."""
    asked: dict[str, Any] = {
        "after": after, "upto": upto, "at": at, "reported": list(REPORTED), "contacts_hold": CONTACTS_HOLD,
        "addresses_hold": ADDRESSES_HOLD, "right_holds": RIGHT_HOLDS, "flaws": list(FLAWS),
        "terms": [one.term for one in FLAWS.values()], "costs": [one.cost for one in FLAWS.values()],
    }  # fmt: skip
    with connection.cursor() as cursor:
        cursor.execute("DROP TABLE IF EXISTS judged")
        for query in (FIND, LIST, CLOSE, SCORE):
            cursor.execute(query, asked)
        sums = cursor.fetchone()
        cursor.execute(COUNT)
        return sums, dict(cursor.fetchall())
