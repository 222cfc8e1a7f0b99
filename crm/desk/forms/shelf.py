from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.utils.translation import gettext_lazy as _

from crm.desk.models import Sharing, View
from crm.desk.shelf import change_view, pin_view, save_view
from crm.staff.access import may
from crm.staff.models import Team, User


class ViewForm(forms.Form):
    """Name and circle of a view. Whoever may not share sees no choice."""

    name = forms.CharField(label=_("Name"), max_length=60, widget=forms.TextInput(attrs={"autofocus": True}))
    sharing = forms.ChoiceField(
        label=_("Shared with"), choices=Sharing.choices, initial=Sharing.OWN, widget=forms.RadioSelect
    )
    team = forms.ModelChoiceField(label=_("Team"), queryset=Team.objects.none(), required=False, empty_label=None)
    pin = forms.BooleanField(label=_("Pin it among my queues"), required=False, initial=True)

    def __init__(self, *args: Any, user: User, view: View | None = None, **kwargs: Any) -> None:
        self.user, self.view = user, view
        super().__init__(*args, **kwargs)
        self.fields["team"].queryset = Team.objects.filter(pk__in=user.team_ids)  # type: ignore[attr-defined]
        if not may(user, "view.share"):
            del self.fields["sharing"], self.fields["team"]
        if view is not None:
            del self.fields["pin"]

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        if data.get("sharing") == Sharing.TEAM and not data.get("team"):
            self.add_error("team", _("Choose one of your teams."))
        return data

    def perform(self, query: dict[str, str]) -> View:
        """Save it. Raises ValidationError when one's own views hold that name already."""
        data = self.cleaned_data
        how = {"name": data["name"], "sharing": data.get("sharing", Sharing.OWN), "team": data.get("team")}
        try:
            with transaction.atomic():
                return self._save(how, query)
        except IntegrityError:
            raise ValidationError({"name": _("You have a view of this name.")}) from None

    def _save(self, how: dict[str, Any], query: dict[str, str]) -> View:
        if self.view is not None:
            return change_view(view=self.view, by=self.user, **how)
        view = save_view(by=self.user, query=query, **how)
        if self.cleaned_data.get("pin"):
            pin_view(view=view, user=self.user)
        return view
