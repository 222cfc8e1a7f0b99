"""Breaches to test with."""

import datetime as dt
from typing import Any

from django.utils import timezone

from crm.cases import actions
from crm.cases.actions.reviewing import Action
from crm.cases.models import Breach, Case, Cause, SlaClock
from crm.staff.models import User
from tests.people import a_case, a_customer


def late(case: Case, by: User) -> Breach:
    """The case's first reply came 45 minutes late."""
    SlaClock.objects.filter(case=case, kind="response").update(
        started_at=case.opened_at - dt.timedelta(hours=1), due_at=case.opened_at - dt.timedelta(minutes=45)
    )
    actions.add_interaction(case=case, direction="out", channel="call", text="Halo", by=by)
    return Breach.objects.get(case=case)


def many_late(team: Any, by: User, number: int) -> list[Breach]:
    return [late(a_case(customer=a_customer(f"Pelanggan {n}"), team=team), by) for n in range(number)]


def cause(code: str = "A1") -> Cause:
    return Cause.objects.get(code=code)


def in_a_week() -> dt.date:
    return timezone.localdate() + dt.timedelta(days=7)


def reviewed(breach: Breach, by: User, *, owner: User | None = None, **fields: Any) -> Breach:
    """A review that waits for its second signature."""
    action = Action("Piket siang ditambah.", owner or by, in_a_week())
    words = {"cause": "Antrean tidak terlihat.", "code": cause(), "action": action} | fields
    return actions.review_breach(breach=breach, by=by, **words)


def typed(**fields: Any) -> dict[str, Any]:
    """What a supervisor types into the form."""
    return {
        "cause": "Antrean tidak terlihat.", "cause_code": cause().pk, "excusable": "no",
        "prevention": "Piket siang ditambah.", "action_due_on": str(in_a_week()),
    } | fields  # fmt: skip
