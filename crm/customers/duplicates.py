"""Records that may be one customer: proposed with the reasons, decided by a person.

A paper is a strong reason. All others are weak: names, birth dates and addresses are shared, numbers are handed on.
"""

import datetime as dt
from typing import Any

from django.db import connection, transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from crm.customers.errors import NotAProposal
from crm.customers.models import Duplicate
from crm.events.actions import record
from crm.staff.models import User

# Reason: how sure it makes us (0–100), in words.
REASONS = {
    "same_nik": (95, _("The same NIK")),
    "same_passport": (90, _("The same passport")),
    "same_kitas": (90, _("The same KITAS")),
    "same_npwp": (85, _("The same NPWP")),
    "name_and_birth": (75, _("The same name and birth date")),
    "number_of_other": (70, _("A line of one is a contact of the other")),
    "name_and_kk": (65, _("The same KK, names alike")),
    "name_and_address": (55, _("The same name and address")),
    "alike_and_birth": (50, _("The same birth date and city, names alike")),
}
STRONG = {"same_nik", "same_passport", "same_kitas", "same_npwp"}
EACH_MORE = 5  # for every further reason
ALIKE = 0.5  # of the trigrams of two names

LOOK = """
WITH pairs (first, second, reason) AS (
    SELECT a.customer_id, b.customer_id, 'same_' || a.kind
    FROM customers_identitydocument a JOIN customers_identitydocument b
        ON b.digest = a.digest AND b.kind = a.kind AND b.customer_id > a.customer_id
    WHERE a.kind <> 'kk'
  UNION
    SELECT one.id, other.id, 'name_and_kk'
    FROM customers_identitydocument a JOIN customers_identitydocument b
        ON b.digest = a.digest AND b.kind = a.kind AND b.customer_id > a.customer_id
    JOIN customers_customer one ON one.id = a.customer_id JOIN customers_customer other ON other.id = b.customer_id
    WHERE a.kind = 'kk' AND similarity(one.name, other.name) >= %(alike)s
  UNION
    SELECT least(line.customer_id, point.customer_id), greatest(line.customer_id, point.customer_id), 'number_of_other'
    FROM customers_subscription line JOIN customers_contactpoint point
        ON point.kind = 'msisdn' AND point.network = '' AND point.value = line.msisdn
    WHERE line.state NOT IN ('removed', 'recycled') AND point.customer_id <> line.customer_id
        AND line.user_id IS DISTINCT FROM point.customer_id
  UNION
    SELECT one.id, other.id, CASE WHEN lower(one.name) = lower(other.name) THEN 'name_and_birth'
        ELSE 'alike_and_birth' END
    FROM customers_customer one JOIN customers_customer other
        ON other.birth_date = one.birth_date AND other.id > one.id
    WHERE one.name <> '' AND (lower(one.name) = lower(other.name)
        OR (one.city = other.city AND similarity(one.name, other.name) >= %(alike)s))
  UNION
    SELECT one.id, other.id, 'name_and_address'
    FROM customers_address a JOIN customers_address b
        ON lower(b.street) = lower(a.street) AND lower(b.city) = lower(a.city) AND b.customer_id > a.customer_id
    JOIN customers_customer one ON one.id = a.customer_id JOIN customers_customer other ON other.id = b.customer_id
    WHERE one.name <> '' AND lower(one.name) = lower(other.name)
), found AS (
    SELECT pairs.first, pairs.second, array_agg(DISTINCT pairs.reason ORDER BY pairs.reason)::varchar(40)[] AS reasons,
        least(99, max(weights.score) + %(more)s * (count(DISTINCT pairs.reason) - 1)) AS score
    FROM pairs
    JOIN (SELECT unnest(%(reasons)s) AS reason, unnest(%(scores)s) AS score) weights USING (reason)
    JOIN customers_customer one ON one.id = pairs.first JOIN customers_customer other ON other.id = pairs.second
    WHERE one.absorbed_into_id IS NULL AND other.absorbed_into_id IS NULL
        AND one.erased_at IS NULL AND other.erased_at IS NULL
        AND one.restricted_at IS NULL AND other.restricted_at IS NULL
    GROUP BY pairs.first, pairs.second
), gone AS (
    DELETE FROM customers_duplicate known WHERE known.state = 'proposed' AND NOT EXISTS (
        SELECT FROM found WHERE found.first = known.first_id AND found.second = known.second_id
    )
)
INSERT INTO customers_duplicate AS known (first_id, second_id, reasons, score, state, found_at)
SELECT first, second, reasons, score, 'proposed', %(at)s FROM found ORDER BY first, second
ON CONFLICT (first_id, second_id) DO UPDATE
SET reasons = excluded.reasons, score = excluded.score, state = 'proposed',
    found_at = CASE WHEN known.state = 'proposed' THEN known.found_at ELSE excluded.found_at END,
    decided_at = NULL, decided_by_id = NULL
WHERE (known.state = 'proposed' AND known.reasons <> excluded.reasons)
    -- somebody said that they are two: asked again for a new reason alone
    OR (known.state <> 'proposed' AND NOT excluded.reasons <@ known.reasons)
"""


def look_for_duplicates(*, at: dt.datetime | None = None) -> int:
    """Propose what looks like one customer, drop proposals whose reasons are gone; returns how many are new or changed.

    Set-based over the whole base; twice at once does no harm. People whose record is restricted are left alone.
    """
    scores = [score for score, _word in REASONS.values()]
    asked: dict[str, Any] = {
        "alike": ALIKE,
        "more": EACH_MORE,
        "reasons": list(REASONS),
        "scores": scores,
        "at": at or timezone.now(),
    }
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(LOOK, asked)
        return cursor.rowcount


@transaction.atomic
def say_different(*, duplicate: Duplicate, by: User, at: dt.datetime | None = None) -> Duplicate:
    """They are two customers: not proposed again but for a new reason. Raises NotAProposal."""
    duplicate = Duplicate.objects.select_for_update().get(pk=duplicate.pk)
    if duplicate.state != Duplicate.State.PROPOSED:
        raise NotAProposal
    duplicate.state, duplicate.decided_by, duplicate.decided_at = Duplicate.State.DIFFERENT, by, at or timezone.now()
    duplicate.save(update_fields=["state", "decided_by", "decided_at"])
    facts = {"first": duplicate.first_id, "second": duplicate.second_id}
    record("customer.told_apart", subject=duplicate, customer_id=duplicate.first_id, by=by, at=at, **facts)
    return duplicate


def is_sure(reasons: list[str]) -> bool:
    """Is one of them more than a likeness?"""
    return bool(STRONG & set(reasons))
