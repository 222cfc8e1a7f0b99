"""Lines: read by number or customer; their state, number and registration as provisioning tells them."""

from typing import Any

from django.db.models import QuerySet
from django.http import Http404, HttpResponse
from django.utils.translation import gettext_lazy as _
from rest_framework import serializers
from rest_framework.exceptions import ErrorDetail, ValidationError
from rest_framework.request import Request
from rest_framework.response import Response

from crm.api.fields import Body, Past
from crm.api.models import Scope
from crm.api.paging import KeysetPagination, Order, newest
from crm.api.v1 import described
from crm.api.v1.base import PAGING, View
from crm.api.v1.filters import LineFilters, NamedFilters
from crm.api.v1.rows import Row
from crm.api.v1.shapes import Shape
from crm.customers.lines import actions
from crm.customers.masking import mask_msisdn
from crm.customers.models import Subscription

WHEN = "When it became so; now when left out. What is older than the state the line has changes nothing."
WHOSE = _("Name a number or a customer.")
REGISTRATIONS = [one for one in Subscription.Registration.choices if one[0]]
DATES = ("active_until", "grace_until")


class NewLineState(Body):
    state = serializers.ChoiceField(Subscription.State.choices)
    at = Past(required=False, help_text=WHEN)
    active_until = serializers.DateField(required=False, help_text="Prepaid: last day of the active period.")
    grace_until = serializers.DateField(required=False, help_text="Prepaid: last day before the number is blocked.")


class NewLineNumber(Body):
    number = serializers.CharField(max_length=30, help_text="0812…, 62812… or +62812…")
    reference = serializers.CharField(max_length=80, default="", allow_blank=True, help_text="Of your order.")
    at = Past(required=False)


class NewRegistration(Body):
    """What NIK and face match came to; never the image."""

    state = serializers.ChoiceField(REGISTRATIONS)
    reference = serializers.CharField(max_length=60, default="", allow_blank=True, help_text="Needed for registered.")
    at = Past(required=False)


class LineShape(Shape):
    id = serializers.IntegerField()
    customer = serializers.IntegerField(help_text="Id of the owner.")
    user = serializers.IntegerField(allow_null=True, help_text="Id of who uses it, where that is not the owner.")
    number = serializers.CharField(help_text="Masked.")
    product = serializers.CharField()
    postpaid = serializers.BooleanField()
    state = serializers.ChoiceField(Subscription.State.choices)
    state_since = serializers.DateTimeField()
    activated_on = serializers.DateField(allow_null=True)
    active_until = serializers.DateField(allow_null=True)
    grace_until = serializers.DateField(allow_null=True)
    ended_on = serializers.DateField(allow_null=True)
    registration = serializers.ChoiceField(Subscription.Registration.choices, allow_blank=True)


COLUMNS = (
    "id", "customer_id", "user_id", "msisdn", "product_id", "postpaid", "state", "state_since", "activated_on",
    "active_until", "grace_until", "ended_on", "registration",
)  # fmt: skip
RENAMED = {"customer_id": "customer", "user_id": "user", "product_id": "product", "msisdn": "number"}


class LinePages(KeysetPagination):
    orders = {"newest": Order("state_since", newest)}


class LineView(View):
    queryset = Subscription.objects.none()

    def lines(self) -> QuerySet[Subscription]:
        return Subscription.objects.filter(customer__erased_at=None)

    def line(self, pk: int) -> Subscription:
        found = self.lines().filter(pk=pk).first()
        if found is None:
            raise Http404
        return found


class Lines(LineView):
    scopes = {"GET": Scope.LINES_READ}
    filter_backends = [NamedFilters]
    filterset_class = LineFilters
    pagination_class = LinePages

    @described.read(LineShape(many=True), "list_lines", "List lines", tag="lines")
    def get(self, request: Request) -> Response:
        """Of a number, those that had it before among them; or of a customer, as owner or user."""
        self.refuse_unknown({*LineFilters.base_filters, *PAGING})
        if not {"msisdn", "customer"} & set(request.query_params):
            raise ValidationError({"msisdn": [ErrorDetail(str(WHOSE), code="required")]})
        found = self.filter_queryset(self.lines()).values(*COLUMNS)
        return self.get_paginated_response([line_row(one) for one in self.paginate_queryset(found) or []])


class OneLine(LineView):
    scopes = {"GET": Scope.LINES_READ}

    @described.read(LineShape, "read_line", "Read a line", tag="lines")
    def get(self, request: Request, pk: int) -> Response:
        return Response(row_of(self.line(pk)))


class LineVerb(LineView):
    scopes = {"POST": Scope.LINES_WRITE}

    def act(self, pk: int, body: type[Body], verb: Any) -> Response:
        said = self.said(body)
        return Response(row_of(verb(line=self.line(pk), by=None, **said)))


class LineState(LineVerb):
    @described.of_line(NewLineState, LineShape, "tell_line_state", "Say how a line stands", {200: LineShape})
    def post(self, request: Request, pk: int) -> HttpResponse:
        """409 where its life does not lead there. The same again, or an older word, changes nothing."""
        return self.write(lambda: self.act(pk, NewLineState, _move))


class LineNumber(LineVerb):
    @described.of_line(NewLineNumber, LineShape, "change_line_number", "Change a line's number", {200: LineShape})
    def post(self, request: Request, pk: int) -> HttpResponse:
        """409 where another line has it. The old number still finds the line."""
        return self.write(lambda: self.act(pk, NewLineNumber, actions.change_number))


class LineRegistration(LineVerb):
    @described.of_line(NewRegistration, LineShape, "tell_registration", "Say how a registration stands",
                       {200: LineShape})  # fmt: skip
    def post(self, request: Request, pk: int) -> HttpResponse:
        """Of a prepaid number (Permenkomdigi 7/2026)."""
        return self.write(lambda: self.act(pk, NewRegistration, actions.register_prepaid))


def _move(**said: Any) -> Subscription:
    dates = {name: said.pop(name) for name in DATES if name in said}
    return actions.move_line(dates=dates, **said)


def row_of(line: Subscription) -> Row:
    return line_row(Subscription.objects.values(*COLUMNS).get(pk=line.pk))


def line_row(row: Row) -> Row:
    told = {RENAMED.get(name, name): row[name] for name in COLUMNS}
    return told | {"number": mask_msisdn(row["msisdn"])}
