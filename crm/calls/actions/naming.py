"""Who is calling: chosen among those who have the number, or new."""

from django.db import transaction

from crm.calls.actions.told import lock, put_in_timeline, tell
from crm.calls.errors import HasCase, NumberNeeded, WrappedUp
from crm.calls.matching import people_with
from crm.calls.models import Call
from crm.customers.actions import find_or_create_customer
from crm.customers.models import Customer
from crm.staff.models import User


@transaction.atomic
def choose_customer(*, call: Call, customer: Customer | None, by: User) -> Call:
    """None: not them, ask again. Raises WrappedUp, HasCase."""
    call = lock(call)
    if call.wrapped_at is not None:
        raise WrappedUp
    if call.case_id is not None:
        raise HasCase
    if customer == call.customer:
        return call
    bare, call.customer = call.interaction, customer
    if customer is None:
        call.interaction = None
    put_in_timeline(call)
    call.save()
    if customer is None and bare is not None:
        bare.delete()
    tell("call.customer_chosen", call, by=by)
    return call


@transaction.atomic
def new_customer(*, call: Call, name: str, honorific: str = "", number: str = "", by: User) -> Call:
    """Somebody we don't know; who has the number that they give is found and chosen instead.

    Without a number of their own they get the one they call with, unless somebody has that already.
    Raises NumberNeeded, BadContact, and what choose_customer raises.
    """
    own = number or ("" if people_with(call.msisdn) else call.msisdn)
    if not own:
        raise NumberNeeded
    customer = find_or_create_customer(msisdn=own, name=name, honorific=honorific)
    return choose_customer(call=call, customer=customer, by=by)
