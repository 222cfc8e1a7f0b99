"""What a customer is worth and how close we are, term by term: the picture of crm/segments, as a tab."""

from typing import Any

from crm.customers.models import Customer
from crm.segments.picture import picture_of
from crm.staff.guard import StaffRequest


def fetch(customer: Customer, request: StaffRequest) -> dict[str, Any]:
    return picture_of(customer, request.user)
