"""Private messages of a network: they join the same person's running case, so that both parts are one conversation."""

import datetime as dt
from typing import Any

from django.db import transaction

from crm.cases.actions import add_interaction, take_in
from crm.cases.models import Case
from crm.cases.queries import CaseQuerySet
from crm.customers.actions import find_or_create_customer
from crm.messaging import channels
from crm.timeline.models import Direction, Interaction
from social.columns import handle
from social.echoes import message_behind
from social.models import Account


@transaction.atomic
def receive_private(
    *, account: Account, person: str, conversation: str, external_id: str, text: str, at: dt.datetime
) -> Interaction:
    """What `person` (a handle) wrote to us. The same message again returns the contact it is and changes nothing."""
    Account.objects.select_for_update().get(pk=account.pk)
    if known := contact(account, external_id):
        return known
    customer = find_or_create_customer(handle=person, network=account.network, at=at)
    said: dict[str, Any] = {"text": text, "at": at} | _where(account, conversation, external_id)
    case = running_case(account, person)
    if case is not None:
        return add_interaction(case=case, direction=Direction.IN, **said)
    take_in(customer=customer, **said)
    return Interaction.objects.get(channel=account.network, account=account.handle, external_id=external_id)


@transaction.atomic
def receive_own_private(
    *, account: Account, person: str, conversation: str, external_id: str, text: str, at: dt.datetime
) -> Interaction | None:
    """What we wrote: linked to the message it was, else a colleague's answer in the person's running case.

    None when it belongs to no case. Raises NotYet.
    """
    Account.objects.select_for_update().get(pk=account.pk)
    if known := contact(account, external_id):
        return known
    message = message_behind(account, external_id, text, at, is_public=False, recipient__iexact=handle(person))
    if message is not None:
        return message.interaction
    case = running_case(account, person)
    if case is None:
        return None
    where = _where(account, conversation, external_id)
    return add_interaction(case=case, direction=Direction.OUT, text=text, at=at, **where)


def contact(account: Account, external_id: str) -> Interaction | None:
    here = Interaction.objects.filter(channel=account.network, account=account.handle, external_id=external_id)
    return here.first()


def running_case(account: Account, person: str) -> Case | None:
    """The newest that is not closed, first of all one in which we asked this person to write privately."""
    open_cases = Case.objects.filter(
        customer__contact_points__kind="handle",
        customer__contact_points__network=account.network,
        customer__contact_points__value=handle(person),
        channel=account.network, account=account.handle, is_archive=False, closed_at=None,
    ).order_by("-pk")  # fmt: skip
    return _invited(account, open_cases) or open_cases.first()


def _invited(account: Account, cases: CaseQuerySet) -> Case | None:
    link = channels.get(account.network).private_link(account=account.handle)
    if not link:
        return None
    return cases.filter(
        entries__interaction__direction=Direction.OUT,
        entries__interaction__is_public=True,
        entries__interaction__voided_at=None,
        entries__interaction__text__contains=link,
    ).first()


def _where(account: Account, conversation: str, external_id: str) -> dict[str, Any]:
    return {
        "channel": account.network,
        "account": account.handle,
        "conversation": conversation,
        "external_id": external_id,
    }
