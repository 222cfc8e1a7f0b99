"""What is asked when a customer asks something of their data, and when it is decided."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from crm.privacy.retention import months_in_days
from crm.privacy.words import Kind
from crm.timeline.models import Channel

ASKED_ON = (Channel.COUNTER, Channel.CALL, Channel.WHATSAPP, Channel.EMAIL, Channel.LETTER, Channel.WEB)


class AskForm(forms.Form):
    kind = forms.ChoiceField(label=_("What they ask for"), choices=Kind.choices, widget=forms.RadioSelect)
    channel = forms.ChoiceField(label=_("How they asked"), choices=[(one.value, one.label) for one in ASKED_ON])
    words = forms.CharField(
        label=_("In their words"), max_length=2000, widget=forms.Textarea(attrs={"rows": 3}),
        error_messages={"required": _("Write down what they ask for.")},
    )  # fmt: skip
    asked_at = forms.DateTimeField(
        label=_("When they asked"), required=False, help_text=_("Left empty: now. The clock runs from then."),
        widget=forms.DateTimeInput(attrs={"type": "datetime-local"}),
    )  # fmt: skip


class DecideForm(forms.Form):
    reason = forms.CharField(
        label=_("Reason"), max_length=1000, widget=forms.Textarea(attrs={"rows": 3}),
        help_text=_("What was done; for a refusal, the legal ground."),
        error_messages={"required": _("Say why; for a refusal, on which legal ground.")},
    )  # fmt: skip


class PeriodForm(forms.Form):
    """A number of days or months, or for ever."""

    UNITS = (
        ("months", pgettext_lazy("keep", "months")),
        ("days", pgettext_lazy("keep", "days")),
        ("ever", pgettext_lazy("keep", "for ever")),
    )

    after = forms.IntegerField(min_value=0, widget=forms.HiddenInput)
    unit = forms.ChoiceField(label=_("Keep it"), choices=UNITS)
    number = forms.IntegerField(label=_("How many"), min_value=1, max_value=36_500, required=False)
    why = forms.CharField(
        label=_("Why"), max_length=250, error_messages={"required": _("Say why.")},
        help_text=_("The law or the rule of the house it follows."),
    )  # fmt: skip

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        if cleaned.get("unit") in {"months", "days"} and "number" not in self.errors and not cleaned.get("number"):
            self.add_error("number", _("Say how many."))
        return cleaned

    @property
    def days(self) -> int | None:
        """None: for ever."""
        unit, number = self.cleaned_data["unit"], self.cleaned_data["number"]
        return None if unit == "ever" else months_in_days(number) if unit == "months" else number
