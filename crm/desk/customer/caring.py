"""The life of a line in the 24 stages: the programme's own picture, as a tab."""

from typing import Any

from django.utils import timezone

from caring.life.track import STATUSES, shown_number, track_of
from caring.models import Task
from crm.customers.models import Customer
from crm.staff.access import may
from crm.staff.guard import StaffRequest


def fetch(customer: Customer, request: StaffRequest) -> dict[str, Any]:
    asked = {"line": request.GET.get("line", ""), "stage": request.GET.get("stage", "")}
    track = track_of(customer, request.user, timezone.now(), **asked)
    return {
        "track": track, "lines": [(one, shown_number(one)) for one in track.lines],
        "number": shown_number(track.line) if track.line else "",
        "legend": [(code, icon, word) for code, (icon, word) in STATUSES.items() if icon],
        "may_read": may(request.user, "caring.read"),
    }  # fmt: skip


def count(customer: Customer) -> int:
    """What runs."""
    return Task.objects.running().filter(customer=customer).count()
