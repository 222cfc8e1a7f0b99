"""Service orders, as provisioning tells them."""

from typing import Any

from django.http import Http404, HttpResponse
from django.utils.translation import gettext_lazy as _
from rest_framework import serializers
from rest_framework.exceptions import ErrorDetail, ValidationError
from rest_framework.request import Request
from rest_framework.response import Response

from crm.api.fields import Body, Moment, Past
from crm.api.models import Scope
from crm.api.paging import KeysetPagination, Order, newest
from crm.api.v1 import described
from crm.api.v1.base import PAGING, View
from crm.api.v1.filters import NamedFilters, OrderFilters
from crm.api.v1.lines import WHOSE
from crm.api.v1.rows import Row
from crm.api.v1.shapes import Shape
from crm.customers.errors import BadContact
from crm.customers.lines.orders import tell_order
from crm.customers.lines.queries import lines_of_number
from crm.customers.models import Customer, ServiceOrder, Subscription

UNKNOWN_LINE, UNKNOWN_CUSTOMER = _("Nobody has this line."), _("There is no such customer.")


class NewOrder(Body):
    """An order as it stands; known by its reference, told again when it changes."""

    reference = serializers.CharField(max_length=80)
    kind = serializers.ChoiceField(ServiceOrder.Kind.choices)
    state = serializers.ChoiceField(ServiceOrder.State.choices, default=ServiceOrder.State.PLANNED)
    line = serializers.CharField(
        max_length=30, required=False, help_text="The number, in any form. Left out while there is no line yet."
    )
    customer = serializers.IntegerField(required=False, min_value=1, help_text="Id; needed without a line.")
    planned_for = Moment(required=False, allow_null=True)
    done_at = Past(required=False, allow_null=True, help_text="Needed for done.")
    remark = serializers.CharField(max_length=250, default="", allow_blank=True)
    at = Past(required=False, help_text="When you say so; now when left out. An older word changes nothing.")


class OrderShape(Shape):
    id = serializers.IntegerField()
    reference = serializers.CharField()
    kind = serializers.ChoiceField(ServiceOrder.Kind.choices)
    state = serializers.ChoiceField(ServiceOrder.State.choices)
    customer = serializers.IntegerField(help_text="Id.")
    line = serializers.IntegerField(allow_null=True, help_text="Id.")
    planned_for = serializers.DateTimeField(allow_null=True)
    done_at = serializers.DateTimeField(allow_null=True)
    created_at = serializers.DateTimeField()
    updated_at = serializers.DateTimeField()


COLUMNS = (
    "id", "reference", "kind", "state", "customer_id", "subscription_id", "planned_for", "done_at", "created_at",
    "updated_at",
)  # fmt: skip
RENAMED = {"customer_id": "customer", "subscription_id": "line"}


class OrderPages(KeysetPagination):
    orders = {"newest": Order("created_at", newest)}


class OrderView(View):
    queryset = ServiceOrder.objects.none()

    def orders(self) -> Any:
        return ServiceOrder.objects.filter(customer__erased_at=None)


class Orders(OrderView):
    scopes = {"GET": Scope.LINES_READ, "POST": Scope.LINES_WRITE}
    filter_backends = [NamedFilters]
    filterset_class = OrderFilters
    pagination_class = OrderPages

    @described.read(OrderShape(many=True), "list_orders", "List service orders", tag="lines")
    def get(self, request: Request) -> Response:
        """Of a number's lines, or of a customer; the newest first. Remarks stay in the house."""
        self.refuse_unknown({*OrderFilters.base_filters, *PAGING})
        if not {"msisdn", "customer"} & set(request.query_params):
            raise ValidationError({"msisdn": [ErrorDetail(str(WHOSE), code="required")]})
        found = self.filter_queryset(self.orders()).values(*COLUMNS)
        return self.get_paginated_response([order_row(one) for one in self.paginate_queryset(found) or []])

    @described.of_line(NewOrder, OrderShape, "tell_order", "Tell a service order", {201: OrderShape, 200: OrderShape})
    def post(self, request: Request) -> HttpResponse:
        """201 for what is new; 200 for what was known, or is changed because it says something else."""
        return self.write(self.tell)

    def tell(self) -> Response:
        said = self.said(NewOrder)
        line = line_of(said.pop("line", ""))
        customer = customer_of(said.pop("customer", None), line)
        order, new = tell_order(customer=customer, line=line, **said)
        return Response(row_of(order), status=201 if new else 200)


class OneOrder(OrderView):
    scopes = {"GET": Scope.LINES_READ}

    @described.read(OrderShape, "read_order", "Read a service order", tag="lines")
    def get(self, request: Request, pk: int) -> Response:
        found = self.orders().filter(pk=pk).first()
        if found is None:
            raise Http404
        return Response(row_of(found))


def line_of(number: str) -> Subscription | None:
    if not number:
        return None
    try:
        found = lines_of_number(number).first()
    except BadContact as error:
        raise ValidationError({"line": [ErrorDetail(str(error), code="bad_number")]}) from None
    if found is None:
        raise ValidationError({"line": [ErrorDetail(str(UNKNOWN_LINE), code="unknown")]})
    return found


def customer_of(pk: int | None, line: Subscription | None) -> Customer:
    """Whoever owns the line, else who is named; a record that was merged stands for where it went."""
    if line is not None:
        return line.customer
    if pk is None:
        raise ValidationError({"line": [ErrorDetail(str(WHOSE), code="required")]})
    found = Customer.objects.filter(pk=pk, erased_at=None).select_related("absorbed_into").first()
    if found is None:
        raise ValidationError({"customer": [ErrorDetail(str(UNKNOWN_CUSTOMER), code="unknown")]})
    return found.absorbed_into or found


def row_of(order: ServiceOrder) -> Row:
    return order_row(ServiceOrder.objects.values(*COLUMNS).get(pk=order.pk))


def order_row(row: Row) -> Row:
    return {RENAMED.get(name, name): row[name] for name in COLUMNS}
