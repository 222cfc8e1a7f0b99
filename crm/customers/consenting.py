"""A customer's yes or no to a purpose: given, refused, withdrawn. Each answer keeps its proof."""

import datetime as dt
from typing import Any

from django.db import transaction
from django.utils import timezone

from crm.customers.consent_texts import Text, text_in_force
from crm.customers.errors import BadMoment, CustomerGone, TextMoved
from crm.customers.models import Consent, Customer
from crm.events.actions import record
from crm.staff.models import User

Answer = Consent.Answer


@transaction.atomic
def give_consent(
    *, customer: Customer, purpose: str, version: int, channel: str, by: User | None, language: str = "id",
    at: dt.datetime | None = None,
) -> Consent:  # fmt: skip
    """They said yes to the text of this version, which was in force at `at`.

    The same yes recorded twice is one; a yes to a newer text takes the place of the older. A yes that is reported
    after a later no stays history and allows nothing. Raises TextMoved, BadMoment, CustomerGone.
    """
    now = timezone.now()
    customer, text, at = lock(customer), _text(purpose, version, at, now), at or now
    standing = customer.consents.standing().filter(purpose=purpose).first()
    if standing and (standing.version == str(version) or standing.given_at >= at):
        return standing
    if standing:
        _end(standing, at=at, channel="", by=None)
    refused = _last_no(customer, purpose)
    consent = _keep(customer, text, Answer.YES, at=at, channel=channel, by=by, language=language,
                    withdrawn_at=refused[0] if refused and refused[0] >= at else None)  # fmt: skip
    _record("consent.given", consent, by=by, at=at)
    return consent


@transaction.atomic
def withdraw_consent(
    *, customer: Customer, purpose: str, channel: str, by: User | None, language: str = "id",
    at: dt.datetime | None = None,
) -> Consent:  # fmt: skip
    """They said no: a yes that stands ends now; where none stands, the no itself is kept, once.

    What was queued for this purpose is held back when its turn comes. Raises BadMoment, CustomerGone.
    """
    now = timezone.now()
    customer, at = lock(customer), _moment(at, now)
    last = customer.consents.filter(purpose=purpose).order_by("-given_at", "-id").first()
    standing = customer.consents.standing().filter(purpose=purpose).first()
    if standing and standing.given_at > at:
        raise BadMoment
    if standing:
        _end(standing, at=at, channel=channel, by=by)
        _record("consent.withdrawn", standing, by=by, at=at)
        return standing
    if last:  # a no already: said again it is the same
        return last
    text = text_in_force(purpose, at)
    refused = _keep(customer, text, Answer.NO, at=at, channel=channel, by=by, language=language)
    _record("consent.refused", refused, by=by, at=at)
    return refused


def end_contradicted(customer: Customer, *, by: User, at: dt.datetime) -> None:
    """After a merge: a yes of one record that the other has followed by a no ended when that was said.

    It stays ended when the merge is taken apart: whether to ask again is for people to say.
    """
    for standing in customer.consents.standing():
        no = _last_no(customer, standing.purpose)
        if no and no[0] >= standing.given_at:
            _end(standing, at=no[0], channel=no[1], by=None)
            _record("consent.withdrawn", standing, by=by, at=at)


def lock(customer: Customer) -> Customer:
    """The record that stands for this person now, held until our transaction ends. Raises CustomerGone.

    The sender takes the same lock (crm/messaging): of a withdrawal and a message, one is first for everybody.
    """
    held = Customer.objects.select_for_update(no_key=True, of=["self"]).get(pk=customer.pk)
    while held.absorbed_into_id:
        held = Customer.objects.select_for_update(no_key=True, of=["self"]).get(pk=held.absorbed_into_id)
    if held.erased_at:
        raise CustomerGone
    return held


def _text(purpose: str, version: int, at: dt.datetime | None, now: dt.datetime) -> Text:
    text = text_in_force(purpose, _moment(at, now))
    if text.version != version:
        raise TextMoved
    return text


def _moment(at: dt.datetime | None, now: dt.datetime) -> dt.datetime:
    if at is not None and at > now:
        raise BadMoment
    return at or now


def _last_no(customer: Customer, purpose: str) -> tuple[dt.datetime, str] | None:
    """When and on which channel they last said no, by refusing or by taking back."""
    of = customer.consents.filter(purpose=purpose)
    refused = of.filter(answer=Answer.NO).values_list("given_at", "channel")
    taken_back = of.exclude(withdrawn_channel="").values_list("withdrawn_at", "withdrawn_channel")
    return max([*refused, *((at, channel) for at, channel in taken_back if at)], default=None)


def _keep(customer: Customer, text: Text, answer: str, *, at: dt.datetime, language: str, **proof: Any) -> Consent:
    return Consent.objects.create(
        customer=customer, purpose=text.purpose, answer=answer, text=text.in_language(language),
        version=str(text.version), language=language[:2], given_at=at, **proof,
    )  # fmt: skip


def _end(consent: Consent, *, at: dt.datetime, channel: str, by: User | None) -> None:
    consent.withdrawn_at, consent.withdrawn_channel, consent.withdrawn_by = at, channel, by
    consent.save(update_fields=["withdrawn_at", "withdrawn_channel", "withdrawn_by"])


def _record(kind: str, consent: Consent, *, by: User | None, at: dt.datetime) -> None:
    record(kind, subject=consent, customer_id=consent.customer_id, by=by, at=at, purpose=consent.purpose,
           version=str(consent.version), channel=consent.channel)  # fmt: skip
