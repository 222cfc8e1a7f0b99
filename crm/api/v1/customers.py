"""Finding a customer by what a caller says of themselves. Numbers and addresses come masked."""

from typing import Any

from django.utils.translation import gettext_lazy as _
from drf_spectacular.utils import OpenApiParameter
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from crm.api.models import Scope
from crm.api.v1 import described
from crm.api.v1.base import View
from crm.api.v1.shapes import Shape
from crm.cases.finding import LIMIT, LONGEST, How, customers_like
from crm.cases.found import Row, rows_of
from crm.customers.models import Tier

QUERY = OpenApiParameter(
    "q", required=True, description="A whole number or e-mail address, @handle, #case, a reference or a name."
)


class Asked(serializers.Serializer[Any]):
    q = serializers.CharField(
        max_length=LONGEST,
        error_messages={"required": _("Say whom you look for."), "blank": _("Say whom you look for.")},
    )


class FoundCustomerShape(Shape):
    id = serializers.IntegerField()
    name = serializers.CharField(help_text="A handle while no name is known.")
    honorific = serializers.CharField(allow_blank=True)
    tier = serializers.ChoiceField(Tier.choices, allow_blank=True)
    city = serializers.CharField(allow_blank=True)
    contact = serializers.CharField(allow_blank=True, help_text="A number, address or handle, masked.")
    products = serializers.ListField(child=serializers.CharField())
    open_cases = serializers.IntegerField()
    matched_by = serializers.ChoiceField(How.choices)


class FoundShape(Shape):
    items = FoundCustomerShape(many=True)


class Customers(View):
    scopes = {"GET": Scope.CUSTOMERS_READ}

    @described.read(FoundShape, "find_customers", "Find customers", "customers", QUERY)
    def get(self, request: Request) -> Response:
        """At most 20, the surest first. Numbers and addresses are found whole, names also in part and misspelt."""
        self.refuse_unknown({"q"})
        asked = Asked(data=request.query_params)
        asked.is_valid(raise_exception=True)
        matches = customers_like(asked.validated_data["q"], cases=self.cases(), limit=LIMIT)
        found = rows_of((match.customer_id for match in matches), {m.customer_id: m.how.value for m in matches})
        return Response({"items": [_row(row) for row in found]})


def _row(row: Row) -> dict[str, Any]:
    one = row.customer
    return {
        "id": one.pk, "name": row.name, "honorific": one.honorific, "tier": one.tier, "city": one.city,
        "contact": row.number, "products": row.products, "open_cases": row.open_cases, "matched_by": row.how,
    }  # fmt: skip
