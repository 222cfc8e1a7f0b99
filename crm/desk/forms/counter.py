"""What is said at a counter."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from crm.cases.models import Category
from crm.cases.words import Kind
from crm.customers.actions import find_or_create_customer
from crm.customers.models import Customer, IdentityDocument
from crm.visits.models import Visit
from crm.visits.words import Purpose, Result


class SitForm(forms.Form):
    number = forms.IntegerField(
        label=_("Number of your counter"), min_value=1, max_value=99,
        widget=forms.NumberInput(attrs={"inputmode": "numeric"}),
    )  # fmt: skip


class ArriveForm(forms.Form):
    """Somebody at the door without a kiosk."""

    purpose = forms.ChoiceField(label=_("Came for"), choices=Purpose.choices, widget=forms.RadioSelect)
    is_priority = forms.BooleanField(
        label=_("Priority"), required=False, help_text=_("Elderly, pregnant, disabled: called before others.")
    )
    note = forms.CharField(label=_("What they say"), required=False, max_length=250)


class RegisterForm(forms.Form):
    """A case of who stands here: customer and channel are known."""

    text = forms.CharField(
        label=_("What the customer says"), max_length=20_000, widget=forms.Textarea(attrs={"rows": 4})
    )
    kind = forms.ChoiceField(label=_("Kind"), choices=Kind.choices, initial=Kind.COMPLAINT)
    category = forms.ModelChoiceField(
        label=_("Category"), required=False, queryset=Category.objects.filter(is_active=True),
        empty_label=_("Not known yet"),
    )  # fmt: skip
    subject = forms.CharField(label=_("Subject"), required=False, max_length=250)
    mine = forms.BooleanField(label=_("I take it myself"), required=False, initial=True)

    def __init__(self, *args: Any, visit: Visit, **kwargs: Any) -> None:
        """What they came for is a beginning."""
        kind = Kind.COMPLAINT if visit.purpose == Purpose.COMPLAINT else Kind.REQUEST
        kwargs["initial"] = {"text": visit.note, "kind": kind, "mine": True}
        super().__init__(*args, **kwargs)


class PaperForm(forms.Form):
    paper = forms.ChoiceField(
        label=_("Paper you have seen"), choices=IdentityDocument.Kind.choices, widget=forms.RadioSelect, initial="nik"
    )
    number = forms.CharField(
        label=_("Its number"), required=False, max_length=30,
        help_text=_("Compared with the one on record; where there is none it is kept, sealed."),
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )  # fmt: skip
    compared = forms.BooleanField(
        label=_("I compared name and face with the person in front of me"),
        error_messages={"required": _("Compare first, then say so.")},
    )


class EndForm(forms.Form):
    outcome = forms.ChoiceField(
        label=pgettext_lazy("visit", "How it ended"), choices=Result.choices, widget=forms.RadioSelect
    )
    remark = forms.CharField(label=_("Remark"), required=False, max_length=250)


class NewcomerForm(forms.Form):
    """Nobody has the number."""

    msisdn = forms.CharField(label=_("Number"), max_length=40)
    name = forms.CharField(label=_("Name"), max_length=160)

    def make(self) -> Customer:
        """Raises BadContact."""
        return find_or_create_customer(**self.cleaned_data)
