"""May this task's contact take place now? Asked when a message is sent and when an agent takes a call (domain.md §4).

Whoever was put off is asked again; what the customer wants always wins.
"""

import datetime as dt
import hashlib
import zoneinfo
from dataclasses import dataclass

from django.db.models import Q

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
    return GO if _room(task, policy, at) else Verdict(Why.CAP, at + DAY)


def is_held_out(customer_id: int, policy: ContactPolicy) -> bool:
    """As picking.HELD_OUT says it in SQL; a test holds the two together."""
    digest = hashlib.md5(f"hold-out:{customer_id}".encode(), usedforsecurity=False).hexdigest()
    return int(digest[:7], 16) % 1000 < policy.hold_out_per_mille


def _room(task: Task, policy: ContactPolicy, at: dt.datetime) -> bool:
    """Under the cap, counting those that are more important and can still be done: they go first. What still stands in
    the lane is no contact yet."""
    courtesy = Attempt.objects.filter(task__customer=task.customer_id, task__stage__kind=Kind.COURTESY)
    in_lane = courtesy.filter(message__state__in=Message.UNSENT, message__begun_at=None)
    left = courtesy.exclude(pk__in=in_lane).exclude(message__state=Message.State.SUPPRESSED)
    made = left.filter(at__gt=at - dt.timedelta(days=policy.days)).exclude(outcome__in=NO_CONTACT)
    others = Task.objects.filter(
        Q(state__in=Task.DUE, next_at__lte=at) | Q(state=State.SENT, attempts_made__in=in_lane),
        customer=task.customer_id, stage__kind=Kind.COURTESY,
    )  # fmt: skip
    before = Q(stage__importance__gt=task.stage.importance) | Q(stage__importance=task.stage.importance, pk__lt=task.pk)
    mine = made.filter(task=task).count()  # its own earlier attempts are the same contact
    used = made.values("task").distinct().count() - min(1, mine)
    waiting = others.filter(before).exclude(pk__in=made.values("task")).distinct().count()
    return used + waiting < policy.most


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
