"""Service orders, as provisioning tells them: planned, done, failed or cancelled; told again when they change."""

import datetime as dt
from typing import Any

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from crm.customers.lines.errors import LineConflict, LineError
from crm.customers.models import Customer, ServiceOrder, Subscription
from crm.events.actions import record

State = ServiceOrder.State
SAID = ("kind", "state", "planned_for", "done_at", "remark", "subscription_id")


@transaction.atomic
def tell_order(
    *,
    reference: str,
    customer: Customer,
    kind: str,
    state: str,
    line: Subscription | None = None,
    planned_for: dt.datetime | None = None,
    done_at: dt.datetime | None = None,
    remark: str = "",
    at: dt.datetime | None = None,
) -> tuple[ServiceOrder, bool]:
    """The order as it is known now, and whether it is new. `at`: when provisioning says so.

    What is older than the last telling changes nothing; what is told again neither. Raises LineError.
    """
    at = at or timezone.now()
    if state == State.DONE and done_at is None:
        raise LineError("done_at", "required", _("Say when it was done."))
    said = {
        "kind": kind, "state": state, "planned_for": planned_for, "done_at": done_at if state == State.DONE else None,
        "remark": remark, "subscription_id": line.pk if line else None,
    }  # fmt: skip
    first = {"customer": customer, "told_at": at, "created_at": at, "updated_at": at}
    order, new = ServiceOrder.objects.get_or_create(reference=reference, defaults=first | said)
    if new:
        _record(f"order.{state}", order, at)
        return order, True
    return _again(order, customer, said, at), False


def _again(order: ServiceOrder, customer: Customer, said: dict[str, Any], at: dt.datetime) -> ServiceOrder:
    order = ServiceOrder.objects.select_for_update().get(pk=order.pk)
    if order.customer_id != customer.pk and order.subscription_id != (said["subscription_id"] or 0):
        raise LineConflict("reference", "taken", _("This reference belongs to another customer's order."))
    if at < order.told_at or all(getattr(order, name) == said[name] for name in SAID):
        return order
    before = order.state
    for name in SAID:
        setattr(order, name, said[name])
    order.told_at, order.updated_at = at, timezone.now()
    order.save()
    _record("order.changed" if before == order.state else f"order.{order.state}", order, at, before=before)
    return order


def _record(event: str, order: ServiceOrder, at: dt.datetime, **facts: Any) -> None:
    """Remarks are people's words and stay out of it."""
    facts |= {"order": order.kind, "subscription": order.subscription_id}
    record(event, subject=order, customer_id=order.customer_id, at=at, **facts)
