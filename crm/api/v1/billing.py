"""Bills, payments, top-ups and usage, one at a time. Many at once come as a file."""

import datetime as dt
from typing import Any

from django.http import HttpResponse
from django.utils.translation import gettext_lazy as _
from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers
from rest_framework.exceptions import ErrorDetail, ValidationError
from rest_framework.request import Request
from rest_framework.response import Response

from crm.api.fields import Body
from crm.api.models import Scope
from crm.api.v1 import described
from crm.api.v1.base import View
from crm.api.v1.shapes import Shape
from crm.billing.models import Bill, Payment, TopUp, Usage
from crm.billing.models.facts import Fact
from crm.billing.telling import CannotTell, line_of, tell

LARGEST = 2_000_000_000
LINE = "The number, 0812…, 62812… or +62812…, or the id of a line that an import made, source:id."


@extend_schema_field({"type": "string", "pattern": r"^\d{4}-\d{2}$", "example": "2026-10"})
class Month(serializers.Field):
    """2026-10; kept as its first day."""

    default_error_messages = {
        "invalid": _("Write a month as 2026-10."),
        "future": _("This month has not begun."),
    }

    def to_internal_value(self, data: Any) -> dt.date:
        try:
            month = dt.date.fromisoformat(f"{data}-01")
        except ValueError:
            self.fail("invalid")
        if month > dt.date.today() + dt.timedelta(days=1):  # noqa: DTZ011  a day is a day
            self.fail("future")
        return month

    def to_representation(self, value: dt.date) -> str:
        return value.strftime("%Y-%m")


class PastDay(serializers.DateField):
    default_error_messages = {"future": _("This day lies in the future.")}

    def to_internal_value(self, value: Any) -> dt.date:
        day: dt.date = super().to_internal_value(value)
        if day > dt.date.today() + dt.timedelta(days=1):  # noqa: DTZ011
            self.fail("future")
        return day


def line() -> serializers.CharField:
    return serializers.CharField(max_length=30, help_text=LINE)


def money(*, least: int = 1, **options: Any) -> serializers.IntegerField:
    return serializers.IntegerField(min_value=least, max_value=LARGEST, **options)


def quantity() -> serializers.DecimalField:
    return serializers.DecimalField(max_digits=10, decimal_places=2, min_value=0, required=False, allow_null=True)


class NewBill(Body):
    """One month of one line. Negative amounts: credit was larger than what was used."""

    line = line()
    number = serializers.CharField(max_length=60, help_text="Your own; told again it corrects.")
    month = Month()
    net = money(least=-LARGEST, help_text="Whole rupiah, without tax.")
    tax = money(least=-LARGEST, default=0)
    issued = serializers.DateField(required=False, allow_null=True)
    due = serializers.DateField(required=False, allow_null=True)
    paid = PastDay(required=False, allow_null=True, help_text="When all of it was paid.")

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        return attrs | {"total": attrs["net"] + attrs["tax"]}


class NewPayment(Body):
    line = line()
    reference = serializers.CharField(max_length=60)
    amount = money()
    paid_on = PastDay()
    method = serializers.CharField(max_length=40, default="", allow_blank=True)
    bill = serializers.SlugRelatedField(slug_field="number", queryset=Bill.objects.all(), required=False)


class NewTopUp(Body):
    line = line()
    reference = serializers.CharField(max_length=60)
    amount = money()
    bought_on = PastDay()
    method = serializers.CharField(max_length=40, default="", allow_blank=True)


class NewUsage(Body):
    """What a line used in a month, as known so far: told again it corrects."""

    line = line()
    month = Month()
    minutes_in = quantity()
    minutes_out = quantity()
    sms = serializers.IntegerField(min_value=0, max_value=9_999_999, required=False, allow_null=True)
    megabytes = quantity()
    charged = money(least=-LARGEST, required=False, allow_null=True, help_text="Prepaid: credit used, whole rupiah.")
    recharged = money(least=0, required=False, allow_null=True, help_text="Sum of the month's top-ups, whole rupiah.")

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        if not set(attrs) - {"line", "month"}:
            raise serializers.ValidationError(_("Name at least one figure."), code="empty")
        return attrs


class FactShape(Shape):
    """The fact as it is kept now."""

    id = serializers.IntegerField()
    customer = serializers.IntegerField(help_text="Id of who held the line.")
    subscription = serializers.IntegerField(help_text="Id of the line.")
    reference = serializers.CharField(help_text="The bill's number, your reference, or the month.")
    recorded_at = serializers.DateTimeField()


class Told(View):
    """201 for what is new, 200 for what was known or is corrected."""

    scopes = {"POST": Scope.BILLING_WRITE}
    model: type[Fact]
    body: type[Body]
    day: str
    reference = "reference"

    def told(self, request: Request) -> HttpResponse:
        return self.write(lambda: self.tell(request))

    def tell(self, request: Request) -> Response:
        said = self.said(self.body)
        try:
            fact, new = tell(self.model, line=line_of(said.pop("line"), said[self.day]), said=said)
        except CannotTell as error:
            raise ValidationError({error.field: [ErrorDetail(str(error), code=error.code)]}) from None
        return Response(self.row(fact), status=201 if new else 200)

    def row(self, fact: Fact) -> dict[str, Any]:
        reference = getattr(fact, self.reference)
        return {
            "id": fact.pk, "customer": fact.customer_id, "subscription": fact.subscription_id,
            "reference": reference.strftime("%Y-%m") if isinstance(reference, dt.date) else reference,
            "recorded_at": fact.recorded_at,
        }  # fmt: skip


class Bills(Told):
    model, body, day, reference = Bill, NewBill, "month", "number"

    @described.told(NewBill, FactShape, "tell_bill", "Tell a bill")
    def post(self, request: Request) -> HttpResponse:
        """Known by its number; a bill of another line under the same number is refused."""
        return self.told(request)


class Payments(Told):
    model, body, day = Payment, NewPayment, "paid_on"

    @described.told(NewPayment, FactShape, "tell_payment", "Tell a payment")
    def post(self, request: Request) -> HttpResponse:
        """Known by its reference."""
        return self.told(request)


class TopUps(Told):
    model, body, day = TopUp, NewTopUp, "bought_on"

    @described.told(NewTopUp, FactShape, "tell_top_up", "Tell a top-up")
    def post(self, request: Request) -> HttpResponse:
        """Known by its reference."""
        return self.told(request)


class UsageOfMonth(Told):
    model, body, day, reference = Usage, NewUsage, "month", "month"

    @described.told(NewUsage, FactShape, "tell_usage", "Tell the usage of a month")
    def post(self, request: Request) -> HttpResponse:
        """Known by line and month; what is left out stays as it is."""
        return self.told(request)
