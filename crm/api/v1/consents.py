"""What a customer allows: read by purpose, recorded with its proof."""

from typing import Any

from django.http import HttpResponse
from django.utils import timezone
from django.utils.translation import gettext as _
from rest_framework import serializers
from rest_framework.exceptions import ErrorDetail, ValidationError
from rest_framework.request import Request
from rest_framework.response import Response

from crm.api.fields import Body, Past, StaffNumber
from crm.api.models import Scope
from crm.api.v1 import described
from crm.api.v1.base import View
from crm.api.v1.rows import Row
from crm.api.v1.shapes import Shape
from crm.customers.allowed import Allowed, allowed_of
from crm.customers.consenting import give_consent, withdraw_consent
from crm.customers.errors import CannotConsent
from crm.customers.models import Consent, Customer, Purpose
from crm.staff import access
from crm.timeline.models import Channel

LANGUAGES = (("id", "Indonesian"), ("en", "English"))


class NewAnswer(Body):
    """What a customer said to a text that was read or shown to them."""

    purpose = serializers.ChoiceField(Purpose.choices)
    answer = serializers.ChoiceField(Consent.Answer.choices, help_text="no also takes back a yes.")
    version = serializers.IntegerField(
        required=False, min_value=1, help_text="Of the text that they were read: needed with a yes."
    )
    language = serializers.ChoiceField(LANGUAGES, default="id", help_text="In which they were read it.")
    channel = serializers.ChoiceField(Channel.choices)
    at = Past(required=False, help_text="When they answered. Now when left out.")
    staff_number = StaffNumber(required=False, help_text="Who asked; nobody where a system did.")

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        if attrs["answer"] == Consent.Answer.YES and "version" not in attrs:
            raise serializers.ValidationError({"version": _("Name the version that was read.")}, code="required")
        return attrs


class ConsentTextShape(Shape):
    version = serializers.IntegerField()
    id = serializers.CharField(help_text="Indonesian.")
    en = serializers.CharField(help_text="English.")


class AllowedShape(Shape):
    """One purpose."""

    purpose = serializers.ChoiceField(Purpose.choices)
    allowed = serializers.BooleanField(help_text="Whether a yes stands. Nobody who was never asked has allowed it.")
    answer = serializers.ChoiceField(Consent.Answer.choices, allow_null=True, help_text="The last; null: never asked.")
    version = serializers.CharField(allow_null=True, help_text="Of the text that was answered to.")
    channel = serializers.CharField(allow_null=True)
    answered_at = serializers.DateTimeField(allow_null=True)
    withdrawn_at = serializers.DateTimeField(allow_null=True)
    text = ConsentTextShape(help_text="In force now: read this.")


class AllOfThem(Shape):
    """What a customer allows; restriction and do-not-disturb outrank it."""

    customer = serializers.IntegerField(help_text="Of a merged record the one that stays.")
    restricted = serializers.BooleanField()
    do_not_disturb = serializers.BooleanField()
    items = AllowedShape(many=True)


class Consents(View):
    scopes = {"GET": Scope.CONSENTS_READ, "POST": Scope.CONSENTS_WRITE}

    @described.read(AllOfThem, "read_consents", "Read what a customer allows", tag="consents")
    def get(self, request: Request, customer: int) -> Response:
        """Each purpose with the text that is in force."""
        return Response(all_of(self.customer(customer)))

    @described.answered(NewAnswer, AllowedShape, "record_consent", "Record a yes or no")
    def post(self, request: Request, customer: int) -> HttpResponse:
        """A yes names the version that was in force when it was given. The same answer again changes nothing."""
        return self.write(lambda: self.record(customer))

    def record(self, pk: int) -> Response:
        customer, said = self.customer(pk), self.said(NewAnswer)
        by, began = said.pop("staff_number", None), Consent.objects.filter(customer=customer)
        if by is not None:
            access.require(by, "consent.record")
        before = set(began.values_list("pk", "withdrawn_at"))
        try:
            _keep(customer, by=by, **said)
        except CannotConsent as error:
            raise ValidationError({error.field: [ErrorDetail(str(error), code=error.code)]}) from None
        new = set(began.all().values_list("pk", "withdrawn_at")) != before
        answers = {one.purpose: one for one in allowed_of(list(customer.consents.all()))}
        return Response(_row(answers[said["purpose"]]), status=201 if new else 200)


def _keep(customer: Customer, *, answer: str, version: int | None = None, **said: Any) -> None:
    if said.get("at"):
        said["at"] = min(said["at"], timezone.now())
    if answer == Consent.Answer.YES:
        give_consent(customer=customer, version=version or 0, **said)
    else:
        withdraw_consent(customer=customer, **said)


def all_of(customer: Customer) -> Row:
    return {
        "customer": customer.pk,
        "restricted": customer.restricted_at is not None,
        "do_not_disturb": customer.do_not_disturb,
        "items": [_row(one) for one in allowed_of(list(customer.consents.all()))],
    }


def _row(one: Allowed) -> Row:
    last = one.last
    return {
        "purpose": one.purpose,
        "allowed": one.stands,
        "answer": last.answer if last else None,
        "version": last.version if last else None,
        "channel": last.channel if last else None,
        "answered_at": last.given_at if last else None,
        "withdrawn_at": last.withdrawn_at if last else None,
        "text": {"version": one.text.version, "id": one.text.id, "en": one.text.en},
    }
