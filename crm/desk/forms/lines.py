"""What the dialogs of a line and the list of products ask for."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from crm.customers.actions import find_customer
from crm.customers.errors import BadContact
from crm.customers.lines.states import next_states
from crm.customers.models import Customer, Product, Subscription
from crm.lib.days import DayField

REGISTRATIONS = [one for one in Subscription.Registration.choices if one[0]]


class LineForm(forms.Form):
    def __init__(self, *args: Any, line: Subscription, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.line = line


class StateForm(LineForm):
    state = forms.ChoiceField(label=_("New state"))
    active_until = DayField(label=_("Active until"), required=False)
    grace_until = DayField(label=_("Grace until"), required=False)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        state: Any = self.fields["state"]
        going = next_states(self.line.state, postpaid=self.line.postpaid)
        state.choices = [(one, Subscription.State(one).label) for one in going]
        if self.line.postpaid:
            del self.fields["active_until"], self.fields["grace_until"]

    def clean(self) -> dict[str, Any]:
        """Dates as `dates`: those that were given."""
        said = super().clean() or self.cleaned_data
        days = {name: said.pop(name, None) for name in ("active_until", "grace_until")}
        return {**said, "dates": {name: day for name, day in days.items() if day}}


class NumberForm(LineForm):
    number = forms.CharField(
        label=_("New number"), max_length=30, widget=forms.TextInput({"autocomplete": "off", "inputmode": "tel"})
    )
    reference = forms.CharField(label=_("Order in provisioning"), max_length=80, required=False)


class _PersonForm(LineForm):
    """A customer, by a number or an e-mail address of theirs."""

    name: str

    def clean(self) -> dict[str, Any]:
        said = super().clean() or self.cleaned_data
        text = said.pop("contact", "")
        try:
            said[self.name] = _known(text) if text else None
        except BadContact as error:
            self.add_error("contact", str(error))
        else:
            if text and said[self.name] is None:
                self.add_error("contact", _("Nobody is known by this."))
        return said


class OwnerForm(_PersonForm):
    name = "owner"
    contact = forms.CharField(label=_("Number or e-mail of the new owner"), max_length=100)


class UserForm(_PersonForm):
    name = "user"
    contact = forms.CharField(
        label=_("Number or e-mail of the user"),
        max_length=100,
        required=False,
        help_text=_("Empty: the owner uses it."),
    )


class RegistrationForm(LineForm):
    state = forms.ChoiceField(label=_("Registration"), choices=REGISTRATIONS)
    reference = forms.CharField(
        label=pgettext_lazy("registration", "Reference"), max_length=60, required=False,
        help_text=_("Needed once it is registered."),
    )  # fmt: skip


class NewLineForm(forms.Form):
    product = forms.ModelChoiceField(label=_("Product"), queryset=Product.objects.filter(sold=True), empty_label=None)
    number = forms.CharField(
        label=_("Number"), max_length=30, widget=forms.TextInput({"autocomplete": "off", "inputmode": "tel"}),
        help_text=_("A postpaid line begins ordered, a prepaid one active."),
    )  # fmt: skip


class ProductForm(forms.Form):
    code = forms.CharField(label=_("Name of the product"), max_length=40)
    technology = forms.ChoiceField(label=_("Technology"), choices=Product.Technology.choices)
    postpaid = forms.BooleanField(label=_("Postpaid"), required=False, help_text=_("Stands for good."))
    sold = forms.BooleanField(label=_("Sold"), required=False, help_text=_("Can be chosen for new lines."))

    def __init__(self, *args: Any, product: Product | None = None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if product is not None:
            del self.fields["code"], self.fields["postpaid"]


def _known(text: str) -> Customer | None:
    return find_customer(email=text) if "@" in text else find_customer(msisdn=text)
