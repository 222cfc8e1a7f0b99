"""The record itself, as the room of customers shows it: what is known, how good it is, who changed it."""

from typing import Any

from crm.customers.models import Customer
from crm.customers.picture import record_of
from crm.staff.guard import StaffRequest


def fetch(customer: Customer, request: StaffRequest) -> dict[str, Any]:
    return record_of(customer, request.user)


def count(customer: Customer) -> int:
    """What is to be corrected."""
    return customer.corrections.open().count()
