"""Finding a customer by what a caller says of themselves, reading and changing the record. Contacts come masked."""

from typing import Any

from django.conf import settings
from django.core.validators import MaxValueValidator, MinValueValidator
from django.http import HttpResponse
from django.utils.translation import gettext_lazy as _
from drf_spectacular.utils import OpenApiParameter
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from crm.api.fields import Body, StaffNumber
from crm.api.models import Scope
from crm.api.v1 import described
from crm.api.v1.base import View, expected_version, versioned
from crm.api.v1.shapes import Shape
from crm.cases.finding import LIMIT, LONGEST, How, customers_like
from crm.cases.found import Row, rows_of
from crm.customers.editing import edit_customer, last_edit
from crm.customers.forms import CHANNELS, HOBBIES, LONGEST_HOBBY
from crm.customers.masking import mask_contact
from crm.customers.models import ContactPoint, Customer, Tier
from crm.lib.days import FIRST, LAST
from crm.staff import access

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


class Changes(Body):
    """What the customer said of themselves, to a person. A field that is left out stays as it is."""

    staff_number = StaffNumber(help_text="Who was told so.")
    kind = serializers.ChoiceField(Customer.Kind.choices, required=False)
    name = serializers.CharField(required=False, max_length=160, help_text="As they write it; one word is a name.")
    honorific = serializers.CharField(required=False, allow_blank=True, max_length=20, help_text="Bapak, Ibu, Kak, …")
    language = serializers.ChoiceField(settings.LANGUAGES, required=False)
    sex = serializers.ChoiceField(Customer.Sex.choices, required=False, allow_blank=True)
    birth_date = serializers.DateField(
        required=False, allow_null=True, validators=[MinValueValidator(FIRST), MaxValueValidator(LAST)]
    )
    hobbies = serializers.ListField(
        child=serializers.CharField(max_length=LONGEST_HOBBY), required=False, max_length=HOBBIES
    )
    preferred_channel = serializers.ChoiceField(CHANNELS, required=False, allow_blank=True)

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        for field in {"name", "honorific"} & set(attrs):
            attrs[field] = " ".join(attrs[field].split())
        return attrs


class ContactShape(Shape):
    kind = serializers.ChoiceField(ContactPoint.Kind.choices)
    network = serializers.CharField(allow_blank=True, help_text="Of a handle: x, instagram, facebook.")
    value = serializers.CharField(help_text="Masked, but for a handle.")
    verified = serializers.BooleanField()


class RecordShape(Shape):
    """Birth date, papers and addresses are not told."""

    id = serializers.IntegerField(help_text="Of a merged record the one that stays.")
    kind = serializers.ChoiceField(Customer.Kind.choices)
    name = serializers.CharField(allow_blank=True)
    honorific = serializers.CharField(allow_blank=True)
    language = serializers.CharField()
    hobbies = serializers.ListField(child=serializers.CharField())
    preferred_channel = serializers.CharField(allow_blank=True)
    city = serializers.CharField(allow_blank=True)
    tier = serializers.ChoiceField(Tier.choices, allow_blank=True)
    do_not_disturb = serializers.BooleanField()
    restricted = serializers.BooleanField(help_text="Their data rest: nothing proactive.")
    contacts = ContactShape(many=True)
    version = serializers.IntegerField()


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


class OneCustomer(View):
    scopes = {"GET": Scope.CUSTOMERS_READ, "PATCH": Scope.CUSTOMERS_WRITE}

    @described.read(RecordShape, "read_customer", "Read a customer's record", "customers")
    def get(self, request: Request, pk: int) -> Response:
        """The ETag is for a change."""
        return _record(self.customer(pk))

    @described.changed(Changes, RecordShape, "change_customer", "Change a customer's record", "customers")
    def patch(self, request: Request, pk: int) -> HttpResponse:
        """412 when somebody changed one of the same fields since; other fields do not clash."""
        return self.write(lambda: self.change(request, pk))

    def change(self, request: Request, pk: int) -> Response:
        customer, seen = self.customer(pk), expected_version(request, required=True)
        changes = self.said(Changes)
        by = changes.pop("staff_number")
        access.require(by, "customer.edit")
        return _record(edit_customer(customer=customer, changes=changes, by=by, seen=seen))


def _record(one: Customer) -> Response:
    told = {
        "id": one.pk, "kind": one.kind, "name": one.name, "honorific": one.honorific, "language": one.language,
        "hobbies": one.hobbies, "preferred_channel": one.preferred_channel, "city": one.city, "tier": one.tier,
        "do_not_disturb": one.do_not_disturb, "restricted": one.restricted_at is not None,
        "contacts": [_contact(point) for point in one.contact_points.order_by("pk")], "version": last_edit(one),
    }  # fmt: skip
    return versioned(told)


def _contact(point: ContactPoint) -> dict[str, Any]:
    return {
        "kind": point.kind, "network": point.network, "value": mask_contact(point.kind, point.value),
        "verified": point.verified_at is not None,
    }  # fmt: skip


def _row(row: Row) -> dict[str, Any]:
    one = row.customer
    return {
        "id": one.pk, "name": row.name, "honorific": one.honorific, "tier": one.tier, "city": one.city,
        "contact": row.number, "products": row.products, "open_cases": row.open_cases, "matched_by": row.how,
    }  # fmt: skip
