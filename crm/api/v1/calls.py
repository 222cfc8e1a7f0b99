"""A telephone exchange: rings a call at an agent, and says how it goes on."""

from typing import Any

from django.db.models import Q
from django.http import HttpResponse
from django.utils.translation import gettext_lazy as _
from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers
from rest_framework.exceptions import ErrorDetail, ValidationError
from rest_framework.request import Request
from rest_framework.response import Response

from crm.api.auth import caller
from crm.api.fields import Body, Past
from crm.api.models import Scope
from crm.api.v1 import described
from crm.api.v1.base import View
from crm.api.v1.shapes import Shape
from crm.calls.actions import hear
from crm.calls.errors import CallError
from crm.calls.models import Call
from crm.calls.words import CallState, Step
from crm.lib.msisdn import BadNumber, normalise
from crm.staff.access import may
from crm.staff.models import User

AGENT = "Extension, user name or staff number of who takes calls here."


@extend_schema_field({"type": "string", "example": "2101"})
class Agent(serializers.Field):
    default_error_messages = {"unknown": _("Nobody who takes calls has this extension, user name or staff number.")}

    def to_internal_value(self, data: Any) -> User:
        text = str(data).strip()[:60]
        by_any = Q(extension=text) | Q(staff_number=text) | Q(username__iexact=text)
        found = list(User.objects.filter(by_any, is_active=True)[:4])
        found.sort(key=lambda user: (user.extension != text, user.staff_number != text))
        if not text or not found or not may(found[0], "call.take"):
            self.fail("unknown")
        return found[0]

    def to_representation(self, value: User) -> str:
        return value.username


class Number(serializers.CharField):
    default_error_messages = {"bad_number": _("This is not a telephone number; leave it empty where it is withheld.")}

    def to_internal_value(self, data: Any) -> str:
        text = super().to_internal_value(data)
        try:
            return normalise(text) if text else ""
        except BadNumber:
            self.fail("bad_number")
        raise AssertionError


class NewCall(Body):
    """A call that rings at an agent."""

    call_id = serializers.RegexField(
        r"^[!-.0-~]{1,100}$", help_text="Yours; visible ASCII without a slash, unique over all exchanges."
    )
    msisdn = Number(max_length=30, default="", allow_blank=True, help_text="0812…, 62812… or +62812…; empty: withheld.")
    agent = Agent(help_text=AGENT)
    ivr = serializers.CharField(max_length=80, default="", allow_blank=True, help_text="What they chose in the menu.")
    waited = serializers.IntegerField(
        min_value=0, max_value=86_400, required=False, allow_null=True, help_text="Seconds in the queue."
    )
    at = Past(required=False, help_text="When it began to ring; now when left out.")


class NewCallEvent(Body):
    """How a call goes on."""

    event = serializers.ChoiceField(Step.choices)
    agent = Agent(required=False, help_text=f"{AGENT} Needed for ringing, and of transferred to whom.")
    at = Past(help_text="When it took place: the order of events follows from it, and a doubled one is known by it.")


class CallShape(Shape):
    id = serializers.IntegerField()
    call_id = serializers.CharField()
    state = serializers.ChoiceField(CallState.choices)
    agent = serializers.CharField(allow_null=True, help_text="User name.")
    customer = serializers.IntegerField(allow_null=True, help_text="Id; null: nobody, or several, have this number.")
    began_at = serializers.DateTimeField()
    answered_at = serializers.DateTimeField(allow_null=True)
    ended_at = serializers.DateTimeField(allow_null=True)
    wrapped_up = serializers.BooleanField()


class Heard(View):
    """201 for what is new, 200 for what was known."""

    queryset = Call.objects.none()
    scopes = {"POST": Scope.CALLS_WRITE}

    def heard(self, said: dict[str, Any], **more: Any) -> Response:
        self.check_team(said.get("agent"))
        try:
            call, new = hear(**more, **said)
        except CallError as error:
            raise _wrong(error.field, error.code, str(error)) from None
        return Response(row_of(call), status=201 if new else 200)

    def check_team(self, agent: User | None) -> None:
        """A client of one team rings at its people alone."""
        team = caller(self.request).team_id
        if team and agent and team not in agent.team_ids:
            raise _wrong("agent", "unknown", str(Agent.default_error_messages["unknown"]))


class Calls(Heard):
    @described.of_call(NewCall, CallShape, "ring", "A call rings")
    def post(self, request: Request) -> HttpResponse:
        """The caller's page opens on that agent's screen. The same call id again adds what was missing."""
        return self.write(lambda: self.ring(self.said(NewCall)))

    def ring(self, said: dict[str, Any]) -> Response:
        return self.heard(said, exchange_id=said.pop("call_id"), kind=Step.RINGING)


class CallEvents(Heard):
    @described.of_call(NewCallEvent, CallShape, "tell_call", "Say how a call goes on")
    def post(self, request: Request, call_id: str) -> HttpResponse:
        """In any order, doubled or late. An event of an unknown call begins it: tell the call itself afterwards."""
        return self.write(lambda: self.goes_on(self.said(NewCallEvent), call_id))

    def goes_on(self, said: dict[str, Any], call_id: str) -> Response:
        return self.heard(said, exchange_id=call_id, kind=said.pop("event"))


def row_of(call: Call) -> dict[str, Any]:
    return {
        "id": call.pk, "call_id": call.exchange_id, "state": call.state,
        "agent": call.agent.username if call.agent else None, "customer": call.customer_id, "began_at": call.began_at,
        "answered_at": call.answered_at, "ended_at": call.ended_at, "wrapped_up": call.wrapped_at is not None,
    }  # fmt: skip


def _wrong(field: str, code: str, sentence: str) -> ValidationError:
    return ValidationError({field: [ErrorDetail(sentence, code=code)]})
