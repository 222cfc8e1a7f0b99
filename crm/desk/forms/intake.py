"""Intake by hand: what an agent heard on the phone, saw at the counter, read in a letter or in the press."""

import datetime as dt
from typing import Any

from django import forms
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from crm.cases import actions
from crm.cases.models import Case, Category
from crm.cases.words import Kind, Priority
from crm.customers.actions import find_or_create_customer
from crm.customers.models import Customer
from crm.desk.forms.edit import TagsField
from crm.staff.models import User
from crm.timeline.models import Channel, Direction, Interaction, NotACase

BY_HAND = (Channel.CALL, Channel.COUNTER, Channel.LETTER, Channel.PRESS, Channel.IVR, Channel.EMAIL, Channel.WEB)
NETWORKS = (Channel.X, Channel.INSTAGRAM, Channel.FACEBOOK)
AHEAD = dt.timedelta(minutes=1)


def moment_field() -> forms.DateTimeField:
    return forms.DateTimeField(
        label=_("When it took place"),
        required=False,
        help_text=_("Empty: now. The clocks run from then."),
        widget=forms.DateTimeInput(attrs={"type": "datetime-local"}, format="%Y-%m-%dT%H:%M"),
    )


class ContactForm(forms.Form):
    """What was said, on which channel, when."""

    channel = forms.ChoiceField(
        label=_("How it came"),
        choices=[(c.value, c.label) for c in BY_HAND],
        widget=forms.RadioSelect,
        initial=Channel.CALL,
    )
    text = forms.CharField(
        label=_("What the customer says"), max_length=20_000, widget=forms.Textarea(attrs={"rows": 6})
    )
    at = moment_field()

    def clean_at(self) -> dt.datetime | None:
        at = self.cleaned_data["at"]
        if at and at > timezone.now() + AHEAD:
            raise forms.ValidationError(_("This time is in the future. Give when it took place."), code="future")
        return at


class LogForm(ContactForm):
    """A contact of a case that exists: the customer's, or ours."""

    direction = forms.ChoiceField(
        label=_("Who spoke"), choices=Direction.choices, initial=Direction.IN, widget=forms.RadioSelect
    )
    field_order = ("direction", "channel", "text", "at")

    def log(self, case: Case, user: User) -> Interaction:
        data = self.cleaned_data
        return actions.add_interaction(
            case=case, direction=data["direction"], channel=data["channel"], text=data["text"], at=data["at"], by=user
        )


class NewCaseForm(ContactForm):
    """A case, or what turns out to be none. The customer is found by number, address or handle, or made."""

    msisdn = forms.CharField(
        label=_("Number"), required=False, max_length=40, widget=forms.TextInput(attrs={"inputmode": "tel"})
    )
    email = forms.CharField(label=_("E-mail"), required=False, max_length=254)
    handle = forms.CharField(label=_("Handle"), required=False, max_length=101)
    network = forms.ChoiceField(
        label=_("Network"), required=False, choices=[("", "–"), *((c.value, c.label) for c in NETWORKS)]
    )
    name = forms.CharField(
        label=_("Name"), required=False, max_length=160, help_text=_("Kept only for a new customer.")
    )
    kind = forms.ChoiceField(label=_("Kind"), choices=Kind.choices, initial=Kind.QUESTION)
    category = forms.ModelChoiceField(
        label=_("Category"),
        required=False,
        queryset=Category.objects.filter(is_active=True),
        empty_label=_("Not known yet"),
    )
    place = forms.CharField(
        label=_("Where"), required=False, max_length=80, help_text=_("A district, a street, a cell.")
    )
    priority = forms.ChoiceField(label=_("Priority"), choices=Priority.choices, initial=Priority.NORMAL)
    subject = forms.CharField(label=_("Subject"), required=False, max_length=250)
    tags = TagsField(label=_("Tags"), required=False, help_text=_("Separated by commas."))
    mine = forms.BooleanField(label=_("I take it myself"), required=False, initial=True)
    no_case = forms.BooleanField(
        label=_("This is no case"), required=False, help_text=_("Spam or noise: kept, with the reason.")
    )
    reason = forms.ChoiceField(label=_("Reason"), required=False, choices=[("", "–"), *NotACase.Reason.choices])
    remark = forms.CharField(label=_("Remark"), required=False, max_length=250)

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        if data.get("no_case") and not data.get("reason"):
            self.add_error("reason", _("Say why it is no case."))
        return data

    @transaction.atomic
    def open(self, user: User) -> Case | None:
        """The new case, or None when it was put aside as none. Raises BadContact, CaseError."""
        customer = self._customer()
        if self.cleaned_data["no_case"]:
            self._put_aside(customer, user)
            return None
        asked = ("channel", "text", "at", "kind", "category", "place", "priority", "subject", "tags")
        fields = {name: self.cleaned_data[name] for name in asked}
        assignee = user if self.cleaned_data["mine"] else None
        return actions.open_case(customer=customer, by=user, assignee=assignee, **fields)

    def _customer(self) -> Customer:
        fields = ("msisdn", "email", "handle", "network", "name")
        return find_or_create_customer(**{name: self.cleaned_data[name] for name in fields})

    def _put_aside(self, customer: Customer, user: User) -> None:
        data = self.cleaned_data
        contact = Interaction.objects.create(
            customer=customer, channel=data["channel"], direction=Direction.IN, text=data["text"],
            at=data["at"] or timezone.now(), staff=user,
        )  # fmt: skip
        actions.set_aside(interaction=contact, reason=data["reason"], remark=data["remark"], by=user)


class CaseOfForm(ContactForm):
    """A case of a customer whose page is open."""

    kind = forms.ChoiceField(label=_("Kind"), choices=Kind.choices, initial=Kind.QUESTION)
    category = forms.ModelChoiceField(
        label=_("Category"),
        required=False,
        queryset=Category.objects.filter(is_active=True),
        empty_label=_("Not known yet"),
    )
    subject = forms.CharField(label=_("Subject"), required=False, max_length=250)
    mine = forms.BooleanField(label=_("I take it myself"), required=False, initial=True)

    def open(self, customer: Customer, user: User) -> Case:
        """Raises CaseError."""
        asked = ("channel", "text", "at", "kind", "category", "subject")
        fields = {name: self.cleaned_data[name] for name in asked}
        return actions.open_case(
            customer=customer, by=user, assignee=user if self.cleaned_data["mine"] else None, **fields
        )


class AsideForm(forms.Form):
    reason = forms.ChoiceField(label=_("Reason"), choices=NotACase.Reason.choices, widget=forms.RadioSelect)
    remark = forms.CharField(label=_("Remark"), required=False, max_length=250)
