"""The track: 24 stops in four scopes, each with where the line stands; one of them opened, with all that happened."""

import datetime as dt
from collections import defaultdict
from dataclasses import dataclass, field
from typing import Any

from django.db.models import Count, F, Prefetch, Q, Window
from django.db.models.functions import RowNumber
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import pgettext_lazy

from caring.life.facts import Facts, facts_of
from caring.life.outlook import Outlook, outlook_of
from caring.life.reading import WayTold, told_of
from caring.life.saying import day_in_words
from caring.models import Attempt, Stage, Task
from caring.words import Scope, State, Way
from crm.customers.masking import mask_msisdn
from crm.customers.models import Customer, Subscription
from crm.lib.display import nearmoment
from crm.staff.models import User

SHOWN = 5  # tasks of one stage
# status: (icon, word); the order is that of the legend.
STATUSES: dict[str, tuple[str, Promise]] = {
    "done": ("check", pgettext_lazy("stage of a line", "Done")),
    "now": ("player-play", pgettext_lazy("stage of a line", "Now")),
    "next": ("circle-dashed", pgettext_lazy("stage of a line", "Next")),
    "missed": ("circle-minus", pgettext_lazy("stage of a line", "Ended otherwise")),
    "not": ("ban", pgettext_lazy("stage of a line", "Not for this line")),
    "idle": ("", pgettext_lazy("stage of a line", "Nothing yet")),
}


@dataclass
class Stop:
    """`tasks`: the newest first; `of`: how many there were in all."""

    stage: Stage
    tasks: list[Task] = field(default_factory=list)
    of: int = 0
    outlook: Outlook | None = None

    @property
    def running(self) -> Task | None:
        return next((task for task in self.tasks if task.is_running), None)

    @property
    def status(self) -> str:
        if self.running:
            return "next" if _is_planned(self.running) else "now"
        if self.outlook and not self.outlook.never and (self.outlook.soon or not self.tasks):
            return "next"
        if self.tasks:
            return "done" if self.tasks[0].state == State.DONE else "missed"
        return "not" if self.outlook and self.outlook.never else "idle"

    @property
    def icon(self) -> str:
        return STATUSES[self.status][0]

    @property
    def word(self) -> str:
        return str(STATUSES[self.status][1])

    @property
    def said(self) -> str:
        """In a line: what runs, what comes and why, else how it ended."""
        if self.running:
            return said_of(self.running)
        if self.outlook and self.status in ("next", "not"):
            return self.outlook.why
        return said_of(self.tasks[0]) if self.tasks else ""

    @property
    def comes(self) -> str:
        """When it may come again, once it has ended."""
        if self.running or self.outlook is None or self.status in ("next", "not"):
            return ""
        return self.outlook.why


@dataclass(frozen=True)
class Band:
    scope: Scope
    stops: list[Stop]


@dataclass(frozen=True)
class Track:
    """`line`: None where somebody has none, or their tasks are the customer's alone."""

    customer: Customer
    line: Subscription | None
    lines: list[Subscription]
    facts: Facts
    stops: list[Stop]
    open: Stop | None
    workable: set[int]  # tasks that the reader may open

    @property
    def bands(self) -> list[Band]:
        return [Band(scope, [one for one in self.stops if one.stage.scope == scope]) for scope in Scope]

    @property
    def at_hand(self) -> list[Stop]:
        """What runs, then what comes, the nearest first."""
        now = [one for one in self.stops if one.status == "now"]
        return now + sorted((one for one in self.stops if one.status == "next"), key=_when)

    @property
    def rule(self) -> list[WayTold]:
        return told_of(self.open.stage, self.facts) if self.open else []


def track_of(customer: Customer, user: User, at: dt.datetime, *, line: str = "", stage: str = "") -> Track:
    """`line`, `stage`: as an address names them; what is not known opens what matters most."""
    lines = list(
        customer.subscriptions.select_related("product").order_by(F("ended_on").desc(nulls_first=True), "-arpu", "pk")
    )
    chosen = next((one for one in lines if str(one.pk) == line), lines[0] if lines else None)
    facts = facts_of(customer, chosen, at)
    stops = _stops(customer, chosen)
    for stop in stops:
        stop.outlook = outlook_of(stop.stage, facts, {task.occasion for task in stop.tasks})
    opened = next((one for one in stops if str(one.stage.pk) == stage), None) or _first(stops)
    shown = [task.pk for task in opened.tasks] if opened else []
    workable = Task.objects.workable_by(user).filter(pk__in=shown).values_list("pk", flat=True)
    return Track(customer, chosen, lines, facts, stops, opened, set(workable) if shown else set())


def shown_number(line: Subscription) -> str:
    """Masked; ids of other systems are no numbers."""
    return mask_msisdn(line.msisdn) if line.msisdn.startswith("+") else line.msisdn


def _stops(customer: Customer, line: Subscription | None) -> list[Stop]:
    """What was made of the line, and of the customer as a whole."""
    mine = Q(subscription=None, customer=customer) | (Q(subscription=line) if line else Q())
    if line is None:
        mine &= Q(subscription=None)
    attempts = Prefetch("attempts_made", Attempt.objects.select_related("by").order_by("number"))
    newest = Window(RowNumber(), partition_by="stage_id", order_by=["-occurred_at", "-pk"])
    numbered = Task.objects.filter(mine).annotate(place=newest, of=Window(Count("pk"), partition_by="stage_id"))
    shown = numbered.filter(place__lte=SHOWN).select_related("assignee").order_by("stage", "place")
    by_stage: dict[int, list[Any]] = defaultdict(list)
    for task in shown.prefetch_related(attempts, "suppressions"):
        by_stage[task.stage_id].append(task)
    stages = Stage.objects.select_related("version").order_by("number")
    return [Stop(one, by_stage[one.pk], by_stage[one.pk][0].of if by_stage[one.pk] else 0) for one in stages]


def _first(stops: list[Stop]) -> Stop | None:
    ranked = ("now", "next", "done", "missed", "idle", "not")
    return min(stops, key=lambda one: (ranked.index(one.status), _when(one), one.stage.pk), default=None)


def _when(stop: Stop) -> tuple[bool, dt.date]:
    """What is bound to something that runs before what comes with the years; dated ones by their day."""
    if stop.running:
        return (False, stop.running.next_at.date())
    far = stop.outlook is None or not stop.outlook.soon
    return (far, (stop.outlook and stop.outlook.on) or dt.date.max)


def _is_planned(task: Task) -> bool:
    return task.state == State.WAITING and not task.tried


def said_of(task: Task) -> str:
    """'Call, to be done by 4 Dec, Sari'; 'SMS sent 09:10'; 'Left out 3 Nov: no consent'."""
    channel = str(dict(Way.choices).get(task.channel, ""))
    said: dict[str, Any] = {"channel": channel, "why": str(task.get_why_display()), "when": nearmoment(task.next_at)}
    if task.state == State.WAITING:
        return (
            _("%(channel)s, put off until %(when)s: %(why)s") if task.why else _("%(channel)s, planned for %(when)s")
        ) % said
    if task.state == State.OPEN:
        said |= {"when": nearmoment(task.due_at), "who": str(task.assignee or "")}
        return (_("%(channel)s by %(who)s, due %(when)s") if task.assignee else _("%(channel)s, due %(when)s")) % said
    if task.state == State.SENT:
        return _("%(channel)s on its way") % said
    return _closed(task, channel)


def _closed(task: Task, channel: str) -> str:
    when = day_in_words(task.closed_at)
    if task.state == State.SUPPRESSED:
        return _("Left out on %(when)s: %(why)s") % {"when": when, "why": str(task.get_why_display())}
    outcome = str(task.get_outcome_display()) if task.tried else ""
    said = {"state": str(task.get_state_display()), "when": when, "how": ", ".join(filter(None, [channel, outcome]))}
    if not outcome:
        return _("%(state)s on %(when)s") % said
    return _("%(state)s on %(when)s: %(how)s") % said
