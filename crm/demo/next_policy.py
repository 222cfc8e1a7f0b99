"""The draft that waits for a second supervisor: what the demo operator thinks of promising next."""

import datetime as dt

from crm.cases.actions import draft_policy, save_draft
from crm.cases.foresight.terms import Terms
from crm.customers.models import Tier
from crm.demo.people import Cast

SAVED = dt.timedelta(hours=3)
TEN_MINUTES, TWO_DAYS = 600, 48 * 3600


def draft_next_policy(cast: Cast, now: dt.datetime) -> None:
    """Ratna would answer Gold and Platinum faster, and has not published it: that is for another."""
    ratna = cast.users["ratna"]
    draft = draft_policy(by=ratna, at=now - SAVED)
    terms = Terms.of(draft)
    quicker = {("", None, "", tier): (TEN_MINUTES, TWO_DAYS) for tier in (Tier.GOLD, Tier.PLATINUM)}
    faster = Terms(terms.fields, terms.targets | quicker, terms.ladder)
    note = "Gold dan Platinum dijawab lebih cepat"
    save_draft(policy=draft, terms=faster, note=note, seen=draft.stamp, by=ratna, at=now - SAVED)
