"""Agents at the telephone, and what the exchange tells."""

import datetime as dt
from itertools import count

from django.utils import timezone

from crm.calls.actions import hear
from crm.calls.models import Call
from tests.people import a_member

NUMBER = "+6281200004471"
_calls = count(1)


def an_agent(name="Sari Wulandari", **fields):
    return a_member(name, presence="available", **fields)


def ago(minutes):
    return timezone.now() - dt.timedelta(minutes=minutes)


def a_call(agent, *, minutes=10, until="ringing", msisdn=NUMBER, **more):
    """Rang so many minutes ago; answered a minute later, ended four minutes later, as far as `until` says."""
    told = f"x-{next(_calls)}"
    hear(exchange_id=told, kind="ringing", agent=agent, msisdn=msisdn, at=ago(minutes), **more)
    if until in ("answered", "ended"):
        hear(exchange_id=told, kind="answered", agent=agent, at=ago(minutes - 1))
    if until == "ended":
        hear(exchange_id=told, kind="ended", at=ago(minutes - 4))
    return Call.objects.get(exchange_id=told)
