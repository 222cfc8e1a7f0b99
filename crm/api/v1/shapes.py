"""What answers look like, for the OpenAPI document; tests/api/test_schema.py holds rows.py to it."""

from typing import Any

from drf_spectacular.utils import extend_schema_serializer
from rest_framework import serializers

from crm.cases.words import ClockKind, Kind, Outcome, Party, Priority, State, Verdict, Waiting
from crm.customers.models import ContactPoint, Tier
from crm.timeline.models import Channel, Direction


class Shape(serializers.Serializer[Any]):
    """Called in the document by its name without Shape."""

    def __init_subclass__(cls, **options: Any) -> None:
        super().__init_subclass__(**options)
        extend_schema_serializer(component_name=cls.__name__.removesuffix("Shape"))(cls)


class PersonShape(Shape):
    staff_number = serializers.CharField(allow_null=True)
    name = serializers.CharField()


class CustomerShape(Shape):
    id = serializers.IntegerField()
    name = serializers.CharField(help_text="Empty while only a handle is known.")
    tier = serializers.ChoiceField(Tier.choices, allow_blank=True)


class CaseShape(Shape):
    number = serializers.IntegerField()
    kind = serializers.ChoiceField(Kind.choices)
    state = serializers.ChoiceField(State.choices)
    waiting_for = serializers.ChoiceField(Waiting.choices, allow_blank=True)
    priority = serializers.ChoiceField(Priority.choices)
    subject = serializers.CharField()
    preview = serializers.CharField(help_text="First words of the newest message.")
    place = serializers.CharField(allow_blank=True, help_text="Where it is wrong.")
    tags = serializers.ListField(child=serializers.CharField())
    channel = serializers.ChoiceField(Channel.choices)
    party = serializers.ChoiceField(Party.choices, help_text="Who holds it now.")
    category = serializers.CharField(allow_null=True)
    customer = CustomerShape()
    team = serializers.CharField(allow_null=True)
    assignee = PersonShape(allow_null=True)
    division = serializers.CharField(allow_null=True)
    opened_at = serializers.DateTimeField()
    due_at = serializers.DateTimeField(allow_null=True, help_text="The nearest running deadline.")
    due_kind = serializers.ChoiceField(ClockKind.choices, allow_blank=True)
    settled_at = serializers.DateTimeField(allow_null=True)
    outcome = serializers.ChoiceField(Outcome.choices, allow_blank=True)
    version = serializers.IntegerField(help_text="The ETag, without its quotes.")
    remaining_seconds = serializers.IntegerField(
        allow_null=True, help_text="Until due_at; negative when it has passed."
    )
    overdue = serializers.BooleanField(help_text="Judged when this was read.")


class ContactPointShape(Shape):
    kind = serializers.ChoiceField(ContactPoint.Kind.choices)
    network = serializers.CharField(allow_blank=True)
    value = serializers.CharField(help_text="Masked, unless it is a public handle.")
    verified = serializers.BooleanField()


class ClockShape(Shape):
    kind = serializers.ChoiceField(ClockKind.choices)
    turn = serializers.IntegerField(help_text="1 is the first reply.")
    started_at = serializers.DateTimeField()
    due_at = serializers.DateTimeField()
    paused_at = serializers.DateTimeField(allow_null=True)
    stopped_at = serializers.DateTimeField(allow_null=True)
    verdict = serializers.ChoiceField(Verdict.choices, allow_blank=True, help_text="Empty while it runs.")
    remaining_seconds = serializers.IntegerField(allow_null=True)
    overdue = serializers.BooleanField(help_text="Judged when this was read.")


class EscalationShape(Shape):
    id = serializers.IntegerField()
    party = serializers.ChoiceField(Party.choices)
    at = serializers.DateTimeField()
    accepted_at = serializers.DateTimeField(allow_null=True)
    ended_at = serializers.DateTimeField(allow_null=True)
    division = serializers.CharField(allow_null=True)


class InteractionShape(Shape):
    id = serializers.IntegerField()
    direction = serializers.ChoiceField(Direction.choices)
    channel = serializers.ChoiceField(Channel.choices)
    is_public = serializers.BooleanField()
    by_person = serializers.BooleanField(help_text="False: a machine's message, which stops no clock.")
    subject = serializers.CharField(allow_blank=True)
    text = serializers.CharField(allow_blank=True)
    at = serializers.DateTimeField()
    external_id = serializers.CharField(allow_blank=True)
    staff = PersonShape(allow_null=True)
    voided = serializers.BooleanField(help_text="Undone, or refused by the network: as if never given.")


class CaseDetailShape(CaseShape):
    account = serializers.CharField(allow_blank=True)
    conversation = serializers.CharField(allow_blank=True)
    waiting_since = serializers.DateTimeField(allow_null=True)
    waiting_until = serializers.DateTimeField(allow_null=True)
    reopened = serializers.IntegerField(help_text="How often.")
    settlement = serializers.CharField(allow_blank=True)
    closed_at = serializers.DateTimeField(allow_null=True)
    contacts = ContactPointShape(many=True)
    clocks = ClockShape(many=True)
    escalations = EscalationShape(many=True)
    interactions = InteractionShape(many=True, help_text="The newest 100, oldest first.")


class OneCauseShape(Shape):
    """A problem: one underlying cause of many cases."""

    number = serializers.IntegerField()
    state = serializers.ChoiceField([("open", "open"), ("solved", "solved")])
    title = serializers.CharField()
    place = serializers.CharField(allow_blank=True)
    since = serializers.DateTimeField(help_text="When it began, as far as we know.")
    opened_at = serializers.DateTimeField()
    category = serializers.CharField(allow_null=True)
    division = serializers.CharField(allow_null=True)
    solved_at = serializers.DateTimeField(allow_null=True)
    solution = serializers.CharField(allow_blank=True)
    cases = serializers.IntegerField(help_text="How many hang on it.")


class LoggedShape(Shape):
    interaction = InteractionShape()
    case = CaseShape()
