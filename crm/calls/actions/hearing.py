"""What the exchange tells of a call: kept as told, and the call's state reckoned anew from all of it."""

import datetime as dt

from django.db import transaction

from crm.calls.actions.presence import follow_presence
from crm.calls.actions.told import put_in_timeline, tell
from crm.calls.course import Told, course_of
from crm.calls.errors import AgentNeeded, BadTime, OtherNumber
from crm.calls.matching import people_with
from crm.calls.models import Call, CallEvent
from crm.calls.words import Step
from crm.lib.moments import database_now
from crm.staff.models import User

TOLERANCE = dt.timedelta(minutes=2)  # clocks of exchanges run a little fast


@transaction.atomic
def hear(
    *,
    exchange_id: str,
    kind: str,
    agent: User | None = None,
    at: dt.datetime | None = None,
    msisdn: str = "",
    ivr: str = "",
    waited: int | None = None,
) -> tuple[Call, bool]:
    """(call, whether this was new). An event of an unknown call begins it: the ringing may come later.

    Two events at once wait for each other; the same one again changes nothing. `msisdn`: E.164, empty when withheld.
    Raises BadTime, AgentNeeded, OtherNumber.
    """
    now = database_now()
    if at is not None and at > now + TOLERANCE:
        raise BadTime
    if kind in (Step.RINGING, Step.TRANSFERRED) and agent is None:
        raise AgentNeeded
    at = min(at or now, now)
    Call.objects.bulk_create([Call(exchange_id=exchange_id, began_at=at, since=at)], ignore_conflicts=True)
    call = Call.objects.select_for_update(no_key=True).get(exchange_id=exchange_id)
    learned = _learn(call, msisdn=msisdn, ivr=ivr, waited=waited)
    if not _keep(call, kind, agent, at) and not learned:
        return call, False
    before = Call.objects.get(pk=call.pk)
    _reckon(call)
    put_in_timeline(call)
    call.save()
    follow_presence(call, before)
    tell(f"call.{kind}", call, at=at, was=before.agent_id)
    return call, True


def _learn(call: Call, *, msisdn: str, ivr: str, waited: int | None) -> bool:
    """What only one of the events carries, whichever comes first. With the number comes who it may be."""
    if msisdn and call.msisdn and msisdn != call.msisdn:
        raise OtherNumber
    found = {"msisdn": msisdn, "ivr": ivr[:80], "waited": waited}
    fresh = {name: value for name, value in found.items() if value not in ("", None) and not getattr(call, name)}
    for name, value in fresh.items():
        setattr(call, name, value)
    if "msisdn" in fresh and call.customer_id is None:
        people = people_with(msisdn)
        call.customer = people[0] if len(people) == 1 else None
    return bool(fresh)


def _keep(call: Call, kind: str, agent: User | None, at: dt.datetime) -> bool:
    _event, new = CallEvent.objects.get_or_create(call=call, kind=kind, agent=agent, at=at)
    return new


def _reckon(call: Call) -> None:
    told = [Told(*row) for row in call.events.values_list("kind", "at", "agent")]
    course = course_of(told)
    call.began_at, call.since, call.state, call.agent_id = course.began_at, course.since, course.state, course.agent
    call.answered_at, call.ended_at = course.answered_at, course.ended_at
