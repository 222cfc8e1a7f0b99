"""Who of the demo's customers was asked, and what they said; one whose data rests, some who want their peace."""

import datetime as dt
import random
from typing import Any

from crm.customers.consenting import give_consent, withdraw_consent
from crm.customers.models import Customer, Purpose
from crm.customers.restricting import restrict, set_do_not_disturb
from crm.demo.customers import Somebody
from crm.demo.people import Cast

ASKED, QUIET = 90, 6
YES = {Purpose.OFFERS: 0.7, Purpose.CARE: 0.8, Purpose.SURVEY: 0.6, Purpose.PROFILING: 0.4, Purpose.PARTNERS: 0.1}
TAKEN_BACK = 0.12
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
    for customer in persons[ASKED : ASKED + QUIET]:
        set_do_not_disturb(customer=customer, on=True, by=sari, at=now - dt.timedelta(days=rng.randint(1, 60)))
    rests = persons[ASKED + QUIET]
    restrict(customer=rests, reason=WHY, by=cast.users["ratna"], at=now - dt.timedelta(days=4))
