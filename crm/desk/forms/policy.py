from typing import Any

from django import forms
from django.contrib.postgres.forms import SimpleArrayField
from django.forms import inlineformset_factory
from django.utils.translation import gettext_lazy as _

from crm.cases.models import LadderStep, SlaPolicy, SlaTarget


class MinutesField(forms.FloatField):
    """Seconds in the database, `per` of them shown as one."""

    def __init__(self, *, per: int = 60, **kwargs: Any) -> None:
        self.per = per
        super().__init__(min_value=0, **kwargs)

    def prepare_value(self, value: Any) -> Any:
        if isinstance(value, int):
            shown = value / self.per
            return int(shown) if shown == int(shown) else round(shown, 4)
        return value

    def clean(self, value: Any) -> Any:
        cleaned = super().clean(value)
        return None if cleaned is None else round(cleaned * self.per)

    def has_changed(self, initial: Any, data: Any) -> bool:
        return super().has_changed(self.prepare_value(initial), data)


HOUR = 3600


class PolicyDraftForm(forms.ModelForm):
    warn_percents = SimpleArrayField(
        forms.IntegerField(min_value=1, max_value=99), label=_("Warn at, percent"), help_text=_("Separated by commas.")
    )
    response_risk_seconds = MinutesField(label=_("Reply: at risk in the last, minutes"))
    resolution_risk_seconds = MinutesField(label=_("Settlement: at risk in the last, hours"), per=HOUR)
    remind_after_seconds = MinutesField(label=_("Remind a silent customer after, hours"), per=HOUR)
    no_answer_after_seconds = MinutesField(label=_("Propose settling as no answer after, hours"), per=HOUR)
    close_after_seconds = MinutesField(label=_("Close a settled case after, hours"), per=HOUR)
    reopen_minimum_seconds = MinutesField(label=_("At least, when reopened, hours"), per=HOUR)

    class Meta:
        model = SlaPolicy
        fields = (
            "note", "warn_percents", "response_risk_seconds", "resolution_risk_seconds", "pause_for_customer",
            "pause_for_division", "pause_for_appointment", "remind_after_seconds", "no_answer_after_seconds",
            "close_after_seconds", "reopen_minimum_seconds",
        )  # fmt: skip
        labels = {
            "note": _("What changes, and why"),
            "pause_for_customer": _("Pause the settlement clock while we wait for the customer"),
            "pause_for_division": _("Pause it while we wait for a division"),
            "pause_for_appointment": _("Pause it until an appointment"),
        }


class TargetForm(forms.ModelForm):
    response_seconds = MinutesField(label=_("First reply within, minutes"))
    resolution_seconds = MinutesField(label=_("Settled within, hours"), per=HOUR, required=False)

    class Meta:
        model = SlaTarget
        fields = ("channel", "category", "kind", "tier", "response_seconds", "resolution_seconds")
        labels = {"channel": _("Channel"), "category": _("Category"), "kind": _("Kind"), "tier": _("Tier")}


class StepForm(forms.ModelForm):
    class Meta:
        model = LadderStep
        fields = ("clock", "percent", "party")
        labels = {"clock": _("Clock"), "percent": _("At, percent"), "party": _("Goes to")}


Targets = inlineformset_factory(SlaPolicy, SlaTarget, form=TargetForm, extra=1, can_delete=True)
Steps = inlineformset_factory(SlaPolicy, LadderStep, form=StepForm, extra=1, can_delete=True)
