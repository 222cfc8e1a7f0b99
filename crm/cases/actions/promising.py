"""Promises to a customer: made, kept, broken, withdrawn. Kept in time or not follows from the timestamps alone."""

import datetime as dt
from collections.abc import Mapping

from django.db import transaction

from crm.cases.actions.locking import lock_case, moment, need_reason
from crm.cases.errors import PromiseEnded, PromiseInThePast, PromiseOpen, PromiseUnsaid
from crm.cases.models import Case, Promise
from crm.cases.words import Fate
from crm.events.actions import record
from crm.events.models import Event
from crm.staff.models import User
from crm.timeline.models import Interaction

LEAST_WARNING, MOST_WARNING = dt.timedelta(minutes=5), dt.timedelta(hours=1)


@transaction.atomic
def make_promise(
    *,
    case: Case,
    text: str,
    due_at: dt.datetime,
    by: User,
    keeper: User | None = None,
    interaction: Interaction | None = None,
    at: dt.datetime | None = None,
) -> Promise:
    """Record what the customer was told that we would do by `due_at`. `keeper` is who does it (`by` when left out).

    One recorded so late that its time has passed is broken at the timer's next look, unless it is kept before.
    Raises PromiseUnsaid, PromiseInThePast.
    """
    case = lock_case(case)
    at = moment(case, at)
    if not text.strip():
        raise PromiseUnsaid
    if due_at <= at:
        raise PromiseInThePast
    promise = Promise.objects.create(
        case=case, customer_id=case.customer_id, text=text.strip(), due_at=due_at, keeper=keeper or by, made_by=by,
        made_at=at, interaction=interaction, wake_at=warning_at(at, due_at),
    )  # fmt: skip
    tell("promise.made", promise, by=by, at=at)
    return promise


def warning_at(made_at: dt.datetime, due_at: dt.datetime) -> dt.datetime:
    """When the keeper is reminded: with a fifth of the time left, at least five minutes and at most an hour before
    the end; of a very short promise at half time."""
    length = due_at - made_at
    return due_at - min(max(length / 5, LEAST_WARNING), MOST_WARNING, length / 2)


@transaction.atomic
def keep_promise(*, promise: Promise, by: User, at: dt.datetime | None = None) -> Promise:
    """It was done, at `at`. After its deadline it stays broken, but is no longer open. Raises PromiseEnded, BadTime."""
    promise, at = lock_promise(promise, at)
    if promise.kept_at or promise.withdrawn_at:
        raise PromiseEnded
    promise.kept_at, promise.kept_by, promise.wake_at = at, by, None
    promise.broken_at = None if at <= promise.due_at else promise.broken_at or promise.due_at
    promise.save()
    tell("promise.kept", promise, by=by, at=at, late=promise.broken_at is not None)
    return promise


@transaction.atomic
def break_promise(*, promise: Promise, by: User, reason: str = "", at: dt.datetime | None = None) -> Promise:
    """Say that it was not kept, before or after its deadline. Raises PromiseEnded."""
    promise, at = lock_promise(promise, at)
    if promise.kept_at or promise.withdrawn_at:
        raise PromiseEnded
    if promise.broken_at is None:
        promise.broken_at, promise.wake_at = at, None
        tell("promise.broken", promise, by=by, at=at)
    promise.reason = reason.strip() or promise.reason
    promise.save()
    return promise


@transaction.atomic
def withdraw_promise(*, promise: Promise, by: User, reason: str, at: dt.datetime | None = None) -> Promise:
    """It was no promise, or the customer no longer wants it. A broken one cannot be unsaid.

    Raises PromiseEnded, ReasonMissing.
    """
    promise, at = lock_promise(promise, at)
    if not promise.is_open or at > promise.due_at:
        raise PromiseEnded
    promise.withdrawn_at, promise.withdrawn_by, promise.wake_at = at, by, None
    promise.reason = need_reason(reason)
    promise.save()
    tell("promise.withdrawn", promise, by=by, at=at)
    return promise


def lock_promise(promise: Promise, at: dt.datetime | None) -> tuple[Promise, dt.datetime]:
    """The case before the promise, as every act takes the two; the sweep skips a promise that is held."""
    case = lock_case(promise.case)
    return Promise.objects.select_for_update(of=("self",)).select_related("case").get(pk=promise.pk), moment(case, at)


def decide_promises(
    case: Case, fates: str | Mapping[int, str], *, by: User | None, at: dt.datetime | None = None
) -> None:
    """A person who settles says what becomes of each open promise, one word for all or one for each.

    Raises PromiseOpen when one is left out.
    """
    for promise in case.promises.open().select_related("case"):
        fate = fates if isinstance(fates, str) else fates.get(promise.pk, "")
        if by is None or fate == Fate.STAYS:
            continue
        if fate == Fate.KEPT:
            keep_promise(promise=promise, by=by, at=at)
        elif fate == Fate.BROKEN:
            break_promise(promise=promise, by=by, at=at)
        else:
            raise PromiseOpen(promise)


def hand_over_promises(case: Case, *, was: int | None) -> None:
    """Who takes a case over keeps its promises: from whoever had it, or had it last before it lay unassigned."""
    if case.assignee_id and (keeper := was or _last_assignee(case)):
        case.promises.open().filter(keeper=keeper).update(keeper=case.assignee_id)


def _last_assignee(case: Case) -> int | None:
    """Of a case that nobody has; asked only where something is promised."""
    if not case.promises.open().exists():
        return None
    told = Event.objects.filter(subject_type="case", subject_id=case.pk, kind__in=["case.assigned", "case.taken_back"])
    return next((was for was in told.order_by("-pk").values_list("facts__was", flat=True) if was), None)


def drop_promises(case: Case, *, by: User | None, reason: str, at: dt.datetime) -> None:
    """The customer took the matter back, or it was none of ours: what is not yet due need not be kept."""
    for promise in case.promises.open().filter(due_at__gte=at).select_related("made_by"):
        withdraw_promise(promise=promise, by=by or promise.made_by, reason=reason[:250], at=at)


def unsay_promises(interaction: Interaction, *, reason: str, at: dt.datetime) -> None:
    """An answer that never reached the customer promised nothing."""
    for promise in Promise.objects.open().filter(interaction=interaction, due_at__gte=at).select_related("made_by"):
        withdraw_promise(promise=promise, by=promise.made_by, reason=reason, at=at)


def say_promises_again(interaction: Interaction, *, unsaid_at: dt.datetime, at: dt.datetime) -> None:
    """It did reach the customer, later: what was unsaid with it and is not yet due is to be kept after all. What
    somebody withdrew stays so."""
    unsaid = Promise.objects.filter(interaction=interaction, withdrawn_at=unsaid_at, due_at__gt=at)
    for promise in unsaid.select_related("case").select_for_update(of=("self",), no_key=True):
        promise.withdrawn_at, promise.withdrawn_by, promise.reason = None, None, ""
        promise.wake_at = promise.due_at if promise.warned_at else warning_at(promise.made_at, promise.due_at)
        promise.save()
        tell("promise.revived", promise, by=None, at=at)


def tell(kind: str, promise: Promise, *, by: User | None, at: dt.datetime, **facts: object) -> None:
    keeper, due_at = promise.keeper_id, promise.due_at.isoformat()
    record(
        kind, subject=promise.case, customer_id=promise.customer_id, by=by, at=at,
        promise=promise.pk, keeper=keeper, due_at=due_at, **facts,
    )  # fmt: skip
