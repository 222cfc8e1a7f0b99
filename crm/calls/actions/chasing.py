"""A call without wrap-up is asked for: the agent first, then the supervisors of their teams. Each once."""

import datetime as dt

from django.db import transaction

from crm.calls.actions.told import tell
from crm.calls.models import Call, WrapUpRule
from crm.lib.moments import database_now

AT_ONCE = 200


def chase(at: dt.datetime | None = None) -> int:
    """By the database's clock; run as often as one likes, by as many as one likes. Returns how many were told."""
    at, rule = at or database_now(), WrapUpRule.in_force()
    reminded = _ask("reminded_at", "call.reminded", dt.timedelta(minutes=rule.remind_minutes), at)
    return reminded + _ask("raised_at", "call.raised", dt.timedelta(minutes=rule.raise_minutes), at)


@transaction.atomic
def _ask(field: str, kind: str, after: dt.timedelta, at: dt.datetime) -> int:
    due = Call.objects.unwrapped().filter(**{field: None}, ended_at__lte=at - after, agent__isnull=False)
    calls = list(due.select_for_update(no_key=True, skip_locked=True).order_by("ended_at")[:AT_ONCE])
    for call in calls:
        setattr(call, field, at)
        call.save(update_fields=[field])
        tell(kind, call, at=at)
    return len(calls)
