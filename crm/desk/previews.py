"""Reading a preview: its figures in rows, its days as a chart, the clocks whose verdict would change as a list."""

import datetime as dt
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlencode

from django import forms
from django.db.models import Count, Q, QuerySet
from django.urls import reverse
from django.utils import formats
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from crm.cases.foresight.terms import Terms
from crm.cases.models import Case, Category, PolicyPreview, PreviewChange, SlaPolicy
from crm.cases.words import ClockKind, Party, Verdict
from crm.lib.display import grouped
from crm.lib.sheets import Cell
from crm.staff.models import Team, User
from crm.timeline.models import Channel

PAGE = 50
WORSE, BETTER, OTHER = "worse", "better", "other"
TURNS = {
    WORSE: gettext_lazy("Late only under the draft"),
    BETTER: gettext_lazy("No longer late"),
    OTHER: gettext_lazy("Decided otherwise"),
}
LATE = Verdict.MISSED
TURN_IS = {
    WORSE: Q(then=LATE) & ~Q(was=LATE),
    BETTER: Q(was=LATE) & ~Q(then=LATE),
    OTHER: ~Q(then=LATE) & ~Q(was=LATE),
}
WORDS = {
    "met": gettext_lazy("in time"),
    "missed": gettext_lazy("too late"),
    "void": gettext_lazy("not counted"),
    "open": gettext_lazy("still running"),
    "none": gettext_lazy("no clock"),
}


@dataclass(frozen=True)
class Row:
    """One figure under both; `url` leads to the clocks that make the difference, of which there are `changed`."""

    name: str
    icon: str
    tone: str
    was: float | None
    then: float | None
    unit: str = ""
    changed: int = 0
    url: str = ""

    @property
    def signed(self) -> str:
        """'+ 43', '− 3,4', '0'."""
        if self.was is None or self.then is None:
            return "–"
        change = round(self.then - self.was, 1)
        sign = "+ " if change > 0 else "− " if change < 0 else ""
        return sign + grouped(abs(change), 1 if self.unit and change else 0)


@dataclass
class Card:
    """All that the page shows of a preview. `is_stale`: counted for other figures than the draft now holds."""

    preview: PolicyPreview
    is_stale: bool
    late: int = 0
    fewer: int = 0
    turns: list[tuple[str, str, int, str]] = field(default_factory=list)
    rows: list[Row] = field(default_factory=list)
    tables: list[tuple[str, list[Row]]] = field(default_factory=list)
    days: dict[str, Any] = field(default_factory=dict)
    days_in_words: str = ""
    hint: str = ""

    @property
    def percent(self) -> int:
        return self.preview.counted * 100 // max(self.preview.total, 1)

    @property
    def last_day(self) -> dt.datetime:
        return self.preview.until - dt.timedelta(seconds=1)


def newest_card(draft: SlaPolicy) -> Card | None:
    preview = PolicyPreview.objects.filter(policy=draft).order_by("-pk").first()
    return card(preview, Terms.of(draft)) if preview else None


def card(preview: PolicyPreview, held: Terms) -> Card:
    made = Card(preview, is_stale=preview.terms != held.data())
    if preview.state != PolicyPreview.State.DONE:
        return made
    tally, changed = Counter(preview.tally), changes_by(preview)
    list_url = reverse("desk:preview-changes", args=[preview.policy.version, preview.pk])
    made.late = sum(tally[f"then {kind} missed"] - tally[f"was {kind} missed"] for kind in ClockKind.values)
    made.fewer = -made.late
    made.turns = [(turn, str(TURNS[turn]), changed["turn", turn], f"{list_url}?turn={turn}") for turn in TURNS]
    made.rows = list(figures(tally))
    made.tables = [(title, list(rows)) for title, rows in tables(tally, changed, list_url) if rows]
    made.days, made.days_in_words = days(tally)
    made.hint = busiest(tally)
    return made


def changes_by(preview: PolicyPreview) -> Counter[tuple[str, Any]]:
    """How many clocks change: by how they turn, by channel, team, category. One question."""
    counted: Counter[tuple[str, Any]] = Counter()
    groups = preview.changes.order_by().values("channel", "team", "category", "was", "then")
    for one in groups.annotate(number=Count("pk")):
        for name in ("channel", "team", "category"):
            counted[name, str(one[name] or 0)] += one["number"]
        counted["turn", turn_of(one["was"], one["then"])] += one["number"]
    return counted


def turn_of(was: str, then: str) -> str:
    return WORSE if then == LATE else BETTER if was == LATE else OTHER


def figures(tally: Counter[str]) -> Iterator[Row]:
    was, then = (sum(tally[f"{side} {kind} missed"] for kind in ClockKind.values) for side in ("was", "then"))
    yield Row(_("Breaches"), "alarm", "t-late", was, then)
    for kind, name in (("response", _("First reply in time")), ("resolution", _("Settled in time"))):
        yield Row(name, "circle-check", "t-ok", share(tally, "was", kind), share(tally, "then", kind), "%")
    yield Row(_("Warnings"), "bell", "", tally["was warnings"], tally["then warnings"])
    for party in (Party.SUPERVISOR, Party.QUALITY, Party.DIVISION):
        was, then = tally[f"was to {party}"], tally[f"then to {party}"]
        if was or then:
            name = _("Ladder: to %(party)s") % {"party": party.label.lower()}
            yield Row(name, "arrow-up-right", "", was, then)
    yield Row(_("Most for one team's supervisors in a day"), "users", "", most(tally, "was"), most(tally, "then"))


def share(tally: Counter[str], side: str, kind: str) -> float | None:
    met, missed = tally[f"{side} {kind} met"], tally[f"{side} {kind} missed"]
    return round(100 * met / (met + missed), 1) if met + missed else None


def most(tally: Counter[str], side: str) -> int:
    return max((n for key, n in tally.items() if key.startswith(f"{side} lead ")), default=0)


def tables(tally: Counter[str], changed: Counter[tuple[str, Any]], url: str) -> Iterator[tuple[str, list[Row]]]:
    """Breaches by channel, team and category, most cases first."""
    names: dict[str, tuple[str, dict[str, str]]] = {
        "channel": (_("Breaches by channel"), {str(code): str(word) for code, word in Channel.choices}),
        "team": (_("Breaches by team"), {str(team.pk): str(team) for team in Team.objects.all()}),
        "category": (_("Breaches by category"), {str(one.pk): str(one) for one in Category.objects.all()}),
    }
    for name, (title, words) in names.items():
        found = [key.removeprefix(f"cases {name} ") for key in tally if key.startswith(f"cases {name} ")]
        found.sort(key=lambda value: -tally[f"cases {name} {value}"])
        yield title, [
            Row(words.get(value, _("not assigned")), "", "", tally[f"was late {name} {value}"],
                tally[f"then late {name} {value}"], "", changed[name, value], f"{url}?{urlencode({name: value})}")
            for value in found
        ]  # fmt: skip


def days(tally: Counter[str]) -> tuple[dict[str, Any], str]:
    """Breaches by the day of their deadline, as a chart and as a sentence."""
    found = sorted({key.split()[-1] for key in tally if key.startswith(("was day ", "then day "))})
    labels = [formats.date_format(dt.date.fromisoformat(day), "D j") for day in found]
    sides = [[tally[f"{side} day {day}"] for day in found] for side in ("was", "then")]
    series = [
        {"name": _("As it was"), "values": sides[0], "tone": "line-2"},
        {"name": _("With this draft"), "values": sides[1], "tone": "accent"},
    ]
    said = ", ".join(
        _("%(day)s %(was)s and %(then)s") % {"day": label, "was": was, "then": then}
        for label, was, then in zip(labels, *sides, strict=True)
    )
    return {"labels": labels, "series": series}, said


def busiest(tally: Counter[str]) -> str:
    """The two hours in which most of the added breaches fall, where they gather."""
    more = [tally[f"then hour {hour:02}"] - tally[f"was hour {hour:02}"] for hour in range(24)]
    total, pairs = sum(more), [more[hour] + more[(hour + 1) % 24] for hour in range(24)]
    if total < 10 or max(pairs) * 3 < total:
        return ""
    first = pairs.index(max(pairs))
    return _("%(some)s of the %(all)s more fall due between %(from)s:00 and %(to)s:59.") % {
        "some": max(pairs), "all": total, "from": f"{first:02}", "to": f"{(first + 1) % 24:02}",
    }  # fmt: skip


class ChangeFilter(forms.Form):
    turn = forms.ChoiceField(required=False, choices=[("", gettext_lazy("All")), *TURNS.items()])
    kind = forms.ChoiceField(required=False, choices=[("", ""), *ClockKind.choices])
    channel = forms.ChoiceField(required=False, choices=[("", ""), *Channel.choices])
    team = forms.IntegerField(required=False, min_value=0)
    category = forms.IntegerField(required=False, min_value=0)

    def narrow(self, found: QuerySet[PreviewChange]) -> QuerySet[PreviewChange]:
        """0 stands for none, as in the tables."""
        self.full_clean()
        given, condition = self.cleaned_data, Q()
        if given.get("turn"):
            condition &= TURN_IS[given["turn"]]
        for name in ("kind", "channel"):
            condition &= Q(**{name: given[name]}) if given.get(name) else Q()
        for name in ("team", "category"):
            if given.get(name) is not None:
                condition &= Q(**{f"{name}_id": given[name] or None}) if given[name] else Q(**{f"{name}__isnull": True})
        return found.filter(condition)


def changes_page(found: QuerySet[PreviewChange], after: str) -> tuple[list[PreviewChange], str]:
    """A page in the order of counting (newest cases first), and the cursor of the next."""
    if after.isdecimal():
        found = found.filter(pk__gt=int(after))
    rows = list(found.select_related("case__customer", "team", "category").order_by("pk")[: PAGE + 1])
    for row in rows:
        row.was_word, row.then_word = WORDS[row.was], WORDS[row.then]  # type: ignore[attr-defined]
    return rows[:PAGE], str(rows[PAGE - 1].pk) if len(rows) > PAGE else ""


def visible_ids(rows: list[PreviewChange], user: User) -> set[int]:
    """Which of these cases this user may open; of the others only figures are told."""
    return set(Case.objects.visible_to(user).filter(pk__in=[row.case_id for row in rows]).values_list("pk", flat=True))


def export_rows(found: QuerySet[PreviewChange]) -> tuple[list[str], Iterator[list[Cell]]]:
    head = [
        _("Case"), _("Clock"), _("Turn"), _("Channel"), _("Team"), _("Category"), _("Was"), _("Under the draft"),
        _("Deadline was"), _("Deadline under the draft"), _("Stopped"),
    ]  # fmt: skip
    rows = found.select_related("case", "team", "category").order_by("pk").iterator(chunk_size=2000)
    return head, (_cells(row) for row in rows)


def _cells(row: PreviewChange) -> list[Cell]:
    return [
        row.case.number, row.get_kind_display(), row.turn, row.get_channel_display(), str(row.team or ""),
        str(row.category or ""), str(WORDS[row.was]), str(WORDS[row.then]), row.due_was, row.due_then, row.stopped_at,
    ]  # fmt: skip
