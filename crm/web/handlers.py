"""News from the rooms below."""

from crm.events.models import Event
from crm.messaging.models import Message
from crm.timeline.models import Channel
from crm.web import letters
from crm.web.links import filing_of, link_to

KINDS = ("message.sent",)


def tell_the_customer(event: Event) -> None:
    """Something stands on a status page: a notice goes to the contact of the form. Twice the same sends one."""
    if event.facts.get("channel") != Channel.WEB:
        return
    message = Message.objects.select_related("interaction__in_case").get(pk=event.subject_id)
    link = link_to(message.interaction.in_case.case_id) if message.interaction else None
    filing = filing_of(link) if link else None
    if link is not None and filing is not None:
        letters.tell_of_answer(message, filing, link)
