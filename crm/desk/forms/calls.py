from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from crm.calls.models import Call, CallReason
from crm.calls.words import Result
from crm.cases.models import Case
from crm.cases.words import Kind

HONORIFICS = [("", _("Not said")), ("Bapak", "Bapak"), ("Ibu", "Ibu"), ("Kak", "Kak")]


class NewCallerForm(forms.Form):
    honorific = forms.ChoiceField(label=_("Addressed as"), choices=HONORIFICS, required=False)
    name = forms.CharField(label=_("Name"), max_length=160)
    number = forms.CharField(
        label=_("A number of theirs"), max_length=30, required=False,
        widget=forms.TextInput(attrs={"inputmode": "tel"}), help_text=_("Empty: the one they call with."),
    )  # fmt: skip


class CallCaseForm(forms.Form):
    text = forms.CharField(label=_("In the caller's words"), max_length=5000, widget=forms.Textarea(attrs={"rows": 2}))
    kind = forms.ChoiceField(label=_("Kind"), choices=Kind.choices, initial=Kind.COMPLAINT)


class WrapUpForm(forms.Form):
    """`case`: what the call was about, among the customer's open ones."""

    reason = forms.ModelChoiceField(
        CallReason.objects.filter(is_active=True), label=_("What was it about?"), empty_label=None,
        widget=forms.RadioSelect,
    )  # fmt: skip
    result = forms.ChoiceField(
        label=_("How it ended"), choices=Result.choices, widget=forms.RadioSelect, initial=Result.SOLVED
    )
    case = forms.ModelChoiceField(Case.objects.none(), label=_("The call belongs to"), required=False,
                                  empty_label=_("No case"))  # fmt: skip
    note = forms.CharField(
        label=_("Note"), max_length=5000, required=False, widget=forms.Textarea(attrs={"rows": 3}),
        help_text=_("What was said, in a sentence or two."),
    )  # fmt: skip
    next_step = forms.CharField(label=_("Next step"), max_length=250, required=False)

    def __init__(self, data: Any = None, *, call: Call) -> None:
        super().__init__(data)
        theirs = Case.objects.live().running().filter(customer=call.customer_id).order_by("-opened_at")
        if call.customer_id is None or call.case_id is not None:
            del self.fields["case"]
        else:
            self.fields["case"].queryset = theirs  # type: ignore[attr-defined]
            self.fields["case"].label_from_instance = name_of  # type: ignore[attr-defined]


def name_of(case: Case) -> str:
    return f"#{case.number} {case.subject or case.preview}"[:80]


class ReasonForm(forms.ModelForm):
    class Meta:
        model = CallReason
        fields = ["code", "name", "name_en"]
        labels = {"code": _("Code"), "name": _("Indonesian"), "name_en": _("English")}
