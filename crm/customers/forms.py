"""What people change on a record."""

from typing import Any

from django import forms
from django.conf import settings
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _

from crm.customers import regions
from crm.customers.addressing import FIELDS as LINES
from crm.customers.models import Address, ContactPoint, Correction, Customer, IdentityDocument
from crm.lib.days import DayField

HOBBIES, LONGEST_HOBBY = 12, 40
CHANNELS = (("call", _("Call")), ("sms", "SMS"), ("email", _("E-mail")), ("letter", _("Letter")), ("x", "X"))
NETWORKS = (("x", "X"), ("instagram", "Instagram"), ("facebook", "Facebook"))
NOT_SAID: tuple[str, Any] = ("", "–")
Choice = forms.ChoiceField


class RecordForm(forms.Form):
    """`seen`: what of the record's history the page has seen. The birth date is not shown; empty leaves it."""

    seen = forms.IntegerField(widget=forms.HiddenInput, required=False)
    kind = Choice(label=_("Kind of customer"), choices=Customer.Kind.choices, show_hidden_initial=True)
    name = forms.CharField(
        label=_("Name"), max_length=160, required=False, show_hidden_initial=True,
        help_text=_("As they write it; one word is a name."),
    )  # fmt: skip
    honorific = forms.CharField(
        label=_("Honorific"), max_length=20, required=False, show_hidden_initial=True,
        help_text=_("Bapak, Ibu, Kak: their choice, never guessed."),
    )  # fmt: skip
    language = Choice(label=_("Language"), choices=settings.LANGUAGES, show_hidden_initial=True)
    sex = Choice(label=_("Sex"), choices=(NOT_SAID, *Customer.Sex.choices), required=False, show_hidden_initial=True)
    birth_date = DayField(label=_("Birth date"), required=False)
    hobbies = forms.CharField(
        label=_("Hobbies"), required=False, show_hidden_initial=True, help_text=_("With commas between them.")
    )
    preferred_channel = Choice(
        label=_("Likes to be reached by"), choices=(NOT_SAID, *CHANNELS), required=False, show_hidden_initial=True
    )

    def clean_hobbies(self) -> list[str]:
        said = [" ".join(one.split()) for one in self.cleaned_data["hobbies"].split(",")]
        hobbies = list(dict.fromkeys(one for one in said if one))
        if len(hobbies) > HOBBIES or any(len(one) > LONGEST_HOBBY for one in hobbies):
            raise forms.ValidationError(_("At most 12, each of at most 40 letters."))
        return hobbies

    @property
    def changes(self) -> dict[str, Any]:
        """What was changed in the form, so that nobody's change elsewhere is written back."""
        said = {field: self.cleaned_data[field] for field in self.changed_data if field != "seen"}
        for field in ("name", "honorific"):
            if field in said:
                said[field] = " ".join(said[field].split())
        return said

    @property
    def initials(self) -> list[SafeString]:
        hidden = [name for name, field in self.fields.items() if field.show_hidden_initial]
        return [self[name].as_hidden(only_initial=True) for name in hidden]


def record_values(customer: Customer) -> dict[str, Any]:
    shown = ("kind", "name", "honorific", "language", "sex", "preferred_channel")
    return {field: getattr(customer, field) for field in shown} | {"hobbies": ", ".join(customer.hobbies)}


class AddressForm(forms.Form):
    """Province, city and district are chosen where the official list is loaded, else written."""

    seen = forms.IntegerField(widget=forms.HiddenInput, required=False)
    kind = Choice(label=_("What it is"), choices=Address.Kind.choices)
    street = forms.CharField(label=_("Street and number"), max_length=200, required=False)
    rt = forms.CharField(label="RT", max_length=3, required=False)
    rw = forms.CharField(label="RW", max_length=3, required=False)
    village = forms.CharField(label=_("Kelurahan or desa"), max_length=80, required=False)
    province = forms.CharField(label=_("Province"), max_length=80, required=False)
    city = forms.CharField(label=_("City or regency"), max_length=80)
    district = forms.CharField(label=_("District"), max_length=80, required=False)
    post_code = forms.CharField(label=_("Post code"), max_length=5, required=False)

    def __init__(self, *args: Any, address: Address | None = None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.address = address
        if address:
            self.fields["kind"].disabled = True
            self.fields["street"].help_text = _("Empty leaves it as it is.")
        for field in ("rt", "rw", "post_code"):
            self.fields[field].widget.attrs["inputmode"] = "numeric"
        self._offer()

    def _offer(self) -> None:
        if not regions.is_loaded():
            return
        province, city = self["province"].value() or "", self["city"].value() or ""
        lists = {"province": regions.provinces(), "city": regions.cities(province),
                 "district": regions.districts(province, city)}  # fmt: skip
        for field, names in lists.items():
            self.fields[field].widget = forms.Select(choices=[NOT_SAID, *((name, name) for name in names)])

    @property
    def lines(self) -> dict[str, str]:
        """Of an address that stands, an empty street stays what it was: it is not shown."""
        said = {field: self.cleaned_data[field] for field in LINES}
        if self.address and not said["street"]:
            del said["street"]
        return said


class ContactForm(forms.Form):
    kind = Choice(label=_("What it is"), choices=[one for one in ContactPoint.Kind.choices if one[0] != "post"])
    network = Choice(label=_("Network"), choices=(NOT_SAID, *NETWORKS), required=False, help_text=_("For a handle."))
    value = forms.CharField(label=_("Number, address or handle"), max_length=254)


class PaperForm(forms.Form):
    seen = forms.IntegerField(widget=forms.HiddenInput, required=False)
    kind = Choice(label=_("Document"), choices=IdentityDocument.Kind.choices)
    number = forms.CharField(
        label=_("Number"), max_length=40, widget=forms.TextInput(attrs={"autocomplete": "off"}),
        help_text=_("Only what you have seen. Kept encrypted, shown masked."),
    )  # fmt: skip


class ReasonForm(forms.Form):
    reason = forms.CharField(
        label=_("Why do you need to see it?"), max_length=250, widget=forms.TextInput(attrs={"autofocus": True})
    )


class DecideForm(forms.Form):
    state = Choice(choices=[(one.value, one.label) for one in (Correction.State.CORRECTED, Correction.State.ACCEPTED)])
    remark = forms.CharField(max_length=250, required=False)
