"""The dialogs of a promise."""

from typing import Any

from django import forms
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from crm.cases import actions
from crm.cases.errors import PromiseInThePast
from crm.cases.models import Case
from crm.desk.forms.acts import ActForm
from crm.staff.models import Role, User

KEEPERS = (Role.AGENT, Role.SUPERVISOR, Role.QUALITY)


def when() -> forms.DateTimeField:
    return forms.DateTimeField(
        label=_("By when"), widget=forms.DateTimeInput(attrs={"type": "datetime-local"}, format="%Y-%m-%dT%H:%M")
    )


def what() -> forms.CharField:
    return forms.CharField(label=_("What we do"), max_length=250, widget=forms.TextInput(attrs={"autofocus": True}))


class PromiseForm(ActForm):
    """By hand: what was said on the telephone, at the counter."""

    template = "desk/acts/promise.html"
    text = what()
    due_at = when()
    keeper = forms.ModelChoiceField(label=_("Who keeps it"), queryset=User.objects.none())

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        keeper = self.fields["keeper"]
        keeper.queryset = keepers(self.case, self.user)  # type: ignore[attr-defined]
        keeper.initial = self.user.pk

    def perform(self) -> None:
        data = self.cleaned_data
        given = {"text": data["text"], "due_at": data["due_at"], "keeper": data["keeper"]}
        actions.make_promise(case=self.case, by=self.user, **given)


def keepers(case: Case, user: User) -> Any:
    """Colleagues of the case's team, and whoever asks."""
    team = Q(teams=case.team_id) if case.team_id else Q()
    return User.objects.working().filter(Q(pk=user.pk) | team, role__in=KEEPERS).distinct().order_by("name", "pk")


class DraftPromiseForm(forms.Form):
    """Found in the draft: made when the answer is sent."""

    promise = what()
    promise_due_at = when()

    def clean_promise_due_at(self) -> Any:
        due_at = self.cleaned_data["promise_due_at"]
        if due_at <= timezone.now():
            raise forms.ValidationError(str(PromiseInThePast()))
        return due_at


class WithdrawForm(forms.Form):
    reason = forms.CharField(
        label=_("Reason"), max_length=250, widget=forms.TextInput(attrs={"autofocus": True}),
        help_text=_("The customer no longer wants it, or it was no promise."),
    )  # fmt: skip
