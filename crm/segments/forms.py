"""Weights of the measures; a segment with its conditions."""

import datetime as dt
from typing import Any

from django import forms
from django.http import QueryDict
from django.utils.translation import gettext_lazy as _

from crm.segments.conditions import FIELDS, BadCondition, Condition, read
from crm.segments.models import Measure, Segment
from crm.staff.access import may
from crm.staff.models import User


class MeasureForm(forms.ModelForm):
    class Meta:
        model = Measure
        fields = [field.name for field in Measure._meta.concrete_fields if field.name != "id"]

    def clean(self) -> dict[str, Any]:
        said: dict[str, Any] = super().clean() or self.cleaned_data
        for name in ("revenue_full", "referrals_full", "contacts_full", "stay_full"):
            if said.get(name) == 0:
                self.add_error(name, _("At least 1."))
        for name in ("transaction_high", "interaction_high"):
            if name in said and not 1 <= said[name] <= 100:
                self.add_error(name, _("From 1 to 100."))
        if said.get("revenue") == 0:
            self.add_error("revenue", _("Without revenue there is no transaction measure: at least 1."))
        if said.get("contacts") == 0 and said.get("complaints") == 0:
            self.add_error("contacts", _("Contacts or complaints must count something."))
        return said


class SegmentForm(forms.ModelForm):
    """Its name and who sees it. The conditions stand in rows of their own: see `read_rows`."""

    seen = forms.CharField(required=False, widget=forms.HiddenInput)

    class Meta:
        model = Segment
        fields = ["name", "about", "sharing", "team"]

    def __init__(self, *args: Any, user: User, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["team"].queryset = user.teams.all()  # type: ignore[attr-defined]
        self.fields["team"].label = _("Which team")
        if not may(user, "segment.share"):
            del self.fields["sharing"], self.fields["team"]

    def clean_seen(self) -> dt.datetime | None:
        try:
            return dt.datetime.fromisoformat(self.cleaned_data["seen"])
        except ValueError:
            return None

    def clean(self) -> dict[str, Any]:
        said: dict[str, Any] = super().clean() or self.cleaned_data
        if said.get("sharing") == Segment.Sharing.TEAM and not said.get("team"):
            self.add_error("team", _("Choose the team."))
        if said.get("sharing") != Segment.Sharing.TEAM and "team" in said:
            said["team"] = None
        return said


class Row:
    """One condition as the builder shows it: what was sent, whether or not it can be kept."""

    def __init__(self, uid: str, said: Condition, wrong: str = "") -> None:
        self.uid, self.wrong = uid, wrong
        self.code, self.op, self.value = said.get("field", ""), said.get("op", ""), said.get("value")
        self.field = FIELDS.get(self.code)

    @property
    def ops(self) -> list[tuple[str, Any]]:
        return list(self.field.ops.items()) if self.field else []

    @property
    def kind(self) -> str:
        return self.field.kind if self.field else ""

    @property
    def unit(self) -> Any:
        return self.field.unit if self.field else ""

    @property
    def choices(self) -> list[tuple[str, Any, bool]]:
        if not self.field or not self.field.choices:
            return []
        chosen = self.value if isinstance(self.value, list) else []
        return [(code, word, code in chosen) for code, word in self.field.choices()]

    @property
    def text(self) -> str:
        if self.value is None or isinstance(self.value, list):
            return ""
        return f"{self.value:,}".replace(",", ".") if isinstance(self.value, int) else str(self.value)


def rows_of(conditions: list[Condition]) -> list[Row]:
    return [Row(f"c{place}", one) for place, one in enumerate(conditions)]


def read_rows(sent: QueryDict) -> tuple[list[Row], list[Condition] | None, str]:
    """The builder's rows, its conditions where all can be kept, and what is wrong with the list as a whole.

    Rows whose field is not chosen yet are no conditions. Names: c0-field, c0-op, c0-value.
    """
    uids = [name.removesuffix("-field") for name in sent if name.endswith("-field")][:100]
    said = [_row(sent, uid) for uid in uids if sent.get(f"{uid}-field")]
    shown = [Row(uid, _row(sent, uid)) for uid in uids]
    try:
        return shown, read(said), ""
    except BadCondition as bad:
        if bad.place is None:
            return shown, None, str(bad)
        [row for row in shown if row.code][bad.place].wrong = str(bad)
        return shown, None, ""


def _row(sent: QueryDict, uid: str) -> Condition:
    code = sent.get(f"{uid}-field", "")
    known = FIELDS.get(code)
    value: Any = sent.getlist(f"{uid}-value") if known and known.choices else sent.get(f"{uid}-value", "")
    return {"field": code, "op": sent.get(f"{uid}-op", ""), "value": value}
