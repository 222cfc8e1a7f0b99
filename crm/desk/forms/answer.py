from typing import Any

from django import forms
from django.utils.translation import gettext as _

from crm.cases import actions
from crm.cases.models import Case
from crm.desk.composer import Road
from crm.desk.models import Way
from crm.messaging.models import Message
from crm.staff.models import User


class AnswerForm(forms.Form):
    """What was written in the composer. A note goes to colleagues, everything else to the customer."""

    way = forms.ChoiceField(choices=Way.choices)
    road = forms.CharField(required=False)
    text = forms.CharField(max_length=20_000, strip=False)
    subject = forms.CharField(required=False, max_length=250)
    override_reason = forms.CharField(required=False, max_length=1000)
    seen = forms.IntegerField(required=False)
    key = forms.CharField(required=False, max_length=64)
    anyway = forms.BooleanField(required=False)

    def __init__(self, *args: Any, case: Case, user: User, roads: list[Road], **kwargs: Any) -> None:
        self.case, self.user, self.roads = case, user, roads
        super().__init__(*args, **kwargs)
        self.fields["text"].error_messages["required"] = _("Write something first.")

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        if data.get("way") != Way.NOTE and self.chosen_road is None:
            self.add_error("road", _("Choose how the answer reaches the customer."))
        return data

    @property
    def is_note(self) -> bool:
        return self.cleaned_data["way"] == Way.NOTE

    @property
    def chosen_road(self) -> Road | None:
        wanted = self.cleaned_data.get("road") or ""
        return next((road for road in self.roads if road.value == wanted), None)

    def write_note(self) -> None:
        actions.add_note(case=self.case, text=self.cleaned_data["text"], by=self.user)

    def send(self, *, override_reason: str) -> Message:
        data, road = self.cleaned_data, self.chosen_road
        assert road is not None  # clean() has seen to it
        return actions.answer_case(
            case=self.case,
            text=data["text"],
            by=self.user,
            channel=road.channel,
            is_public=data["way"] == Way.PUBLIC,
            recipient=road.recipient,
            subject=data["subject"],
            override_reason=override_reason,
            version=self.case.version,
            key=data["key"],
        )
