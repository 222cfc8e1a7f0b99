"""Giving somebody's cases to others: which, and to whom."""

import uuid
from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from crm.cases.handing import Hand, hands
from crm.cases.models import Case
from crm.cases.queries import CaseQuerySet
from crm.desk.load import share
from crm.staff.models import Role, Team, User

LISTED = 100  # chosen one by one; beyond, all of them go

ALL, SOME = "all", "some"


class ReassignForm(forms.Form):
    which = forms.ChoiceField(
        choices=[(ALL, gettext_lazy("All of them")), (SOME, gettext_lazy("Those ticked"))], initial=SOME,
        widget=forms.RadioSelect,
    )  # fmt: skip
    picked = forms.ModelMultipleChoiceField(Case.objects.none(), required=False)
    to = forms.ChoiceField(label=gettext_lazy("To"), required=False)
    key = forms.CharField(max_length=32, widget=forms.HiddenInput)

    def __init__(self, *args: Any, person: User, user: User, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.person, self.user = person, user
        self.fields["picked"].queryset = self._held()  # type: ignore[attr-defined]
        self.fields["to"].choices = self._receivers()  # type: ignore[attr-defined]
        self.fields["key"].initial = uuid.uuid4().hex

    def _held(self) -> CaseQuerySet:
        """Their running cases in this user's rooms."""
        return Case.objects.live().in_rooms_of(self.user).running().filter(assignee=self.person)

    @property
    def cases(self) -> list[Case]:
        return list(self._held().by_deadline().with_list_columns()[:LISTED])

    @property
    def held(self) -> int:
        return self._held().count()

    def _receivers(self) -> list[tuple[str, Any]]:
        """Back to the team first; then its other people, whoever is available with the most room first."""
        teams = list(Team.objects.filter(members=self.person))
        mates = User.objects.working().filter(role__in=(Role.AGENT, Role.SUPERVISOR), teams__in=teams)
        people = hands(mates.exclude(pk=self.person.pk).distinct())
        people.sort(key=lambda hand: (hand.user.presence != "available", share(hand), hand.user.name))
        named = [(f"user-{hand.user.pk}", _said(hand)) for hand in people]
        back: list[tuple[str, Any]] = [("", _("Back to the unassigned"))]
        return [*back, (_("People"), named)] if named else back

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        if data.get("which") == SOME and not data.get("picked"):
            self.add_error("picked", _("Tick at least one case."))
        return data

    @property
    def chosen(self) -> CaseQuerySet:
        held = self._held()
        if self.cleaned_data["which"] == ALL:
            return held
        return held.filter(pk__in=[case.pk for case in self.cleaned_data["picked"]])

    @property
    def params(self) -> dict[str, int]:
        to = self.cleaned_data["to"]
        return {"assignee": int(to.removeprefix("user-"))} if to else {}


def _said(hand: Hand) -> str:
    """Name, state, and how much of how much they hold."""
    user = hand.user
    return f"{user.name} · {user.get_presence_display()} · {hand.load} / {user.capacity}"
