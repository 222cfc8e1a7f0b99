"""What is asked when a customer asks something of their data, and when it is decided."""

from django import forms
from django.utils.translation import gettext_lazy as _

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
