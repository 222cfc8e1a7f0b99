"""What a request may say."""

from typing import Any

from django.utils.translation import gettext_lazy as _
from rest_framework import serializers

from crm.api.fields import Body, Code, Coming, Past, StaffNumber
from crm.cases.models import Category, Problem
from crm.cases.words import Kind, Outcome, Party, Priority, Waiting
from crm.staff.models import Division
from crm.timeline.models import Channel, Direction

TEXT_MAX = 20_000
WHERE = "Where it is wrong: a district, a street, a cell."
HANDED_UP = [choice for choice in Party.choices if choice[0] != Party.TEAM]
REACHED = [Outcome.SOLVED, Outcome.EXPLAINED, Outcome.NO_ANSWER, Outcome.NOT_POSSIBLE]
OUTCOMES = [choice for choice in Outcome.choices if choice[0] in REACHED]


def tag_list(**options: Any) -> serializers.ListField:
    return serializers.ListField(child=serializers.CharField(max_length=40), max_length=20, **options)


def category(**options: Any) -> Code:
    return Code(queryset=Category.objects.filter(is_active=True), **options)


class Sender(Body):
    """Who the customer is: at least a number, an e-mail address, or a handle with its network."""

    msisdn = serializers.CharField(max_length=30, required=False, help_text="0812…, 62812… or +62812…")
    email = serializers.CharField(max_length=254, required=False)
    handle = serializers.CharField(max_length=101, required=False)
    network = serializers.ChoiceField(Channel.choices, required=False, help_text="Where the handle is.")
    name = serializers.CharField(max_length=160, required=False, help_text="Kept when the customer is new to us.")


class NewCase(Body):
    """A case to open."""

    customer = Sender()
    text = serializers.CharField(max_length=TEXT_MAX, help_text="What the customer said.")
    channel = serializers.ChoiceField(Channel.choices, required=False, help_text="The client's own when left out.")
    kind = serializers.ChoiceField(Kind.choices, default=Kind.QUESTION)
    subject = serializers.CharField(max_length=250, default="", allow_blank=True)
    category = category(required=False, allow_null=True, help_text="Code of a category.")
    place = serializers.CharField(max_length=80, default="", allow_blank=True, help_text=WHERE)
    priority = serializers.ChoiceField(Priority.choices, default=Priority.NORMAL)
    tags = tag_list(default=list)
    occurred_at = Past(
        required=False, help_text="When the customer said it: both clocks run from then. Now when left out."
    )
    external_id = serializers.CharField(
        max_length=100,
        default="",
        allow_blank=True,
        help_text="Your id of this contact: the same one again opens nothing.",
    )
    staff_number = StaffNumber(required=False, help_text="Who took it.")


class NewInteraction(Body):
    """A contact that took place."""

    direction = serializers.ChoiceField(Direction.choices)
    text = serializers.CharField(max_length=TEXT_MAX)
    channel = serializers.ChoiceField(Channel.choices, required=False, help_text="The client's own, else the case's.")
    subject = serializers.CharField(max_length=250, default="", allow_blank=True)
    at = Past(required=False, help_text="When it took place. Now when left out.")
    staff_number = StaffNumber(required=False, help_text="Who answered, or took the call.")
    automatic = serializers.BooleanField(default=False, help_text="A message by a machine: it stops no clock.")
    external_id = serializers.CharField(
        max_length=100,
        default="",
        allow_blank=True,
        help_text="Your id of this contact: the same one again adds nothing.",
    )

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        """Only a person's answer stops the response clock (SOP 2), so an answer says whose it is."""
        if attrs["direction"] == Direction.OUT and not attrs["automatic"] and "staff_number" not in attrs:
            sentence = _("Name the person who answered, or say that the message was automatic.")
            raise serializers.ValidationError({"staff_number": sentence}, code="required")
        return attrs


class Change(Body):
    """What a case is about. Only what is sent changes; no promise moves."""

    kind = serializers.ChoiceField(Kind.choices, required=False)
    category = category(required=False, allow_null=True)
    place = serializers.CharField(max_length=80, required=False, allow_blank=True, help_text=WHERE)
    priority = serializers.ChoiceField(Priority.choices, required=False)
    subject = serializers.CharField(max_length=250, required=False, allow_blank=True)
    tags = tag_list(required=False)
    staff_number = StaffNumber(required=False, help_text="Who changed it; empty for your system itself.")

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        if not set(attrs) - {"staff_number"}:
            raise serializers.ValidationError(_("Name at least one field to change."), code="empty")
        return attrs


class Settlement(Body):
    staff_number = StaffNumber()
    outcome = serializers.ChoiceField(OUTCOMES)
    text = serializers.CharField(max_length=TEXT_MAX, default="", allow_blank=True, help_text="What was done.")


class HandUp(Body):
    staff_number = StaffNumber()
    party = serializers.ChoiceField(HANDED_UP)
    division = Code(
        queryset=Division.objects.all(), required=False, help_text="Which one, when the party is a division."
    )
    reason = serializers.CharField(max_length=TEXT_MAX)


class Wait(Body):
    staff_number = StaffNumber()
    waiting_for = serializers.ChoiceField(Waiting.choices)
    until = Coming(required=False, help_text="The appointment's time.")


class Reason(Body):
    staff_number = StaffNumber()
    reason = serializers.CharField(max_length=TEXT_MAX)


class Who(Body):
    staff_number = StaffNumber()


class HangOn(Body):
    staff_number = StaffNumber()
    problem = serializers.SlugRelatedField(
        slug_field="number", queryset=Problem.objects.filter(state=Problem.State.OPEN), allow_null=True,
        help_text="Number of an open problem; null takes the case off.",
    )  # fmt: skip
