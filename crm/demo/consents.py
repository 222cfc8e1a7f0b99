"""Who of the demo's customers was asked, and what they said; one whose data rests, some who want their peace."""

import datetime as dt
import random
from typing import Any

from crm.customers.consent_texts import text_in_force
from crm.customers.consenting import give_consent, withdraw_consent
from crm.customers.models import Consent, Customer, Purpose
from crm.customers.restricting import restrict, set_do_not_disturb
from crm.demo.customers import Somebody
from crm.demo.people import Cast
from crm.events.models import Event

ASKED, QUIET = 90, 6
YES = {Purpose.OFFERS: 0.7, Purpose.CARE: 0.8, Purpose.SURVEY: 0.6, Purpose.PROFILING: 0.4, Purpose.PARTNERS: 0.1}
TAKEN_BACK, AGREED = 0.12, 0.85
WHY = "Diminta pelanggan selama sanggahan tagihan diperiksa."


def ask_people(cast: Cast, people: list[Somebody], rng: random.Random, now: dt.datetime) -> None:
    """At the counter and on the telephone, over the last months."""
    persons = [one.customer for one in people if one.lines and one.customer.kind == Customer.Kind.PERSON]
    sari = cast.users["sari"]
    for customer in persons[:ASKED]:
        at = now - dt.timedelta(days=rng.randint(3, 200), hours=rng.randint(1, 8))
        channel = rng.choice(["counter", "call"])
        for purpose, share in YES.items():
            said: dict[str, Any] = {"customer": customer, "purpose": purpose, "channel": channel, "by": sari}
            if rng.random() > share:
                withdraw_consent(**said, at=at)
                continue
            give_consent(**said, version=1, at=at)
            if rng.random() < TAKEN_BACK:
                withdraw_consent(**said | {"channel": "whatsapp"}, at=at + dt.timedelta(days=2))
    agree_to_care([one.customer for one in people if one.lines][ASKED + QUIET + 1 :], rng, now)
    for customer in persons[ASKED : ASKED + QUIET]:
        set_do_not_disturb(customer=customer, on=True, by=sari, at=now - dt.timedelta(days=rng.randint(1, 60)))
    rests = persons[ASKED + QUIET]
    restrict(customer=rests, reason=WHY, by=cast.users["ratna"], at=now - dt.timedelta(days=4))


def agree_to_care(customers: list[Customer], rng: random.Random, now: dt.datetime) -> None:
    """Most others said yes to courtesy contacts when their line began, as give_consent would have kept it."""
    text = text_in_force(Purpose.CARE, now)
    asked = set(Consent.objects.filter(purpose=Purpose.CARE).values_list("customer", flat=True))
    given = [
        Consent(
            customer=customer, purpose=Purpose.CARE, text=text.in_language("id"), version=str(text.version),
            given_at=customer.created_at, channel="counter",
        )
        for customer in customers if customer.pk not in asked and rng.random() < AGREED
    ]  # fmt: skip
    Consent.objects.bulk_create(given)
    Event.objects.bulk_create(
        Event(
            kind="consent.given", subject_type="consent", subject_id=one.pk, customer_id=one.customer_id,
            at=one.given_at, facts={"purpose": one.purpose, "version": one.version, "channel": one.channel},
        )
        for one in given
    )  # fmt: skip
