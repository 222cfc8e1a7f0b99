"""News from the rooms below."""

from django.utils import timezone

from crm.billing import months
from crm.billing.nightly import value_customer
from crm.events.models import Event

KINDS = ("customer.merged", "customer.merge_undone", "line.owner_changed")
OTHER = ("absorbed", "before")  # the fact that names the other of the two customers


def lines_changed_hands(event: Event) -> None:
    """ARPU and tier of both customers follow at once, not only tonight. Twice the same changes nothing."""
    others = [event.facts[name] for name in OTHER if name in event.facts]
    if event.customer_id is not None:
        value_customer(event.customer_id, *others, day=months.today(timezone.now()))
