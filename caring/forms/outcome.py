"""What an agent says of a call. What of it is wanted, caring/following.py knows."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from caring.working import Said
from crm.cases.models import Category
from crm.cases.words import Kind

LONGEST = 1000
YES_NO = {"yes": True, "no": False}


class OutcomeForm(forms.Form):
    outcome = forms.CharField(max_length=20)
    note = forms.CharField(max_length=LONGEST, required=False)
    when = forms.DateTimeField(required=False)
    satisfied = forms.CharField(max_length=3, required=False)
    reason = forms.CharField(max_length=20, required=False)
    offer = forms.CharField(max_length=20, required=False)
    offer_taken = forms.CharField(max_length=3, required=False)
    wants = forms.CharField(max_length=20, required=False)
    words = forms.CharField(max_length=5000, required=False)
    kind = forms.ChoiceField(
        label=_("Kind"), choices=Kind.choices, initial=Kind.COMPLAINT, required=False,
        widget=forms.Select(attrs={"class": "form-select"}),
    )  # fmt: skip
    category = forms.ModelChoiceField(
        Category.objects.filter(is_active=True), label=_("Category"), required=False, empty_label=_("Not known yet"),
        widget=forms.Select(attrs={"class": "form-select"}),
    )  # fmt: skip
    promise = forms.CharField(max_length=250, required=False)
    promise_due = forms.DateTimeField(required=False)

    @property
    def said(self) -> Said:
        data: dict[str, Any] = {name: self.cleaned_data[name] for name in self.fields if name != "outcome"}
        data["satisfied"] = YES_NO.get(data["satisfied"])
        data["offer_taken"] = YES_NO.get(data["offer_taken"])
        return Said(**(data | {"kind": data["kind"] or Kind.COMPLAINT}))
