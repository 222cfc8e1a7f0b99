"""Writes on a line: begin it, move it along its life, give it another number or other people, register it."""

import datetime as dt
from typing import Any

from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from crm.customers.lines.calendar import day_of
from crm.customers.lines.errors import HasEnded, LineError, NumberTaken
from crm.customers.lines.states import check, event_of, path
from crm.customers.linking import lock_customers
from crm.customers.models import Customer, NumberChange, Product, Subscription
from crm.events.actions import record
from crm.lib.msisdn import BadNumber, normalise
from crm.staff.models import User

State, Registration = Subscription.State, Subscription.Registration
Dates = dict[str, dt.date]


@transaction.atomic
def add_line(
    *,
    customer: Customer,
    product: Product,
    number: str,
    state: str = "",
    by: User | None,
    at: dt.datetime | None = None,
) -> Subscription:
    """A new line; it begins ordered when postpaid, active when prepaid. Raises LineError, NumberTaken."""
    at, begins = at or timezone.now(), path(postpaid=product.postpaid)
    if state and state not in begins:
        raise LineError("state", "not_of_product", _("This product knows no such state."))
    if not product.sold:
        raise LineError("product", "not_sold", _("This product is not sold any more."))
    line = Subscription(
        customer=_living(customer), product=product, postpaid=product.postpaid, msisdn=_read(number),
        state=state or begins[0], state_since=at,
    )  # fmt: skip
    line.activated_on = day_of(at) if line.state == State.ACTIVE else None
    _save_number(line)
    _record("line.added", line, by=by, at=at, state=line.state, product=product.code)
    if line.state == State.ACTIVE:
        _record("line.activated", line, by=by, at=at, product=product.code)
    return line


@transaction.atomic
def move_line(
    *, line: Subscription, state: str, by: User | None, at: dt.datetime | None = None, dates: Dates | None = None
) -> Subscription:
    """To another state of its life; `dates`: active_until and grace_until of a prepaid line.

    What is told late (before the state it has) and what is told again change nothing. Raises CannotGo.
    """
    at, line, dates = at or timezone.now(), _locked(line, ended_too=True), dates or {}
    if at < line.state_since:
        return line
    before = line.state
    if before == state:
        return _renew(line, dates, by=by, at=at)
    check(before, state, postpaid=line.postpaid)
    _enter(line, state, at, dates)
    _record(event_of(before, state), line, by=by, at=at, before=before, state=state, product=line.product_id)
    return line


def _enter(line: Subscription, state: str, at: dt.datetime, dates: Dates) -> None:
    line.state, line.state_since = state, at
    if state == State.ACTIVE:
        line.activated_on, line.grace_until = line.activated_on or day_of(at), None
    if state in Subscription.ENDED:
        line.ended_on = day_of(at)
    for name, day in dates.items():
        setattr(line, name, day)
    line.save(update_fields=["state", "state_since", "activated_on", "ended_on", "active_until", "grace_until"])


def _renew(line: Subscription, dates: Dates, *, by: User | None, at: dt.datetime) -> Subscription:
    """The same state with other dates: a top-up prolongs."""
    if any(getattr(line, name) != day for name, day in dates.items()):
        for name, day in dates.items():
            setattr(line, name, day)
        line.save(update_fields=list(dates))
        _record("line.renewed", line, by=by, at=at, **{name: str(day) for name, day in dates.items()})
    return line


@transaction.atomic
def change_number(
    *, line: Subscription, number: str, by: User | None, reference: str = "", at: dt.datetime | None = None
) -> Subscription:
    """From now on under another number; the old one still finds it. Raises LineError, NumberTaken, HasEnded."""
    at, line, new = at or timezone.now(), _locked(line), _read(number)
    if new == line.msisdn:
        return line
    change = NumberChange(subscription=line, old=line.msisdn, new=new, reference=reference, by=by, at=at)
    line.msisdn = new
    _save_number(line)
    change.save()
    _record("line.number_changed", line, by=by, at=at, change=change.pk)
    return line


@transaction.atomic
def change_owner(
    *, line: Subscription, owner: Customer, by: User | None, at: dt.datetime | None = None
) -> Subscription:
    """Another customer holds it from now on; bills so far stay where they are. Raises LineError, HasEnded."""
    at = at or timezone.now()
    lock_customers([line.customer_id, owner.pk])  # before the line: as a merge does
    owner, line = _living(owner), _locked(line)
    before = line.customer_id
    if owner.pk == before:
        return line
    line.customer = owner
    line.user = None if line.user_id == owner.pk else line.user
    line.save(update_fields=["customer", "user"])
    _record("line.owner_changed", line, by=by, at=at, before=before)
    return line


@transaction.atomic
def change_user(
    *, line: Subscription, user: Customer | None, by: User | None, at: dt.datetime | None = None
) -> Subscription:
    """Who uses it where that is not the owner; None: the owner does. Raises LineError, HasEnded."""
    at, user = at or timezone.now(), _living(user) if user else None
    line = _locked(line)
    new = None if user is None or user.pk == line.customer_id else user
    before, after = line.user_id, new.pk if new else None
    if before == after:
        return line
    line.user = new
    line.save(update_fields=["user"])
    _record("line.user_changed", line, by=by, at=at, before=before, user=after)
    return line


@transaction.atomic
def register_prepaid(
    *, line: Subscription, state: str, reference: str = "", by: User | None, at: dt.datetime | None = None
) -> Subscription:
    """What the registration of a prepaid number came to (Permenkomdigi 7/2026). Raises LineError, HasEnded."""
    at, line = at or timezone.now(), _locked(line)
    if line.postpaid:
        raise LineError("state", "not_prepaid", _("Only prepaid numbers are registered."))
    if state not in Registration.values or state == Registration.NONE:
        raise LineError("state", "invalid", _("Say how the registration stands."))
    if state == Registration.REGISTERED and not reference.strip():
        raise LineError("reference", "required", _("Give the reference of the registration."))
    if (line.registration, line.registration_reference) == (state, reference.strip()):
        return line
    line.registration, line.registration_reference, line.registered_at = state, reference.strip(), at
    line.save(update_fields=["registration", "registration_reference", "registered_at"])
    _record("line.registration", line, by=by, at=at, state=state)
    return line


def _locked(line: Subscription, *, ended_too: bool = False) -> Subscription:
    found = Subscription.objects.select_for_update(of=["self"]).get(pk=line.pk)
    if not (found.is_held or ended_too):
        raise HasEnded
    return found


def _living(customer: Customer) -> Customer:
    """Where a merged record went; it stays what it is until our transaction ends."""
    found = Customer.objects.select_for_update(no_key=True).get(pk=customer.pk)
    if found.absorbed_into_id:
        return _living(Customer(pk=found.absorbed_into_id))
    if found.erased_at:
        raise LineError("customer", "erased", _("This record is erased."))
    return found


def _read(number: str) -> str:
    try:
        return normalise(number)
    except BadNumber as error:
        raise LineError("number", "bad_number", str(error)) from None


def _save_number(line: Subscription) -> None:
    """one_living_line_a_number decides between two at once."""
    try:
        with transaction.atomic():
            line.save()
    except IntegrityError:
        raise NumberTaken from None


def _record(kind: str, line: Subscription, *, by: User | None, at: dt.datetime, **facts: Any) -> None:
    record(kind, subject=line, customer_id=line.customer_id, by=by, at=at, **facts)
