"""Promises on the desk: what is open in a case, what the draft seems to promise, and the list of all."""

import datetime as dt
from collections.abc import Iterator
from dataclasses import dataclass

from django import forms
from django.db import transaction
from django.db.models import Q
from django.utils.dateparse import parse_datetime
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from crm.cases.actions import make_promise
from crm.cases.models import Case, Promise
from crm.cases.models.promise import PromiseQuerySet
from crm.cases.promise_words import find_promise, sentence_around
from crm.customers.naming import name_outside
from crm.desk.models import Draft, Way
from crm.desk.queues import COUNTED_TO, shown
from crm.lib.days import DayField
from crm.lib.sheets import Cell
from crm.messaging.models import Message
from crm.staff.models import Team, User

PAGE = 50
DUE, BROKEN, KEPT, ALL = "due", "broken", "kept", "all"
STATES = {
    DUE: gettext_lazy("To be kept"),
    BROKEN: gettext_lazy("Broken"),
    KEPT: gettext_lazy("In time"),
    ALL: gettext_lazy("All"),
}


def open_promises(case: Case, at: dt.datetime) -> list[tuple[Promise, str]]:
    """(promise, how it stands), the next first."""
    return [(one, one.tense(at)) for one in case.promises.open().select_related("keeper")]


@dataclass(frozen=True)
class Offer:
    """A promise in the draft: found in its words, or already confirmed to go with the answer."""

    due_at: dt.datetime
    text: str
    quote: str = ""
    confirmed: bool = False


def offer_in(text: str, way: str, draft: Draft | None, case: Case, at: dt.datetime) -> Offer | None:
    if way == Way.NOTE or not text.strip():
        return None
    if draft and draft.promise_due_at:
        return Offer(draft.promise_due_at, draft.promise, confirmed=True)
    found = find_promise(text, now=at, zone=case.customer.time_zone)
    if found is None:
        return None
    sentence = sentence_around(text, found)
    return Offer(found.due_at, sentence[:250], sentence)


@transaction.atomic
def keep_what_was_promised(message: Message, draft: Draft | None, *, case: Case, by: User) -> None:
    """The confirmed promise goes with its answer. A doubled press finds it made."""
    if draft is None or draft.promise_due_at is None or message.interaction is None:
        return
    if message.interaction.promises.exists():
        return
    due_at = draft.promise_due_at
    make_promise(case=case, text=draft.promise, due_at=due_at, by=by, interaction=message.interaction)


class PromiseFilter(forms.Form):
    """Of the address: `state` chooses the tab, the others narrow it."""

    mine = forms.BooleanField(label=gettext_lazy("Only mine"), required=False)
    team = forms.ModelChoiceField(
        label=gettext_lazy("Team"), required=False, queryset=Team.objects.all(), empty_label=gettext_lazy("Any")
    )
    since = DayField(
        label=gettext_lazy("From"), required=False, widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")
    )
    until = DayField(
        label=gettext_lazy("To"), required=False, widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")
    )

    @property
    def state(self) -> str:
        asked = self.data.get("state", "")
        return asked if asked in STATES else DUE

    def narrow(self, found: PromiseQuerySet, user: User) -> PromiseQuerySet:
        self.full_clean()
        given = self.cleaned_data
        conditions = Q()
        for name, condition in (
            ("mine", Q(keeper=user)), ("team", Q(case__team=given.get("team"))),
            ("since", Q(due_at__date__gte=given.get("since"))), ("until", Q(due_at__date__lte=given.get("until"))),
        ):  # fmt: skip
            conditions &= condition if given.get(name) else Q()
        return found.filter(conditions)


def in_state(found: PromiseQuerySet, state: str, at: dt.datetime) -> PromiseQuerySet:
    match state:
        case "due":
            return found.due(at).order_by("due_at", "pk")
        case "broken":
            found = found.broken(at)
        case "kept":
            found = found.kept()
    return found.order_by("-due_at", "-pk")


def tabs(found: PromiseQuerySet, at: dt.datetime) -> list[tuple[str, str, str]]:
    """(state, word, count) of each tab; counts stop at 999+."""
    counted = {state: in_state(found, state, at).order_by()[: COUNTED_TO + 1].count() for state in STATES}
    return [(state, str(word), shown(counted[state])) for state, word in STATES.items()]


def page_of(found: PromiseQuerySet, state: str, after: str) -> tuple[list[Promise], str]:
    """A page by keyset in the order of its tab, and the cursor of the next."""
    due_text, _comma, pk_text = after.rpartition(",")
    due = parse_datetime(due_text) if due_text else None
    if due and pk_text.isdecimal():
        beyond = "gt" if state == DUE else "lt"
        found = found.filter(Q(**{f"due_at__{beyond}": due}) | Q(**{"due_at": due, f"pk__{beyond}": int(pk_text)}))
    rows = list(found.with_list_columns()[: PAGE + 1])
    last = rows[PAGE - 1] if len(rows) > PAGE else None
    return rows[:PAGE], f"{last.due_at.isoformat()},{last.pk}" if last else ""


def export_rows(found: PromiseQuerySet) -> tuple[list[str], Iterator[list[Cell]]]:
    head = [
        _("Case"), _("Customer"), _("Promise"), _("By when"), _("Who keeps it"), _("Team"), _("Made"), _("Kept at"),
        _("Broken"), _("Withdrawn"), _("Reason"),
    ]  # fmt: skip
    return head, (_cells(one) for one in found.with_list_columns().iterator(chunk_size=2000))


def _cells(one: Promise) -> list[Cell]:
    return [
        one.case.number, name_outside(one.case.customer), one.text, one.due_at, str(one.keeper),
        str(one.case.team or ""), one.made_at, one.kept_at, one.broken_at, one.withdrawn_at, one.reason,
    ]  # fmt: skip
