"""The contact policy as a form."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from caring.models import ContactPolicy

MOST_A_MINUTE = 100_000


class PolicyForm(forms.ModelForm):
    """The hold-out in per mille, as it is kept: 50 are 5 per cent."""

    class Meta:
        model = ContactPolicy
        fields = [
            "most", "days", "quiet_from", "quiet_until", "hold_out_per_mille",
            "sms_a_minute", "email_a_minute", "other_a_minute",
        ]  # fmt: skip
        widgets = {
            name: forms.TimeInput(format="%H:%M", attrs={"placeholder": "20:00"})
            for name in ("quiet_from", "quiet_until")
        }

    def clean(self) -> dict[str, Any]:
        said: dict[str, Any] = super().clean() or self.cleaned_data
        if said.get("days") is not None and not 1 <= said["days"] <= 90:
            self.add_error("days", _("From 1 to 90."))
        if said.get("most") is not None and said["most"] > 90:
            self.add_error("most", _("At most 90."))
        if (said.get("hold_out_per_mille") or 0) > 500:
            self.add_error("hold_out_per_mille", _("At most 500: half of the customers."))
        for name in ("sms_a_minute", "email_a_minute", "other_a_minute"):
            if (said.get(name) or 0) > MOST_A_MINUTE:
                self.add_error(name, _("At most 100,000."))
        if said.get("quiet_from") is not None and said.get("quiet_from") == said.get("quiet_until"):
            self.add_error("quiet_until", _("Quiet hours end at another time than they begin."))
        return said
