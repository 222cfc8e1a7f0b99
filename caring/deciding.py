"""May this task's contact take place now? Asked when a message is sent and when an agent takes a call (domain.md §4).

Whoever was put off is asked again; what the customer wants always wins.
"""

import datetime as dt
import hashlib
import zoneinfo
from dataclasses import dataclass

from django.db import connection

from caring.models import Attempt, ContactPolicy, Task
from caring.policy import policy_in_force
from caring.words import Kind, Outcome, State, Way, Why
from crm.cases.models import Case
from crm.cases.words import Kind as CaseKind
from crm.customers.contacting import No, may_contact
from crm.customers.models import Customer, Purpose
from crm.messaging.models import Message

# Nobody was spoken to and nothing arrived: it counts for no cap.
NO_CONTACT = (Outcome.NO_ANSWER, Outcome.WRONG_NUMBER, Outcome.UNDELIVERED)
DAY = dt.timedelta(days=1)
BY_CONSENT = {
    No.GONE: Why.RESTRICTED, No.RESTRICTED: Why.RESTRICTED, No.DO_NOT_DISTURB: Why.DO_NOT_DISTURB,
    No.UNUSABLE: Why.UNREACHABLE,
}  # fmt: skip


@dataclass(frozen=True)
class Verdict:
    """`why`: not now, and not before `until`; for good where that is empty."""

    why: str = ""
    until: dt.datetime | None = None

    @property
    def may(self) -> bool:
        return not self.why


GO = Verdict()


def decide(task: Task, at: dt.datetime) -> Verdict:
    """On the channel that is to be tried next."""
    policy, customer = policy_in_force(), task.customer
    if customer.restricted_at or customer.erased_at:
        return Verdict(Why.RESTRICTED)
    if task.stage.is_courtesy:
        refused = _courtesy(task, policy, at)
        if not refused.may:
            return refused
    if task.channel == Way.CALL and (called := _household_called(task, at)):
        return Verdict(Why.HOUSEHOLD, called)
    quiet = quiet_until(customer, policy, at)
    return Verdict(Why.QUIET, quiet) if quiet and task.channel not in (Way.LETTER, Way.FORM, Way.EMAIL) else GO


def _courtesy(task: Task, policy: ContactPolicy, at: dt.datetime) -> Verdict:
    allowed = may_contact(customer=task.customer, purpose=Purpose.CARE, channel=task.channel, at=at)
    if not allowed.may:
        return Verdict(BY_CONSENT.get(No(allowed.why_not), Why.NO_CONSENT))
    if is_held_out(task.customer_id, policy):
        return Verdict(Why.HOLD_OUT)
    complains = Case.objects.live().running().filter(customer=task.customer_id, kind=CaseKind.COMPLAINT)
    if complains.exists():
        return Verdict(Why.COMPLAINT, at + DAY)
    return GO if _has_room(task, policy, at) else Verdict(Why.CAP, at + DAY)


def is_held_out(customer_id: int, policy: ContactPolicy) -> bool:
    """As picking.HELD_OUT says it in SQL; a test holds the two together."""
    digest = hashlib.md5(f"hold-out:{customer_id}".encode(), usedforsecurity=False).hexdigest()
    return int(digest[:7], 16) % 1000 < policy.hold_out_per_mille


# A customer's other courtesies that take room: those that reached them in the days of the cap, and those that are more
# important and can still be done, since they go first. What still stands in the lane is no contact yet.
TAKE_ROOM = """
SELECT count(*) FROM (
    SELECT t.id, t.state, t.next_at, s.importance, bool_or(in_lane) AS in_lane, bool_or(NOT in_lane AND a.at > %(since)s
        AND a.outcome <> ALL(%(no_contact)s) AND m.state IS DISTINCT FROM %(suppressed)s) AS is_made
    FROM caring_task t JOIN caring_stage s ON s.number = t.stage_id AND s.kind = %(courtesy)s
    LEFT JOIN caring_attempt a ON a.task_id = t.id LEFT JOIN messaging_message m ON m.id = a.message_id
    CROSS JOIN LATERAL (SELECT coalesce(m.state = ANY(%(unsent)s) AND m.begun_at IS NULL, FALSE) AS in_lane) l
    WHERE t.customer_id = %(customer)s AND t.id <> %(task)s GROUP BY t.id, s.importance
) o
WHERE is_made OR ((importance, -id) > (%(importance)s, -%(task)s)
    AND ((state = ANY(%(due)s) AND next_at <= %(at)s) OR (state = %(sent)s AND in_lane)))
"""


def _has_room(task: Task, policy: ContactPolicy, at: dt.datetime) -> bool:
    with connection.cursor() as cursor:
        cursor.execute(TAKE_ROOM, {
            "since": at - dt.timedelta(days=policy.days), "no_contact": list(NO_CONTACT), "courtesy": Kind.COURTESY,
            "suppressed": Message.State.SUPPRESSED, "unsent": list(Message.UNSENT), "due": list(Task.DUE),
            "sent": State.SENT, "customer": task.customer_id, "task": task.pk, "importance": task.stage.importance,
            "at": at,
        })  # fmt: skip
        return bool(cursor.fetchone()[0] < policy.most)


def _household_called(task: Task, at: dt.datetime) -> dt.datetime | None:
    """When they may be called: somebody under the same roof was called on this day of theirs."""
    home = task.customer.addresses.filter(kind="home").first()
    if home is None or not home.post_code:
        return None
    midnight = at.astimezone(zone_of(task.customer)).replace(hour=0, minute=0, second=0, microsecond=0)
    neighbours = Customer.objects.filter(
        addresses__kind="home", addresses__street__iexact=home.street, addresses__rt=home.rt, addresses__rw=home.rw,
        addresses__post_code=home.post_code,
    ).exclude(pk=task.customer_id)  # fmt: skip
    calls = Attempt.objects.filter(task__customer__in=neighbours, channel=Way.CALL, at__gte=midnight)
    return midnight + DAY if calls.exists() else None


def zone_of(customer: Customer) -> zoneinfo.ZoneInfo:
    return zoneinfo.ZoneInfo(customer.time_zone)


def quiet_until(customer: Customer, policy: ContactPolicy, at: dt.datetime) -> dt.datetime | None:
    """When quiet hours end where the customer is; None while they are not."""
    here = at.astimezone(zone_of(customer))
    begins, ends = policy.quiet_from, policy.quiet_until
    time = here.time()
    overnight = begins > ends
    if not (time >= begins or time < ends if overnight else begins <= time < ends):
        return None
    end = here.replace(hour=ends.hour, minute=ends.minute, second=0, microsecond=0)
    return end + DAY if overnight and time >= begins else end
