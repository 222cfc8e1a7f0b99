"""What goes to the address that a form gave: by the outbox, written by a machine, so that it stops no clock.

None of these carries the text of a message: an address in a form is a claim.
"""

from functools import partial
from typing import Any

from django.template.loader import render_to_string
from django.utils import timezone, translation
from django.utils.translation import gettext as _

from crm.cases.models import CaseInteraction
from crm.messaging import channels
from crm.messaging.actions import queue_message
from crm.messaging.models import Message
from crm.timeline.models import Channel, Direction, Interaction
from crm.web.links import link_to
from crm.web.models import Filing, StatusLink
from crm.web.promises import promises_of
from crm.web.words import Prefers

LONGEST_SUBJECT = 250


def road_of(filing: Filing) -> tuple[str, str] | None:
    """(channel, address) for short notices; None where nothing can go out, or should: robots are told nothing."""
    mail, sms = (Channel.EMAIL, filing.email), (Channel.SMS, filing.msisdn)
    order = (sms, mail) if filing.prefers == Prefers.SMS else (mail, sms)
    usable = [(code, to) for code, to in order if to and _is_open(code, to)]
    return None if filing.is_suspect or not usable else usable[0]


def _is_open(code: str, to: str) -> bool:
    """Is the channel there, and something connected to it?"""
    if code not in channels.codes():
        return False
    return channels.get(code).standing(account="", recipient=to, reply_to="", is_public=False).may


def confirm(filing: Filing, link: StatusLink) -> None:
    """Right after the form: number, promise, link; by e-mail alone, which costs nobody anything. Shown in the case,
    but for the link."""
    if not filing.email or filing.is_suspect:
        return
    promises = partial(promises_of, filing.case)  # asked by the template, in its language and time zone
    subject, body = written("confirmation", filing, url=link.url, promises=promises)
    with translation.override(filing.language):
        shown = _("We confirmed that the message arrived, with the case number and the link to its status page.")
    interaction = Interaction.objects.create(
        customer=filing.case.customer, channel=Channel.EMAIL, direction=Direction.OUT, by_person=False,
        subject=subject, text=shown, at=timezone.now(),
    )  # fmt: skip
    CaseInteraction.objects.create(interaction=interaction, case=filing.case)
    _queue(
        filing, channel=Channel.EMAIL, recipient=filing.email, subject=subject, body=body,
        key=f"filed:{filing.nonce}", interaction=interaction,
    )  # fmt: skip


def tell_of_answer(message: Message, filing: Filing, link: StatusLink) -> None:
    """Something new stands on the status page."""
    _short("answer", filing, link, key=f"page:{message.pk}", road=road_of(filing))


def remind_of_link(filing: Filing, *, key: str, by_mail: bool = False) -> None:
    """The link once more, to the contact that was given when the case was opened."""
    link = link_to(filing.case_id)
    if link is not None:
        _short("link", filing, link, key=key, road=(Channel.EMAIL, filing.email) if by_mail else road_of(filing))


def _short(name: str, filing: Filing, link: StatusLink, *, key: str, road: tuple[str, str] | None) -> None:
    if road is None:
        return
    channel, recipient = road
    subject, body = written(name if channel == Channel.EMAIL else f"{name}_sms", filing, url=link.url)
    _queue(filing, channel=channel, recipient=recipient, subject=subject, body=body, key=key)


def written(name: str, filing: Filing, **context: object) -> tuple[str, str]:
    """Subject (the template's first line) and body, in the language and the time zone of the form."""
    zone = timezone.override(filing.time_zone)
    with translation.override(filing.language), zone:
        text = render_to_string(f"web/mail/{name}.txt", {"filing": filing, **context}).strip()
    subject, _newline, body = text.partition("\n")
    return " ".join(subject.split())[:LONGEST_SUBJECT], body.strip()


def _queue(filing: Filing, *, interaction: Interaction | None = None, **what: Any) -> None:
    now = timezone.now()
    queue_message(interaction=interaction, customer=filing.case.customer, by=None, send_at=now, **what)
