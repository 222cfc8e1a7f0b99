"""Public handles, for those whose name nobody knows."""

from collections.abc import Iterable

from crm.customers.models import ContactPoint


def handles_of(customers: Iterable[int]) -> dict[int, str]:
    points = ContactPoint.objects.filter(customer__in=set(customers), kind=ContactPoint.Kind.HANDLE).order_by("-pk")
    return {pk: f"@{display}" for pk, display in points.values_list("customer_id", "display")}
