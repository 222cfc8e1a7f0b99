"""What the escalations are narrowed to; everything may be left out."""

import datetime as dt
from typing import Any

from django import forms
from django.db.models import Q, QuerySet
from django.utils.dateparse import parse_datetime
from django.utils.translation import gettext_lazy as _

from crm.cases.models import Escalation
from crm.cases.words import Party
from crm.staff.models import Division, Team

ANY = ("", _("All"))
ACCEPTED, OPEN = "yes", "no"


class EscalationFilter(forms.Form):
    party = forms.ChoiceField(
        label=_("Held by"), required=False, choices=[ANY, *(one for one in Party.choices if one[0] != Party.TEAM)]
    )
    division = forms.ModelChoiceField(Division.objects.all(), label=_("Division"), required=False, empty_label=ANY[1])
    team = forms.ModelChoiceField(Team.objects.all(), label=_("Team"), required=False, empty_label=ANY[1])
    accepted = forms.ChoiceField(
        label=_("Accepted"), required=False, choices=[ANY, (ACCEPTED, _("Yes")), (OPEN, _("Not yet"))]
    )

    def narrow(self, found: QuerySet[Escalation]) -> QuerySet[Escalation]:
        wanted: dict[str, Any] = self.cleaned_data if self.is_valid() else {}
        for field in ("party", "division"):
            if wanted.get(field):
                found = found.filter(**{field: wanted[field]})
        if wanted.get("team"):
            found = found.filter(case__team=wanted["team"])
        if wanted.get("accepted"):
            found = found.filter(accepted_at__isnull=wanted["accepted"] == OPEN)
        return found


def behind(found: QuerySet[Escalation], cursor: str) -> QuerySet[Escalation]:
    """Those after the cursor of a page before (`cursor_of`); the whole for what is none."""
    moment, _comma, pk = cursor.partition(",")
    at: dt.datetime | None = parse_datetime(moment) if moment else None
    if at is None or not pk.isdecimal():
        return found
    return found.filter(Q(at__gt=at) | Q(at=at, pk__gt=int(pk)))


def cursor_of(step: Escalation) -> str:
    return f"{step.at.isoformat()},{step.pk}"
