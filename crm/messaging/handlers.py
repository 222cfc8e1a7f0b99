"""News of messages that the record of a customer learns from."""

from crm.customers.correcting import report_bounce
from crm.events.models import Event
from crm.messaging.models import Message
from crm.messaging.words import NOT_TAKEN

KINDS = ("message.failed",)


def doubt_the_contact(event: Event) -> None:
    """It came back, or never arrived: that contact is not used until somebody has seen to it. Twice changes nothing.

    What the network would not take says nothing of the contact.
    """
    message = Message.objects.select_related("customer").get(pk=event.subject_id)
    if message.delivery == Message.Delivery.FAILED and message.error != NOT_TAKEN:
        report_bounce(customer=message.customer, recipient=message.recipient, at=event.at)
