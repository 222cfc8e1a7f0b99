"""A form becomes a case, in one transaction: whatever else fails, what a customer sent us is not lost."""

import datetime as dt
from dataclasses import dataclass

from django.conf import settings
from django.db import transaction
from django.utils import timezone, translation
from django.utils.crypto import salted_hmac
from django.utils.translation import gettext as _

from crm.cases.actions import add_note, take_in
from crm.cases.actions.contacts import one_at_a_time
from crm.cases.errors import CaseEnded
from crm.cases.models import Case, Category
from crm.customers.actions import find_customer, find_or_create_customer
from crm.customers.masking import mask_contact
from crm.customers.models import Customer
from crm.timeline.models import Channel, Interaction
from crm.web import letters
from crm.web.actions.linking import make_link
from crm.web.actions.talking import Files, keep_files, said_before, write
from crm.web.models import Filing
from crm.web.words import CONSENT_NOW, Prefers

# Whoever reloads the form and sends the same again means the same.
TWIN_WITHIN = dt.timedelta(minutes=10)
SUSPECT = "perhaps-spam"


@dataclass(frozen=True)
class Told:
    """What somebody filled in, checked and in its stored form."""

    kind: str
    text: str
    name: str
    honorific: str
    msisdn: str
    email: str
    prefers: str
    language: str
    time_zone: str
    category: Category | None = None
    is_suspect: bool = False

    @property
    def digest(self) -> str:
        """The same for the same words from the same contact, whatever the spaces."""
        said = "\n".join([self.msisdn, self.email, " ".join(self.text.split())])
        return salted_hmac("sapa.web.filing", said, algorithm="sha256").hexdigest()


@transaction.atomic
def file_form(*, nonce: str, page: str, told: Told, files: Files = (), at: dt.datetime | None = None) -> Filing:
    """Open a case for it. The same page sent again is the same filing; other words on it are one more message there.

    The same text by the same contact within minutes, from a fresh page, joins the case of the first: nothing of that
    case is shown for it, its link goes to the contact once more.
    """
    one_at_a_time(("form", nonce))
    one_at_a_time(("form text", told.digest))
    while (known := Filing.objects.filter(nonce=nonce).select_related("case").first()) is not None:
        if known.digest == told.digest or _added(known, told, files):
            return known
        nonce = _next_nonce(nonce)
    at = at or timezone.now()
    twins = Filing.objects.filter(digest=told.digest, twin=None, at__gt=at - TWIN_WITHIN, case__closed_at=None)
    twin = twins.select_related("case").first()
    return _open(nonce, page, told, files) if twin is None else _join(twin, nonce, page, told, files)


def _next_nonce(nonce: str) -> str:
    """What was sent from the page of a case that has closed is a filing of its own, and so on."""
    first, _plus, number = nonce.partition("+")
    return f"{first}+{int(number or 0) + 1}"


def _added(known: Filing, told: Told, files: Files) -> bool:
    """Somebody went back, changed the text and sent again. False when that case is closed by now."""
    external_id = f"{known.nonce}-{told.digest[:16]}"
    if said_before(external_id):
        return True
    case = known.case
    try:
        write(case, text=told.text, external_id=external_id, files=files, conversation=case.conversation)
    except CaseEnded:
        return False
    return True


def _open(nonce: str, page: str, told: Told, files: Files) -> Filing:
    case = take_in(
        customer=customer_of(told), channel=Channel.WEB, text=told.text, kind=told.kind, category=told.category,
        tags=[SUSPECT] if told.is_suspect else [], conversation=f"form-{nonce}", external_id=nonce,
        tier="",  # the promise is shown to whoever wrote: it must not tell them a stranger's tier
    )  # fmt: skip
    case = Case.objects.select_related("customer").get(pk=case.pk)  # its number
    keep_files(Interaction.objects.get(in_case__case=case), files)
    add_note(case=case, text=_for_colleagues(told), by=None)
    filing = _keep(case, nonce, page, told)
    letters.confirm(filing, make_link(case=case, by=None))
    return filing


def _join(twin: Filing, nonce: str, page: str, told: Told, files: Files) -> Filing:
    filing = _keep(twin.case, nonce, page, told, twin=twin)
    if files:
        write(twin.case, text=told.text, external_id=nonce, files=files, conversation=twin.case.conversation)
    letters.remind_of_link(twin, key=f"again:{nonce}")
    return filing


def _keep(case: Case, nonce: str, page: str, told: Told, twin: Filing | None = None) -> Filing:
    return Filing.objects.create(
        case=case, twin=twin, nonce=nonce, page=page, name=told.name, honorific=told.honorific, msisdn=told.msisdn,
        email=told.email, prefers=told.prefers, language=told.language, time_zone=told.time_zone,
        consent=CONSENT_NOW, is_suspect=told.is_suspect, digest=told.digest,
    )  # fmt: skip


def customer_of(told: Told) -> Customer:
    """Under whom it is filed: a claim, so that a known record gains nothing by it, and a new one gets one contact.

    Two contacts on one record would let whoever types a stranger's number receive, by their own address, what is
    meant for that stranger.
    """
    known = find_customer(msisdn=told.msisdn, email=told.email)
    if known is not None:
        return known
    by_mail = _writes_by_mail(told)
    return find_or_create_customer(
        email=told.email if by_mail else "", msisdn="" if by_mail else told.msisdn, name=told.name,
        honorific=told.honorific, language=told.language, time_zone=told.time_zone,
    )  # fmt: skip


def _writes_by_mail(told: Told) -> bool:
    return bool(told.email) and (told.prefers == Prefers.EMAIL or not told.msisdn)


def _for_colleagues(told: Told) -> str:
    """What the form said beside the text, with contacts masked, in the house's language."""
    given = {"msisdn": told.msisdn, "email": told.email}
    contacts = ", ".join(mask_contact(kind, value) for kind, value in given.items() if value)
    with translation.override(settings.LANGUAGE_CODE):
        said = _("From the form: %(name)s, %(contacts)s (claimed, not proven). Wants an answer: %(prefers)s.") % {
            "name": f"{told.honorific} {told.name}".strip(), "contacts": contacts,
            "prefers": str(Prefers(told.prefers).label).lower(),
        }  # fmt: skip
        return f"{said} {_('Looks like a robot’s.')}" if told.is_suspect else said
