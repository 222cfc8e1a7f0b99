"""The limits that one page sets: each a row of its own room."""

from typing import Any

from django import forms
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from caring.models import EffectRule
from crm.calls.models import WrapUpRule
from crm.customers.models import LineRule
from crm.visits.models import WaitRule


class WaitForm(forms.ModelForm):
    class Meta:
        model = WaitRule
        fields = ["minutes"]


class WrapUpRuleForm(forms.ModelForm):
    class Meta:
        model = WrapUpRule
        fields = ["remind_minutes", "raise_minutes"]

    def clean(self) -> dict[str, Any]:
        said: dict[str, Any] = super().clean() or self.cleaned_data
        reminded, raised = said.get("remind_minutes"), said.get("raise_minutes")
        if reminded and raised and raised < reminded:
            self.add_error("raise_minutes", _("Not before the agent was reminded."))
        return said


class LineRuleForm(forms.ModelForm):
    class Meta:
        model = LineRule
        fields = ["grace_days", "blocked_days"]


class EffectRuleForm(forms.ModelForm):
    class Meta:
        model = EffectRule
        fields = ["call", "sms", "email", "letter", "visit", "social", "least", "payment_days", "worth_from"]


# code: (form, when it holds)
LIMITS: dict[str, tuple[type[forms.ModelForm], Promise]] = {
    "counter": (WaitForm, gettext_lazy("Holds at once, in the reports of past days too.")),
    "wrap-up": (WrapUpRuleForm, gettext_lazy("Holds from the next minute on.")),
    "lines": (LineRuleForm, gettext_lazy("Holds from the next night on; days that provisioning has named stay.")),
    "effect": (EffectRuleForm, gettext_lazy("Costs and tiers hold at once, the other two from the next night on.")),
}
