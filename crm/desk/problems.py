"""The room of problems: the list, one problem with its cases, what it says of itself, and its files."""

import datetime as dt
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from django import forms
from django.db.models import Count, F, IntegerField, OuterRef, Q, QuerySet, Subquery
from django.db.models.functions import Coalesce
from django.utils.dateparse import parse_datetime
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from crm.cases.models import Case, Category, Problem, ProblemCase
from crm.cases.models.problem import ProblemQuerySet
from crm.cases.queries import CaseQuerySet
from crm.desk.queues import COUNTED_TO, shown
from crm.desk.tense import Now
from crm.lib.sheets import Cell
from crm.staff.access import may
from crm.staff.models import Division, User

PAGE = 30
State = Problem.State
NO_MATTER = {"category": gettext_lazy("All categories"), "division": gettext_lazy("All divisions")}
# The tabs of the list; what nobody may see has no tab.
TABS = (State.OPEN, State.PROPOSED, State.SOLVED)


class ProblemFilter(forms.Form):
    q = forms.CharField(label=gettext_lazy("Number, words or place"), required=False, max_length=100)
    category = forms.ModelChoiceField(
        label=gettext_lazy("Category"), required=False, queryset=Category.objects.filter(is_active=True),
        empty_label=NO_MATTER["category"],
    )  # fmt: skip
    division = forms.ModelChoiceField(
        label=gettext_lazy("Division"), required=False, queryset=Division.objects.order_by("name"),
        empty_label=NO_MATTER["division"],
    )  # fmt: skip

    @property
    def state_shown(self) -> str:
        asked = self.data.get("state", "")
        return asked if asked in TABS else State.OPEN

    def narrow(self, found: ProblemQuerySet) -> ProblemQuerySet:
        self.full_clean()
        given = {name: value for name, value in self.cleaned_data.items() if value}
        if "category" in given:
            found = found.filter(Q(category=given["category"]) | Q(category__parent=given["category"]))
        if "division" in given:
            found = found.filter(division=given["division"])
        return found.filter(_matching(given["q"])) if "q" in given else found


def _matching(text: str) -> Q:
    text = text.strip()
    bare = text.upper().removeprefix("P-").lstrip("#")
    by_number = Q(number=int(bare)) if bare.isdecimal() and len(bare) < 15 else Q(pk=None)
    by_category = Q(category__name__icontains=text) | Q(category__name_en__icontains=text)
    return Q(title__icontains=text) | Q(place__icontains=text) | by_category | by_number


def tabs(user: User, filters: ProblemFilter) -> list[tuple[str, str, str]]:
    """(state, word, count) of each tab; counts stop at 999+."""
    found = filters.narrow(Problem.objects.visible_to(user))
    counts = dict(found.order_by().values_list("state").annotate(Count("pk")))
    return [(state, str(state.label), shown(min(counts.get(state, 0), COUNTED_TO + 1))) for state in tabs_of(user)]


def tabs_of(user: User) -> list[State]:
    return [state for state in TABS if state != State.PROPOSED or may(user, "room.read")]


def listed(user: User, filters: ProblemFilter, now: Now) -> ProblemQuerySet:
    """What the list and its file show, newest first."""
    found = filters.narrow(Problem.objects.visible_to(user)).filter(state=filters.state_shown)
    return with_counts(found, now).select_related("category", "division", "owner").order_by("-opened_at", "-id")


def with_counts(found: ProblemQuerySet, now: Now) -> ProblemQuerySet:
    """How many cases hang on each, how many of them run, and for how many a deadline is near or past."""
    hanging = Case.objects.filter(hangs_on__problem=OuterRef("pk"))
    running = hanging.running()
    risk = running.filter(due_at__lte=now.at + dt.timedelta(seconds=max(now.response_risk, now.resolution_risk)))
    near = Q(due_kind="response", due_at__lte=now.at + dt.timedelta(seconds=now.response_risk))
    near |= Q(due_kind="resolution", due_at__lte=now.at + dt.timedelta(seconds=now.resolution_risk))
    return found.annotate(
        total=_number_of(hanging), running=_number_of(running), at_risk=_number_of(risk.filter(near)),
        late=_number_of(running.filter(due_at__lt=now.at)), gathered=Coalesce(F("alike__len"), 0),
    ).annotate(near=F("at_risk") - F("late"))  # fmt: skip


def _number_of(cases: CaseQuerySet) -> Coalesce:
    counted = cases.order_by().values("hangs_on__problem").annotate(number=Count("pk")).values("number")
    return Coalesce(Subquery(counted, output_field=IntegerField()), 0)


def page_of(found: QuerySet[Problem], before: str) -> tuple[list[Problem], str]:
    """A page by keyset, newest first, and the cursor of the next."""
    at_text, _comma, pk_text = before.rpartition(",")
    at = parse_datetime(at_text) if at_text else None
    if at and pk_text.isdecimal():
        found = found.filter(Q(opened_at__lt=at) | Q(opened_at=at, pk__lt=int(pk_text)))
    rows = list(found[: PAGE + 1])
    last = rows[PAGE - 1] if len(rows) > PAGE else None
    return rows[:PAGE], f"{last.opened_at.isoformat()},{last.pk}" if last else ""


def name_of(problem: Problem) -> str:
    """Its title; a proposal has none yet and says what gathered."""
    return problem.title or " · ".join(filter(None, [str(problem.category or ""), problem.place])) or str(problem)


def export_rows(found: QuerySet[Problem]) -> tuple[list[str], Iterator[list[Cell]]]:
    head = [
        _("Problem"), _("State"), _("What is wrong"), _("Place"), _("Category"), _("Division"), _("Owner"), _("Since"),
        _("Cases"), _("Running"), _("At risk or late"), _("Solved"), _("Solution"),
    ]  # fmt: skip
    return head, (_cells(one) for one in found.iterator(chunk_size=2000))


def _cells(one: Any) -> list[Cell]:
    return [
        str(one), one.get_state_display(), name_of(one), one.place, str(one.category or ""), str(one.division or ""),
        str(one.owner or ""), one.since, one.total or one.gathered, one.running, one.at_risk,
        one.ended_at if one.state == State.SOLVED else None, one.solution,
    ]  # fmt: skip


class MemberFilter(forms.Form):
    """Which of a problem's cases."""

    WHICH = (("", gettext_lazy("All")), ("running", gettext_lazy("Running")), ("ended", gettext_lazy("Settled")),
             ("call", gettext_lazy("To be called")))  # fmt: skip
    which = forms.ChoiceField(required=False, choices=WHICH)

    @property
    def chosen(self) -> str:
        asked = self.data.get("which", "")
        return asked if asked in dict(self.WHICH) else ""

    def narrow(self, cases: CaseQuerySet) -> CaseQuerySet:
        match self.chosen:
            case "running":
                return cases.running()
            case "ended":
                return cases.exclude(pk__in=cases.running().values("pk"))
            case "call":
                return cases.filter(pk__in=to_call(cases))
            case _:
                return cases


def members(problem: Problem) -> CaseQuerySet:
    found: CaseQuerySet = Case.objects.filter(hangs_on__problem=problem)
    return found


def to_call(cases: CaseQuerySet) -> QuerySet[ProblemCase, Any]:
    """Whose problem is solved and whom no message has told."""
    return (
        ProblemCase.objects.not_told()
        .filter(problem__state=State.SOLVED, case__in=cases, case__merged_into__isnull=True)
        .values("case")
    )


def counted(problem: Problem) -> dict[str, int]:
    """How many of each kind, for the chips above the cases."""
    cases = members(problem)
    return {
        "": cases.count(),
        "running": cases.running().count(),
        "ended": cases.exclude(pk__in=cases.running().values("pk")).count(),
        "call": cases.filter(pk__in=to_call(cases)).count(),
    }


@dataclass(frozen=True)
class Sight:
    """What of a page of cases this user may read: names and words only of those in their sight."""

    seen: frozenset[int]

    @classmethod
    def over(cls, cases: list[Case], user: User) -> "Sight":
        ids = [case.pk for case in cases]
        return cls(frozenset(Case.objects.visible_to(user).filter(pk__in=ids).values_list("pk", flat=True)))


def member_rows(cases: CaseQuerySet) -> tuple[list[str], Iterator[list[Cell]]]:
    """The file of a problem's cases: nobody's name, so that it may leave the team that holds the case."""
    head = [
        _("Number"), _("State"), _("Channel"), _("Team"), _("Agent"), _("Opened"), _("Next deadline"), _("Which"),
        _("Settled"), _("Told that it is solved"),
    ]  # fmt: skip
    rows = cases.select_related("team", "assignee", "hangs_on").order_by("pk").iterator(chunk_size=2000)
    return head, (
        [
            case.number, case.get_state_display(), case.get_channel_display(), str(case.team or ""),
            str(case.assignee or ""), case.opened_at, case.due_at, case.get_due_kind_display(), case.settled_at,
            case.hangs_on.told_at,
        ]
        for case in rows
    )  # fmt: skip
