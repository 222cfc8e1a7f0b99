"""Does the customer allow this message? Asked when it is queued, and again when it is sent (UU PDP 27/2022)."""

from crm.customers.consenting import lock
from crm.customers.contacting import No, may_contact
from crm.customers.errors import CustomerGone
from crm.messaging.models import Message


def refusal(message: Message) -> str:
    """Why not, a code that words.py puts into words; empty: it may go. Answers and service have no purpose, and may.

    The customer is held until the caller's transaction ends: whoever takes a consent back meanwhile waits for us, or
    we for them. Of the two, one is first.
    """
    if not message.purpose:
        return ""
    try:
        customer = lock(message.customer)
    except CustomerGone:
        return No.GONE
    return may_contact(
        customer=customer, purpose=message.purpose, channel=message.channel, recipient=message.recipient
    ).why_not
