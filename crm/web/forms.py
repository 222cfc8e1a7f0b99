"""What customers fill in. Errors say which field and what to do; everything typed stays."""

import re
from typing import Any

from django import forms
from django.core.files.uploadedfile import UploadedFile
from django.utils.translation import get_language, gettext_lazy
from django.utils.translation import gettext as _

from crm.cases.models import Category
from crm.customers.contacts import read_email, read_msisdn
from crm.customers.errors import BadContact
from crm.staff.words import Zone
from crm.timeline.attachments import BadFile, kind_of
from crm.web import uploads
from crm.web.actions.filing import Told
from crm.web.words import CONSENT, CONSENT_NOW, About, Honorific, Prefers

LONGEST_TEXT = 5_000
LINK = re.compile(r"https?:|www\.|\w\.(?:com|net|org|info|ru|xyz|top|id|io)\b", re.IGNORECASE)


class Several(forms.FileInput):
    allow_multiple_selected = True


class Files(forms.FileField):
    """Several files. Their size was bounded on arrival; here their number and their type are judged."""

    widget = Several

    def clean(self, data: Any, initial: Any = None) -> list[tuple[str, bytes]]:
        files: list[UploadedFile] = data or []
        if len(files) > uploads.MOST_FILES:
            raise forms.ValidationError(_("Choose at most %(most)d files.") % uploads.WORDS, code="too_many")
        return [self._read(file) for file in files]

    def _read(self, file: UploadedFile) -> tuple[str, bytes]:
        name, content = file.name or "", file.read()
        try:
            kind_of(content, name)
        except BadFile as error:
            raise forms.ValidationError(f"{name}: {error}", code=error.reason) from error
        return name, content


class WithFiles(forms.Form):
    """A text and files, on the form and on the status page."""

    text = forms.CharField(
        label=gettext_lazy("What happened?"), max_length=LONGEST_TEXT,
        widget=forms.Textarea(attrs={"rows": 6}),
    )  # fmt: skip
    attachments = Files(
        label=gettext_lazy("Pictures or documents"), required=False, widget=Several(attrs={"accept": uploads.ENDINGS})
    )

    def __init__(self, *args: Any, left_out: list[str] | None = None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.left_out = left_out or []
        self.fields["text"].error_messages["required"] = _("Write to us what it is about.")
        self.fields["attachments"].help_text = str(uploads.HELP) % uploads.WORDS

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        for name in self.left_out:
            self.add_error("attachments", _("%(name)s is larger than %(size)d MB.") % {"name": name, **uploads.WORDS})
        return data

    @property
    def must_choose_again(self) -> bool:
        """No browser gives a file back: who had chosen some is told."""
        return bool(self.left_out or "attachments" in self.files)


class HelpForm(WithFiles):
    field_order = ("kind", "category", "text", "attachments")
    kind = forms.ChoiceField(
        label=gettext_lazy("What is it about?"), choices=About.choices, widget=forms.RadioSelect,
        error_messages={"required": gettext_lazy("Choose what it is about.")},
    )  # fmt: skip
    category = forms.ModelChoiceField(
        label=gettext_lazy("Topic"), queryset=Category.objects.none(), required=False,
        empty_label=gettext_lazy("Choose, if one fits"),
    )  # fmt: skip
    honorific = forms.ChoiceField(
        label=gettext_lazy("How may we address you?"), choices=Honorific.choices, required=False,
        widget=forms.RadioSelect, initial=Honorific.NONE,
    )  # fmt: skip
    name = forms.CharField(
        label=gettext_lazy("Your name"), max_length=80, widget=forms.TextInput(attrs={"autocomplete": "name"}),
        error_messages={"required": gettext_lazy("Tell us your name, so that we can address you by it.")},
    )  # fmt: skip
    msisdn = forms.CharField(
        label=gettext_lazy("Mobile number"), max_length=30, required=False,
        widget=forms.TextInput(attrs={"autocomplete": "tel", "inputmode": "tel", "placeholder": "0812 3456 7890"}),
    )  # fmt: skip
    email = forms.CharField(
        label=gettext_lazy("E-mail"), max_length=254, required=False,
        widget=forms.EmailInput(attrs={"autocomplete": "email"}),
    )  # fmt: skip
    prefers = forms.ChoiceField(
        label=gettext_lazy("How would you like to be answered?"), choices=Prefers.choices,
        widget=forms.RadioSelect, error_messages={"required": gettext_lazy("Choose how we may answer you.")},
    )  # fmt: skip
    consent = forms.BooleanField(
        label=CONSENT[CONSENT_NOW],
        error_messages={"required": gettext_lazy("Without your consent we may not use your data to answer you.")},
    )
    # Filled in by the page's script where there is one.
    time_zone = forms.CharField(required=False, max_length=40, widget=forms.HiddenInput)
    # For robots: no person sees it.
    website = forms.CharField(required=False, widget=forms.TextInput(attrs={"tabindex": "-1", "autocomplete": "off"}))

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        topics = Category.objects.filter(parent=None, is_active=True)
        self.fields["category"].queryset = topics  # type: ignore[attr-defined]
        if not topics:
            del self.fields["category"]

    def clean_name(self) -> str:
        name = " ".join(self.cleaned_data["name"].split())
        if LINK.search(name) or not any(letter.isalpha() for letter in name):
            raise forms.ValidationError(_("Write your name in letters, without addresses."), code="name")
        return name

    def clean_msisdn(self) -> str:
        return self._contact("msisdn")

    def clean_email(self) -> str:
        return self._contact("email")

    def _contact(self, name: str) -> str:
        typed = self.cleaned_data[name].strip()
        try:
            return {"msisdn": read_msisdn, "email": read_email}[name](typed).value if typed else ""
        except BadContact as error:
            raise forms.ValidationError(str(error), code=error.code) from error

    def clean(self) -> dict[str, Any]:
        data = super().clean()
        msisdn, email, prefers = data.get("msisdn"), data.get("email"), data.get("prefers")
        if msisdn == "" and email == "":
            self.add_error("msisdn", _("Give a mobile number or an e-mail address, so that we can answer you."))
        elif prefers == Prefers.EMAIL and email == "":
            self.add_error("email", _("To be answered by e-mail, give your address."))
        elif prefers in (Prefers.SMS, Prefers.CALL) and msisdn == "":
            self.add_error("msisdn", _("To be answered on your phone, give its number."))
        return data

    @property
    def is_suspect(self) -> bool:
        """Taken all the same, for a person to judge: filled by a robot, or nothing but links."""
        data = self.cleaned_data
        words = [word for word in data["text"].split() if not LINK.search(word)]
        return bool(data["website"]) or (LINK.search(data["text"]) is not None and len(words) < 4)

    def told(self) -> Told:
        data = self.cleaned_data
        zone = ZONES.get(data["time_zone"], Zone.WIB)
        return Told(
            kind=data["kind"], text=data["text"].strip(), name=data["name"], honorific=data["honorific"],
            msisdn=data["msisdn"], email=data["email"], prefers=data["prefers"], time_zone=zone,
            language="en" if (get_language() or "").startswith("en") else "id", category=data.get("category"),
            is_suspect=self.is_suspect,
        )  # fmt: skip


# The browser's word for each of Indonesia's clocks.
ZONES = {
    "Asia/Jakarta": Zone.WIB, "Asia/Pontianak": Zone.WIB, "Asia/Makassar": Zone.WITA, "Asia/Ujung_Pandang": Zone.WITA,
    "Asia/Jayapura": Zone.WIT,
}  # fmt: skip


class MessageForm(WithFiles):
    """One more message on the status page."""


class LostForm(forms.Form):
    email = forms.CharField(
        label=gettext_lazy("E-mail"), max_length=254, widget=forms.EmailInput(attrs={"autocomplete": "email"}),
        error_messages={"required": gettext_lazy("Give the address that you gave us in the form.")},
    )  # fmt: skip

    def clean_email(self) -> str:
        try:
            return read_email(self.cleaned_data["email"]).value
        except BadContact as error:
            raise forms.ValidationError(str(error), code=error.code) from error
