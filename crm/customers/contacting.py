"""May we contact this customer, for this purpose, this way? Asked by whatever is proactive; never by an answer.

Order: the strongest reason is the one that is told. Reads only; who sends asks once more when it sends.
"""

import datetime as dt
from typing import NamedTuple

from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import pgettext_lazy

from crm.customers.models import Consent, ContactPoint, Correction, Customer


class No(models.TextChoices):
    """Why not. The codes stand in messages that were held back."""

    GONE = "customer erased", pgettext_lazy("held back", "Nothing is left of this customer")
    RESTRICTED = "data restricted", pgettext_lazy("held back", "The customer's data is restricted")
    DO_NOT_DISTURB = "do not disturb", pgettext_lazy("held back", "The customer does not want to be disturbed")
    WITHDRAWN = "consent withdrawn", pgettext_lazy("held back", "The customer took the consent back")
    REFUSED = "consent refused", pgettext_lazy("held back", "The customer said no")
    NEVER = "no consent", pgettext_lazy("held back", "The customer was never asked for consent")
    UNUSABLE = "contact unusable", pgettext_lazy("held back", "The number or address is on the list of corrections")


class Verdict(NamedTuple):
    may: bool
    why_not: str = ""
    """A code of `No`; empty when we may."""


YES = Verdict(may=True)
# What a channel reaches its customer by; a network's handle where nothing else is said.
KINDS = {"email": "email", "letter": "post", "sms": "msisdn", "call": "msisdn", "whatsapp": "msisdn"}


def may_contact(
    *, customer: Customer, purpose: str, channel: str, recipient: str = "", at: dt.datetime | None = None
) -> Verdict:
    """As things stand at `at`, now when left out. `recipient`: to this number or address; else any usable one."""
    customer = _today(customer)
    use = may_use(customer=customer, purpose=purpose, at=at)
    if not use.may and use.why_not in (No.GONE, No.RESTRICTED):
        return use
    if customer.do_not_disturb:
        return Verdict(may=False, why_not=No.DO_NOT_DISTURB)
    if not use.may:
        return use
    return YES if _usable(customer, channel, recipient) else Verdict(may=False, why_not=No.UNUSABLE)


def may_use(*, customer: Customer, purpose: str, at: dt.datetime | None = None) -> Verdict:
    """May their data serve this purpose, without any contact: analysis, passing on?"""
    customer = _today(customer)
    if customer.erased_at:
        return Verdict(may=False, why_not=No.GONE)
    if customer.restricted_at:
        return Verdict(may=False, why_not=No.RESTRICTED)
    return _consent(customer, purpose, at or timezone.now())


def _today(customer: Customer) -> Customer:
    """The record that this one was merged into stands for the person."""
    while customer.absorbed_into is not None:
        customer = customer.absorbed_into
    return customer


def _consent(customer: Customer, purpose: str, at: dt.datetime) -> Verdict:
    answers = list(Consent.objects.filter(customer=customer, purpose=purpose, given_at__lte=at))
    if any(one.answer == Consent.Answer.YES and _stood(one, at) for one in answers):
        return YES
    if not answers:
        return Verdict(may=False, why_not=No.NEVER)
    said_no = answers[0].answer == Consent.Answer.NO
    return Verdict(may=False, why_not=No.REFUSED if said_no else No.WITHDRAWN)


def _stood(consent: Consent, at: dt.datetime) -> bool:
    return consent.withdrawn_at is None or consent.withdrawn_at > at


def _usable(customer: Customer, channel: str, recipient: str) -> bool:
    """False where all that reaches them this way is known to be wrong. What we have no word on is usable."""
    points = ContactPoint.objects.filter(customer=customer, kind=KINDS.get(channel, "handle"))
    if KINDS.get(channel) is None:
        points = points.filter(network=channel)
    if recipient:
        points = points.filter(Q(value=recipient) | Q(display=recipient))
    wrong = set(
        Correction.objects.filter(customer=customer, thing="contact", state=Correction.State.OPEN).values_list(
            "thing_id", flat=True
        )
    )
    ids = set(points.values_list("pk", flat=True)) if wrong else set()
    return not ids or bool(ids - wrong)
