"""Customers' short messages: into the case in which we last wrote to that number, else into that number's own."""

import datetime as dt
import re

from crm.cases.actions.contacts import add_interaction, one_at_a_time, take_in
from crm.cases.models import Case
from crm.customers.actions import find_or_create_customer, note_number
from crm.customers.models import Customer
from crm.lib.msisdn import BadNumber, normalise
from crm.messaging.arrivals import Ignore
from crm.messaging.channels.kannel import Incoming, read_incoming
from crm.messaging.models import Arrival, Message
from crm.timeline.models import Direction, Interaction

SMS = "sms"
# Long enough for somebody who answers after a weekend; later it is rather a new matter.
ANSWERS_WITHIN = dt.timedelta(days=7)
# Short codes and names of other senders are no people whom one could answer.
DIGITS, BETWEEN = re.compile(r"\+?\d{7,15}", re.ASCII), re.compile(r"[\s().-]")
LEFT = (Message.State.SENT, Message.State.UNCERTAIN)


def take_sms(arrival: Arrival) -> Interaction:
    """The contact that it became. The same message again is the same contact. Raises Ignore."""
    assert arrival.connection is not None  # our view keeps none without
    message = read_incoming(bytes(arrival.body))
    number, account = _sender(message, ours=arrival.connection.account), arrival.connection.account
    one_at_a_time(("conversation", SMS, account, number))
    taken = Interaction.objects.filter(channel=SMS, account=account, external_id=arrival.external_id)
    if not taken.exists():
        at = min(message.at or arrival.came_at, arrival.came_at)
        _take(number, text=message.text, at=at, account=account, external_id=arrival.external_id)
        taken.update(answer_to=number)  # the customer may have others, too
    return taken.get()


def _take(number: str, *, text: str, at: dt.datetime, **network: str) -> None:
    customer = find_or_create_customer(msisdn=number, at=at)
    note_number(customer=customer, msisdn=number, at=at)
    case = case_written_in(customer, number, at=at)
    network |= {"channel": SMS, "conversation": number, "text": text}
    if case is None:
        take_in(customer=customer, at=at, **network)
    else:
        add_interaction(case=case, direction=Direction.IN, at=at, **network)  # type: ignore[arg-type]


def _sender(message: Incoming, *, ours: str) -> str:
    """The customer's number, in E.164. Raises Ignore with the reason for anything that is no message of a person."""
    number = number_of(message.sender)
    if message.is_binary:
        raise Ignore("binary message")
    if number is None:
        raise Ignore("the sender is no telephone number")
    if number == number_of(ours):
        raise Ignore("our own number")
    if not message.text:
        raise Ignore("no text")
    return number


def number_of(sender: str) -> str | None:
    """'62812…', '0812…', '+44…', and a foreign one whose + got lost."""
    digits = BETWEEN.sub("", sender)
    if not DIGITS.fullmatch(digits):
        return None
    for written in (digits, f"+{digits}"):
        try:
            return normalise(written)
        except BadNumber:
            continue
    return None


def case_written_in(customer: Customer, number: str, *, at: dt.datetime) -> Case | None:
    """The running or settled case in which we last wrote to this number, if that is not long ago."""
    ours = Interaction.objects.filter(
        customer=customer, channel=SMS, direction=Direction.OUT, voided_at=None, at__gt=at - ANSWERS_WITHIN,
        message__recipient=number, message__state__in=LEFT, in_case__case__is_archive=False,
    )  # fmt: skip
    newest = ours.order_by("-at").values_list("in_case__case", flat=True).first()
    return Case.objects.filter(pk=newest, closed_at=None).first() if newest else None
