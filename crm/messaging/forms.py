"""The form of a connection, drawn from what its adapter says it needs; and the one for a test."""

from typing import Any

from django import forms
from django.core.validators import MaxLengthValidator
from django.utils.translation import gettext_lazy as _

from crm.messaging.channels import Adapter, Field
from crm.messaging.connecting import kept_secrets
from crm.messaging.models import Connection

OPTION = "option-"
LONGEST = 4_000  # a key in PEM form fits


class ConnectionForm(forms.Form):
    """`account` only while adding: contacts and messages name the account, so it stays what it is."""

    account = forms.CharField(label=_("Account"), max_length=80)
    name = forms.CharField(label=_("Name"), max_length=120, required=False, help_text=_("What colleagues call it."))

    def __init__(
        self, *args: Any, channel: str, adapter: Adapter, connection: Connection | None = None, **kwargs: Any
    ) -> None:
        super().__init__(*args, **{"label_suffix": ""} | kwargs)
        self.channel, self.adapter, self.connection = channel, adapter, connection
        self.kept = kept_secrets(connection) if connection else {}
        if connection:
            del self.fields["account"]
            self.fields["name"].initial = connection.name
        else:
            self.fields["account"].help_text = str(adapter.account_says or _("Our handle, address or sender there."))
        for field in adapter.fields:
            self.fields[OPTION + field.name] = self._drawn(field)

    def _drawn(self, field: Field) -> forms.Field:
        if field.kind == "secret":
            return _secret(field, is_kept=field.name in self.kept)
        initial = self.connection.options.get(field.name, field.default) if self.connection else field.default
        given: dict[str, Any] = {"label": field.label, "help_text": field.help, "initial": initial}
        if field.kind == "flag":
            return forms.BooleanField(required=False, **given)
        if field.kind == "number":
            return forms.IntegerField(required=field.required, min_value=0, max_value=2**31 - 1, **given)
        if field.kind == "url":
            return forms.URLField(required=field.required, max_length=500, assume_scheme="https", **given)
        return forms.CharField(required=field.required, max_length=500, **given)

    def clean_account(self) -> str:
        account: str = self.cleaned_data["account"].strip().lstrip("@")
        if not account:
            raise forms.ValidationError(_("Say which account."))
        if Connection.objects.filter(channel=self.channel, account__iexact=account).exists():
            raise forms.ValidationError(_("This account is connected already."))
        return account

    def values(self) -> dict[str, Any]:
        """What add_connection and change_connection take; call when the form is valid."""
        said = {field: self.cleaned_data[OPTION + field.name] for field in self.adapter.fields}
        return {
            "name": self.cleaned_data["name"],
            "options": {field.name: value for field, value in said.items() if field.kind != "secret"},
            "secrets": {field.name: value for field, value in said.items() if field.kind == "secret" and value},
        }


def _secret(field: Field, *, is_kept: bool) -> forms.Field:
    """Never shown again: empty keeps what there is. Blanks inside belong to it."""
    kept = _("Kept. Type here only to replace it.")
    return forms.CharField(
        label=str(field.label), required=field.required and not is_kept, strip=True,
        help_text=str(kept if is_kept else field.help), validators=[MaxLengthValidator(LONGEST)],
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password", "placeholder": "•" * 8 * is_kept}),
    )  # fmt: skip


class TryForm(forms.Form):
    recipient = forms.CharField(
        label=_("Send a test to"), max_length=254,
        help_text=_("An address, number or handle of your own. It is not kept."),
    )  # fmt: skip

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **{"label_suffix": ""} | kwargs)
