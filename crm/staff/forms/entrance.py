"""The forms before somebody is signed in."""

from typing import Any

from django import forms
from django.contrib.auth import authenticate, password_validation
from django.core.exceptions import ValidationError
from django.http import HttpRequest
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from crm.lib.display import clocktime, zone
from crm.staff import locks
from crm.staff.models import Team, User


class SignInForm(forms.Form):
    """`user` is who signs in, once the form is valid; `is_locked` says that no more tries count for now."""

    username = forms.CharField(
        label=gettext_lazy("E-mail or staff number"),
        max_length=254,
        widget=forms.TextInput(attrs={"autocomplete": "username", "autofocus": True, "autocapitalize": "none"}),
    )
    password = forms.CharField(
        label=gettext_lazy("Password"),
        strip=False,
        widget=forms.PasswordInput(attrs={"autocomplete": "current-password"}, render_value=False),
    )
    team = forms.ModelChoiceField(
        Team.objects.select_related("office"),
        label=gettext_lazy("Desk today"),
        required=False,
        empty_label=gettext_lazy("My usual desk"),
        to_field_name="code",
    )
    available = forms.BooleanField(label=gettext_lazy("Show me as available at once"), required=False, initial=True)

    def __init__(self, request: HttpRequest, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.request = request
        self.user: User | None = None

    @property
    def is_locked(self) -> bool:
        return getattr(self.request, "axes_locked_out", False)

    def clean(self) -> dict[str, Any]:
        username, password = self.cleaned_data.get("username"), self.cleaned_data.get("password")
        if username and password:
            self.user = authenticate(self.request, username=username, password=password)
            if self.user is None:
                raise ValidationError(self._locked(username) if self.is_locked else _wrong())
        return self.cleaned_data

    def _locked(self, username: str) -> str:
        until = locks.locked_until(self.request, username)
        return _("Too many wrong attempts: locked until %(time)s. Your supervisor can release it at once.") % {
            "time": f"{clocktime(until)} {zone(until)}"
        }


def _wrong() -> str:
    return _("The name or the password is wrong. Capitals matter in the password.")


class SecondStepForm(forms.Form):
    token = forms.CharField(
        label=gettext_lazy("Code"),
        max_length=16,
        widget=forms.TextInput(
            attrs={"autocomplete": "one-time-code", "inputmode": "numeric", "autofocus": True, "spellcheck": "false"}
        ),
    )

    def clean_token(self) -> str:
        return self.cleaned_data["token"].replace(" ", "").lower()


class ForgottenForm(forms.Form):
    email = forms.EmailField(
        label=gettext_lazy("E-mail"), widget=forms.EmailInput(attrs={"autocomplete": "email", "autofocus": True})
    )


class JoinForm(forms.Form):
    """What an invited person says: their name and a password."""

    name = forms.CharField(
        label=gettext_lazy("Your name"), max_length=120, widget=forms.TextInput(attrs={"autocomplete": "name"})
    )
    password = forms.CharField(
        label=gettext_lazy("Password"),
        strip=False,
        help_text=gettext_lazy("At least 12 characters. A sentence is easier to remember than signs."),
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
    )
    again = forms.CharField(
        label=gettext_lazy("The password again"),
        strip=False,
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
    )

    def __init__(self, *args: Any, email: str, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.email = email

    def clean(self) -> dict[str, Any]:
        password, again = self.cleaned_data.get("password"), self.cleaned_data.get("again")
        if password and again and password != again:
            self.add_error("again", _("The two passwords differ."))
        if password:
            self._judge(password)
        return self.cleaned_data

    def _judge(self, password: str) -> None:
        somebody = User(username=self.email.partition("@")[0], email=self.email, name=self.cleaned_data.get("name", ""))
        try:
            password_validation.validate_password(password, somebody)
        except ValidationError as error:
            self.add_error("password", error)
