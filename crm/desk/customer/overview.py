"""The first tab: what they said, what they bring in, what they have, what is open."""

from typing import Any

from django.utils import timezone

from crm.billing import months
from crm.billing.picture import chart_of, lines_of
from crm.customers.models import Customer
from crm.desk.customer.contacts import timeline
from crm.staff.access import may
from crm.staff.guard import StaffRequest

LINES_SHOWN = 5


def fetch(customer: Customer, request: StaffRequest) -> dict[str, Any]:
    day = months.today(timezone.now())
    lines = lines_of(customer, day)
    return {
        "lines": lines[:LINES_SHOWN],
        "chart": chart_of(lines, day),
        "may_reveal": may(request.user, "customer.reveal"),
        **timeline(customer, request.GET.get("channel", ""), request.GET.get("after", "")),
    }
