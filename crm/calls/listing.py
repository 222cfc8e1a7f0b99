"""The calls of a reader, narrowed as an address says: the list that the report's figures open, and its file."""

import datetime as dt
from collections.abc import Iterator
from typing import Any

from django import forms
from django.db import models
from django.db.models import Exists, OuterRef, Q
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy

from crm.calls.models import Call, CallEvent
from crm.calls.queries import CallQuerySet, agents_of
from crm.calls.spells import calls_in
from crm.customers.masking import mask_msisdn
from crm.customers.naming import name_outside
from crm.lib.days import DayField
from crm.lib.sheets import Cell
from crm.staff.access import may
from crm.staff.models import Team, User

RECENT = dt.timedelta(days=6)
WAITING = "waiting"
PARTS = (
    ("", gettext_lazy("All")),
    (WAITING, gettext_lazy("Without wrap-up")),
    ("answered", pgettext_lazy("calls", "Answered")),
    ("transferred", pgettext_lazy("calls", "Transferred")),
)


class CallFilter(forms.Form):
    """What is wrong narrows nothing. Without days: all calls, all that have no wrap-up, the last week's others."""

    of = forms.ChoiceField(label=gettext_lazy("Calls"), choices=PARTS, required=False)
    team = forms.ModelChoiceField(
        label=gettext_lazy("Team"), queryset=Team.objects.none(), to_field_name="code", required=False,
        empty_label=gettext_lazy("All teams"),
    )  # fmt: skip
    agent = forms.ModelChoiceField(
        label=gettext_lazy("Agent"), queryset=User.objects.none(), to_field_name="username", required=False,
        empty_label=gettext_lazy("All agents"),
    )  # fmt: skip
    since = DayField(label=gettext_lazy("From day"), required=False)
    until = DayField(label=gettext_lazy("To day"), required=False)

    def __init__(self, query: Any, user: User) -> None:
        super().__init__(query, auto_id="f-%s")
        self._user = user
        self._agents = agents_of(user) if may(user, "call.read") else User.objects.filter(pk=user.pk)
        self.fields["agent"].queryset = self._agents  # type: ignore[attr-defined]
        self.fields["agent"].label_from_instance = lambda one: one.name  # type: ignore[attr-defined]
        self.fields["team"].queryset = Team.objects.filter(members__in=self._agents).distinct()  # type: ignore[attr-defined]
        if not may(user, "call.read"):
            del self.fields["team"], self.fields["agent"]
        self.is_valid()

    @property
    def of_what(self) -> str:
        return str(self.cleaned_data.get("of") or "")

    def calls(self) -> CallQuerySet:
        """The newest first."""
        found, said, chosen = Call.objects.visible_to(self._user), self.cleaned_data, self._chosen
        if not self.of_what:
            found = _begun(found if chosen is None else found.filter(_touched(chosen)), said)
        elif self.of_what == WAITING and not (said.get("since") or said.get("until")):
            found = found.unwrapped() if chosen is None else found.unwrapped().filter(agent__in=chosen.values("pk"))
        else:
            ids = (self._agents if chosen is None else chosen).values_list("pk", flat=True)
            found = found.filter(pk__in=calls_in(self.of_what, list(ids), *self._days()))
        return found.order_by("-began_at", "-pk")

    @property
    def _chosen(self) -> models.QuerySet[User] | None:
        """Whose calls are asked for; None: of all that one may read."""
        team, agent = self.cleaned_data.get("team"), self.cleaned_data.get("agent")
        if not team and not agent:
            return None
        found = self._agents.filter(teams=team) if team else self._agents
        return found.filter(pk=agent.pk) if agent else found

    def _days(self) -> tuple[dt.date, dt.date]:
        until = self.cleaned_data.get("until") or timezone.localdate()
        return self.cleaned_data.get("since") or until - RECENT, until


def _begun(found: CallQuerySet, said: dict[str, Any]) -> CallQuerySet:
    for name, lookup in (("since", "began_at__date__gte"), ("until", "began_at__date__lte")):
        if said.get(name):
            found = found.filter(**{lookup: said[name]})
    return found


def _touched(agents: models.QuerySet[User]) -> Q:
    """Rang at one of them, or was theirs."""
    told = CallEvent.objects.filter(call=OuterRef("pk"), agent__in=agents.values("pk"))
    return Q(agent__in=agents.values("pk")) | Q(Exists(told))


def table(found: CallQuerySet) -> tuple[list[str], Iterator[list[Cell]]]:
    """Numbers masked; no word of what was noted: that stands in the timeline of those who may read it."""
    head = [
        _("Began"), _("Answered at"), _("Ended"), _("Number"), _("Customer"), _("Agent"), _("State"), _("Reason"),
        _("How it ended"), _("Case"), _("Wrapped up at"),
    ]  # fmt: skip
    return head, (_cells(call) for call in found.iterator(chunk_size=2000))


def _cells(call: Call) -> list[Cell]:
    return [
        call.began_at, call.answered_at, call.ended_at, mask_msisdn(call.msisdn) if call.msisdn else "",
        name_outside(call.customer) if call.customer else "", call.agent.name if call.agent else "",
        call.get_state_display(), str(call.reason or ""), call.get_result_display(),
        call.case.number if call.case else "", call.wrapped_at,
    ]  # fmt: skip
