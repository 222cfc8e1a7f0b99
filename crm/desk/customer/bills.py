"""Lines, bills, payments and why this tier: billing's own picture, as a tab."""

from typing import Any

from django.utils import timezone

from crm.billing import months
from crm.billing.picture import picture_of
from crm.customers.models import Customer
from crm.staff.access import may
from crm.staff.guard import StaffRequest


def fetch(customer: Customer, request: StaffRequest) -> dict[str, Any]:
    picture = picture_of(customer, months.today(timezone.now()), request.GET.get("line", ""))
    rights = {"may_override": may(request.user, "tier.override"), "may_add_line": may(request.user, "line.move")}
    return picture | rights


def count(customer: Customer) -> int:
    return customer.subscriptions.held().count()
