"""A mail that came in: a contact in the case it belongs to, else a new case; what no customer wrote is put aside."""

import datetime as dt
from dataclasses import dataclass
from email.utils import parseaddr

from django.conf import settings
from django.utils.translation import gettext as _

from crm.cases.actions.contacts import add_interaction, one_at_a_time
from crm.cases.actions.editing import add_note, link_cases
from crm.cases.actions.opening import open_case
from crm.cases.intake.threads import Found, find_case
from crm.cases.marks import bare
from crm.cases.models import Case
from crm.customers.actions import BadContact, find_or_create_customer
from crm.customers.masking import mask_email
from crm.customers.models import ContactPoint, Customer
from crm.lib.moments import database_now
from crm.messaging.arrivals import Ignore, NotYet
from crm.messaging.delivery import mark_bounced
from crm.messaging.mail.bounces import Report, report_of
from crm.messaging.mail.folding import new_words
from crm.messaging.mail.layout import html_of_text
from crm.messaging.mail.mailbox import HEADERS_ONLY
from crm.messaging.mail.parse import Mail, read_mail
from crm.messaging.mail.robots import LOOP, why_ignored
from crm.messaging.models import Arrival, Connection, Message
from crm.timeline.attachments import keep_or_note
from crm.timeline.models import Channel, Direction, Interaction

# Reasons of arrivals; crm/messaging/words.py has them in words.
DOUBLE, NO_SENDER, FLOOD, EARLIER_FIRST = "came twice", "no sender address", "too many at once", "earlier mail first"
UNKNOWN_BOUNCE, DELAYED = "bounce of nothing of ours", "delayed"
# No person writes so many mails so fast; two machines that answer each other do [ours].
FLOOD_MAILS, FLOOD_SPAN = 30, dt.timedelta(minutes=10)
# An earlier mail of the same thread that fails again and again holds up nobody longer than this many tries.
EARLIER_TRIES = 4
TEXT_MAX = 100_000


def take_mail(arrival: Arrival) -> Interaction | None:
    mail = read_mail(bytes(arrival.body))
    report = report_of(mail)
    if report is not None:
        return _take_report(report)
    reason = why_ignored(mail, ours=our_addresses()) or (LOOP if _is_our_message(mail) else "")
    if reason:
        raise Ignore(reason)
    return _take_from_a_person(arrival, mail)


def our_addresses() -> set[str]:
    """In small letters, also of mailboxes that are no longer used."""
    accounts = Connection.objects.filter(channel=Channel.EMAIL).values_list("account", flat=True)
    return {account.lower() for account in accounts} | {parseaddr(settings.DEFAULT_FROM_EMAIL)[1].lower()}


def _is_our_message(mail: Mail) -> bool:
    return Message.objects.filter(channel=Channel.EMAIL, external_id=mail.own_id).exists()


def _take_report(report: Report) -> Interaction | None:
    """A message of ours that came back is a failed send; one that is only late goes on."""
    sent = Message.objects.filter(channel=Channel.EMAIL, external_id__in=report.ids).select_related("interaction")
    by_id = {one.external_id: one for one in sent}
    # The likeliest first: what came back names our earlier mails of the thread too.
    message = next((by_id[one] for one in report.ids if one in by_id), None)
    if message is None:
        raise Ignore(UNKNOWN_BOUNCE)
    if not report.is_final:
        raise Ignore(f"{DELAYED} ({report.status})")
    mark_bounced(message=message, reason=f"bounced ({report.status})")
    return message.interaction


def _take_from_a_person(arrival: Arrival, mail: Mail) -> Interaction:
    one_at_a_time(("message", Channel.EMAIL, mail.own_id))
    words = _words(arrival, mail)
    external_id = _id_of(mail, words)
    _wait_for_earlier(arrival, mail)
    customer, is_new = _customer(mail)
    _check_flood(customer)
    at = mail.received_at(arrival.came_at)
    letter = _Letter(arrival.connection.account if arrival.connection else "", words, mail, external_id, at)
    interaction = _put(letter, customer, find_case(mail), answer_to=_answer_to(mail, customer, is_new=is_new))
    for file in mail.files:
        keep_or_note(content=file.content, name=file.name, interaction=interaction, external_id=file.content_id)
    if len(mail.text) > TEXT_MAX:
        keep_or_note(content=mail.text.encode(), name="e-mail.txt", interaction=interaction)
    return interaction


@dataclass(frozen=True)
class _Letter:
    """What a mail becomes, whichever case it goes to."""

    account: str
    text: str
    mail: Mail
    external_id: str
    at: dt.datetime

    @property
    def subject(self) -> str:
        return bare(self.mail.subject)[:250]

    @property
    def html(self) -> str:
        """The whole of it, wherever the text shows only what is new."""
        whole = self.mail.text.strip()
        return self.mail.html or (html_of_text(whole[:TEXT_MAX]) if whole != self.text else "")

    @property
    def reply_to(self) -> str:
        return next(iter(self.mail.answered_ids), "")


def _words(arrival: Arrival, mail: Mail) -> str:
    """Never empty: a queue shows the first of them."""
    if arrival.kind.startswith(HEADERS_ONLY):
        return _("This e-mail is too large to be taken in. It lies in the mailbox, in the folder of refused mail.")
    return new_words(mail.text)[:TEXT_MAX] or bare(mail.subject) or _("(An e-mail without text)")


def _id_of(mail: Mail, words: str) -> str:
    """Its own id. A second mail under the same id is the first once more, over another mailbox perhaps, unless it says
    something else. Raises Ignore."""
    same = Interaction.objects.filter(channel=Channel.EMAIL, direction=Direction.IN)
    texts = list(same.filter(external_id__in=[mail.own_id, mail.digest]).values_list("text", flat=True))
    if words in texts:
        raise Ignore(DOUBLE)
    return mail.digest if texts else mail.own_id


def _wait_for_earlier(arrival: Arrival, mail: Mail) -> None:
    """The mail that this one follows came before it and is not taken in yet. Raises NotYet."""
    here = Arrival.objects.filter(channel=Channel.EMAIL, connection=arrival.connection, pk__lt=arrival.pk)
    waiting = here.filter(external_id__in=mail.answered_ids, state=Arrival.State.WAITING)
    if arrival.attempts < EARLIER_TRIES and waiting.exists():
        raise NotYet(EARLIER_FIRST)


def _customer(mail: Mail) -> tuple[Customer, bool]:
    """Whoever holds the sender's address, and whether we have only just met. Raises NotYet."""
    name, address = mail.sender
    is_new = not ContactPoint.objects.filter(kind=ContactPoint.Kind.EMAIL, value=address.lower()).exists()
    try:
        return find_or_create_customer(email=address, name=name), is_new
    except BadContact:
        raise NotYet(NO_SENDER) from None


def _check_flood(customer: Customer) -> None:
    """Raises NotYet: what does not stop of itself is shown, and nothing of it is lost."""
    recent = Interaction.objects.filter(
        customer=customer, channel=Channel.EMAIL, direction=Direction.IN, recorded_at__gt=database_now() - FLOOD_SPAN
    )
    if recent.count() >= FLOOD_MAILS:
        raise NotYet(FLOOD)


def _answer_to(mail: Mail, customer: Customer, *, is_new: bool) -> str:
    """Where an answer goes: the address written from, or the one asked for in Reply-To if that is theirs.

    Whoever forges a customer's From must not lead our answers elsewhere: of somebody we know, another address counts
    only if it is one of theirs or was asked for when we met.
    """
    asked, written_from = mail.reply_to.lower(), mail.sender[1].lower()
    if not asked or asked == written_from or asked in our_addresses():
        return written_from
    theirs = customer.contact_points.filter(kind=ContactPoint.Kind.EMAIL, value=asked)
    known = theirs.exists() or Interaction.objects.filter(customer=customer, answer_to=asked).exists()
    return asked if is_new or known else written_from


def _put(letter: _Letter, customer: Customer, found: Found | None, *, answer_to: str) -> Interaction:
    """Into the case that was found, if it still runs and the sender may speak in it; else into one of its own."""
    if found is None:
        return _open(letter, customer, answer_to)
    is_theirs = found.case.customer_id == customer.pk
    if found.case.closed_at is None and is_theirs:
        return _join(letter, found.case, answer_to)
    if found.case.closed_at is None and found.is_sure:
        return _join_as_a_stranger(letter, found.case)
    interaction = _open(letter, customer, answer_to)
    case = Case.objects.get(entries__interaction=interaction)
    link_cases(case=case, other=found.case, by=None)
    if not is_theirs:
        text = _("The e-mail names case #%(number)s, but comes from an address that is not its customer's.")
        add_note(case=case, text=text % {"number": found.case.number}, by=None)
    return interaction


def _join(letter: _Letter, case: Case, answer_to: str) -> Interaction:
    return add_interaction(
        case=case, direction=Direction.IN, channel=Channel.EMAIL, text=letter.text, at=letter.at,
        subject=letter.subject, account=letter.account, external_id=letter.external_id, reply_to=letter.reply_to,
        html=letter.html, answer_to=answer_to,
    )  # fmt: skip


def _join_as_a_stranger(letter: _Letter, case: Case) -> Interaction:
    """Somebody to whom our mail was passed on. Whoever answers should know, and answers the customer all the same."""
    interaction = _join(letter, case, "")
    text = _("The newest e-mail comes from another address than the customer's: %(address)s.")
    add_note(case=case, text=text % {"address": mask_email(letter.mail.sender[1])}, by=None)
    return interaction


def _open(letter: _Letter, customer: Customer, answer_to: str) -> Interaction:
    case = open_case(
        customer=customer, channel=Channel.EMAIL, text=letter.text, at=letter.at, subject=letter.subject,
        account=letter.account, external_id=letter.external_id, reply_to=letter.reply_to,
    )  # fmt: skip
    interaction = Interaction.objects.get(in_case__case=case)
    interaction.html, interaction.answer_to = letter.html, answer_to
    interaction.save(update_fields=["html", "answer_to"])
    return interaction
