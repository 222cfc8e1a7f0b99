"""What provisioning says has happened, by its own name: one address for all that begins the stages 1 to 16 of caring.

Each name stands for an order told as it stands (orders.py) or for a line that enters a state (lines.py).
"""

from typing import Any

from django.http import HttpResponse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from rest_framework import serializers
from rest_framework.exceptions import ErrorDetail, ValidationError
from rest_framework.request import Request
from rest_framework.response import Response

from crm.api.fields import Body, Moment, Past
from crm.api.models import Scope
from crm.api.v1 import described
from crm.api.v1.base import View
from crm.api.v1.orders import customer_of, line_of
from crm.api.v1.shapes import Shape
from crm.customers.lines import actions
from crm.customers.lines.errors import CannotGo, LineConflict
from crm.customers.lines.orders import tell_order
from crm.customers.lines.states import EVENTS, event_of
from crm.customers.models import ServiceOrder, Subscription

OF_ORDERS = {
    f"{kind}.{state}": (kind, state) for kind in ServiceOrder.Kind.values for state in ServiceOrder.State.values
}
OF_LINES = {event: str(state) for state, event in EVENTS.items()} | {"line.restored": str(Subscription.State.ACTIVE)}
ALL_EVENTS = [(name, name) for name in sorted([*OF_ORDERS, *OF_LINES])]
UNKNOWN_EVENT = _("No event is called “{input}”.")
NEEDED = _("This event needs it.")
NOT_OF_IT = _("This event has no such field.")
OTHER_EVENT = _("A line that is “%(before)s” has another event for this: %(event)s.")
BY_ORDER = {"reference", "customer", "planned_for", "done_at", "remark"}
BY_LINE = {"active_until", "grace_until"}


class NewProvisioningEvent(Body):
    """One fact. Those of orders carry `reference`; those of lines a `line`."""

    event = serializers.ChoiceField(ALL_EVENTS, error_messages={"invalid_choice": UNKNOWN_EVENT})
    line = serializers.CharField(
        max_length=30, required=False, help_text="The number, in any form. May be left out of orders without a line."
    )
    at = Past(required=False, help_text="When it became so; now when left out. An older word changes nothing.")
    reference = serializers.CharField(max_length=80, required=False, help_text="Of orders: your own number of it.")
    customer = serializers.IntegerField(required=False, min_value=1, help_text="Of orders: id; needed without a line.")
    planned_for = Moment(required=False, allow_null=True, help_text="Of orders.")
    done_at = Past(required=False, allow_null=True, help_text="Of orders; needed for done.")
    remark = serializers.CharField(max_length=250, required=False, allow_blank=True, help_text="Of orders.")
    active_until = serializers.DateField(required=False, help_text="Of prepaid lines: last day of the active period.")
    grace_until = serializers.DateField(required=False, help_text="Of prepaid lines: last day before it is blocked.")

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        """What the event does not know is refused: dropped in silence it would look as if it counted."""
        is_order = attrs["event"] in OF_ORDERS
        needed, foreign = ("reference", BY_LINE) if is_order else ("line", BY_ORDER)
        wrong = {name: [ErrorDetail(str(NOT_OF_IT), code="not_of_event")] for name in sorted(foreign & set(attrs))}
        if not attrs.get(needed):
            wrong[needed] = [ErrorDetail(str(NEEDED), code="required")]
        if wrong:
            raise ValidationError(wrong)
        return attrs


class ProvisioningEventShape(Shape):
    event = serializers.CharField()
    customer = serializers.IntegerField(help_text="Id.")
    line = serializers.IntegerField(allow_null=True, help_text="Id.")
    line_state = serializers.ChoiceField(Subscription.State.choices, allow_null=True, help_text="As it is now.")
    order = serializers.IntegerField(allow_null=True, help_text="Id.")
    order_state = serializers.ChoiceField(ServiceOrder.State.choices, allow_null=True, help_text="As it is now.")


class ProvisioningEvents(View):
    queryset = ServiceOrder.objects.none()
    scopes = {"POST": Scope.LINES_WRITE}

    @described.of_line(NewProvisioningEvent, ProvisioningEventShape, "tell_provisioning", "Tell a provisioning event",
                       {201: ProvisioningEventShape, 200: ProvisioningEventShape})  # fmt: skip
    def post(self, request: Request) -> HttpResponse:
        """201: an order that is new; else 200. The same again, or an older word, changes nothing."""
        return self.write(self.tell)

    def tell(self) -> Response:
        said = self.said(NewProvisioningEvent)
        event, line = said.pop("event"), line_of(said.pop("line", ""))
        if event in OF_LINES and line is not None:
            return Response(_row(event, line=_moved(event, line, said)))
        kind, state = OF_ORDERS[event]
        customer = customer_of(said.pop("customer", None), line)
        order, new = tell_order(customer=customer, line=line, kind=kind, state=state, **said)
        return Response(_row(event, order=order, line=order.subscription), status=201 if new else 200)


def _moved(event: str, line: Subscription, said: dict[str, Any]) -> Subscription:
    """The first activation and the return of a stopped line are two events: the wrong name is told what is right."""
    at, state = said.get("at") or timezone.now(), OF_LINES[event]
    dates = {name: said[name] for name in BY_LINE & set(said)}
    if at >= line.state_since and line.state != state and event_of(line.state, state) != event:
        names = {"before": line.get_state_display(), "event": event_of(line.state, state)}
        raise LineConflict("event", "other_event", str(OTHER_EVENT) % names)
    try:
        return actions.move_line(line=line, state=state, by=None, at=at, dates=dates)
    except CannotGo as error:
        raise LineConflict("event", error.code, str(error)) from None


def _row(event: str, *, line: Subscription | None, order: ServiceOrder | None = None) -> dict[str, Any]:
    return {
        "event": event,
        "customer": order.customer_id if order else line.customer_id if line else None,
        "line": line.pk if line else None,
        "line_state": line.state if line else None,
        "order": order.pk if order else None,
        "order_state": order.state if order else None,
    }
