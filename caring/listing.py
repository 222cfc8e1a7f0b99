"""Tasks of the programme, narrowed as an address says: the list that the map's figures open, and its file."""

import datetime as dt
from collections.abc import Iterator
from typing import Any

from django import forms
from django.conf import settings
from django.db.models import Q
from django.utils import timezone
from django.utils.dateparse import parse_datetime
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy

from caring.board import since
from caring.models import Stage, Task
from caring.models.task import TaskQuerySet
from caring.words import State, Why
from crm.customers.masking import mask_msisdn
from crm.customers.models import Subscription
from crm.customers.naming import name_outside
from crm.lib.exports import Question, Source, Table, register
from crm.lib.sheets import Cell
from crm.staff.access import may
from crm.staff.models import User

PAGE = 50
DUE = "due"
STATES = ((DUE, pgettext_lazy("caring", "Due: open or waiting")), *State.choices)


class TaskFilter(forms.Form):
    """What is wrong narrows nothing. Running tasks where no state is asked; closed ones are those of 30 days."""

    stage = forms.ModelChoiceField(
        label=gettext_lazy("Stage"), queryset=Stage.objects.none(), required=False, empty_label=gettext_lazy("All")
    )
    state = forms.ChoiceField(
        label=gettext_lazy("State"), choices=[("", pgettext_lazy("caring", "Running")), *STATES], required=False
    )
    why = forms.ChoiceField(
        label=gettext_lazy("Why left out"), choices=[("", gettext_lazy("All")), *Why.choices], required=False
    )
    overdue = forms.BooleanField(label=gettext_lazy("Overdue only"), required=False)

    def __init__(self, query: Any, user: User, at: dt.datetime | None = None) -> None:
        super().__init__(query, auto_id="f-%s")
        self._user, self._at = user, at or timezone.now()
        stages = self.fields["stage"]
        stages.queryset = Stage.objects.select_related("version")  # type: ignore[attr-defined]
        stages.label_from_instance = lambda stage: f"{stage.pk} · {stage.title}"  # type: ignore[attr-defined]
        self.is_valid()

    @property
    def is_closed(self) -> bool:
        """Whether what is asked for is over; such lists have the newest first."""
        state = self.cleaned_data.get("state", "")
        return bool(self.cleaned_data.get("why")) or state not in ("", DUE, *Task.RUNNING)

    def tasks(self) -> TaskQuerySet:
        """Of running ones what is due first comes first; of closed ones what was closed last."""
        said = self.cleaned_data
        found = Task.objects.visible_to(self._user).select_related("customer", "subscription")
        if said.get("stage"):
            found = found.filter(stage=said["stage"])
        if said.get("why"):
            found = found.filter(state=State.ENDED if said["why"] == Why.REFUSED else State.SUPPRESSED, why=said["why"])
        found = self._in_state(found, said.get("state", ""))
        if said.get("overdue"):
            found = found.overdue(self._at)
        return found.order_by("-closed_at", "-pk") if self.is_closed else found.order_by("due_at", "pk")

    def _in_state(self, found: TaskQuerySet, state: str) -> TaskQuerySet:
        if self.is_closed:
            found = found.closed_since(since(self._at))
            return found.filter(state=state) if state else found
        if state == DUE:
            return found.due()
        return found.filter(state=state) if state else found.running()

    def in_words(self) -> str:
        """What the list holds, for its file."""
        said = self.cleaned_data
        parts = [f"caring-{said['stage'].pk}"] if said.get("stage") else []
        parts += [str(dict(self.fields[name].choices)[said[name]]) for name in ("state", "why") if said.get(name)]  # type: ignore[attr-defined]
        return ", ".join([*parts, _("overdue")] if said.get("overdue") else parts)


def page_of(filters: TaskFilter, after: str) -> tuple[list[Task], str]:
    """A page by keyset, and the cursor of the next."""
    found, column = filters.tasks(), "closed_at" if filters.is_closed else "due_at"
    at_text, _comma, pk_text = after.rpartition(",")
    at = parse_datetime(at_text) if at_text else None
    if at and at.tzinfo and pk_text.isdecimal():
        way = "lt" if filters.is_closed else "gt"
        found = found.filter(Q(**{f"{column}__{way}": at}) | Q(**{column: at, f"pk__{way}": int(pk_text)}))
    rows = list(found[: PAGE + 1])
    last = rows[PAGE - 1] if len(rows) > PAGE else None
    return rows[:PAGE], f"{getattr(last, column).isoformat()},{last.pk}" if last else ""


def shown_number(task: Task) -> str:
    return shown_line(task.subscription)


def shown_line(line: Subscription | None) -> str:
    """Masked; an id of another system is no number."""
    number = line.msisdn if line else ""
    return mask_msisdn(number) if number.startswith("+") else ""


def register_source() -> None:
    register(
        Source("caring-tasks", gettext_lazy("Caring tasks"), _may, _size, _table, _about, icon="heart-handshake")
    )  # fmt: skip


def _may(user: User) -> bool:
    return may(user, "caring.read") and may(user, "report.export")


def _filter(question: Question) -> TaskFilter:
    return TaskFilter(question.query, question.user, question.at)


def _size(question: Question) -> int:
    return _filter(question).tasks().order_by()[: settings.EXPORT_AT_ONCE + 1].count()


def _about(question: Question) -> str:
    return _filter(question).in_words()


def _table(question: Question) -> Table:
    head = [
        _("Stage"), _("Name"), _("Customer"), _("Number"), _("Tier"), _("ARPU"), _("State"), _("Why left out"),
        _("Channel"), _("Attempts"), _("Occasion"), _("Due"), _("Closed"),
    ]  # fmt: skip
    return head, _cells(_filter(question).tasks())


def _cells(found: TaskQuerySet) -> Iterator[list[Cell]]:
    names = Stage.objects.titles()
    for task in found.iterator(chunk_size=2_000):
        yield [
            task.stage_id, names[task.stage_id], name_outside(task.customer), shown_number(task),
            task.customer.get_tier_display(), task.value, task.get_state_display(), task.get_why_display(),
            task.get_channel_display(), task.tried, task.occurred_at, task.due_at, task.closed_at,
        ]  # fmt: skip
