"""Snoozing one case: a few times to choose from, each with why it cannot be chosen where it cannot."""

import datetime as dt
from dataclasses import dataclass
from typing import Any

from django import forms
from django.utils import timezone
from django.utils.functional import cached_property
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from crm.cases import actions
from crm.cases.models import Promise
from crm.desk.forms.acts import ActForm
from crm.lib.display import nearmoment

BEFORE = dt.timedelta(minutes=10)  # before a deadline or a promise: time enough to do something
SHORT = dt.timedelta(minutes=20)
MORNING = dt.time(8)
LONGEST = dt.timedelta(days=7)  # of a case without a deadline


@dataclass(frozen=True)
class Choice:
    slug: str
    name: str
    icon: str
    until: dt.datetime | None
    why_not: str = ""

    @property
    def said(self) -> str:
        return nearmoment(self.until) if self.until else ""


class SnoozeForm(ActForm):
    template = "desk/acts/snooze.html"
    choice = forms.CharField(max_length=10)
    until = forms.DateTimeField(
        label=gettext_lazy("Choose a time"),
        required=False,
        widget=forms.DateTimeInput(attrs={"type": "datetime-local"}, format="%Y-%m-%dT%H:%M"),
    )

    @cached_property
    def now(self) -> dt.datetime:
        return timezone.now()

    @cached_property
    def last(self) -> dt.datetime:
        """The case is back by then in any case: a little before its deadline, if there is still that much time."""
        if self.case.due_at is None:
            return self.now + LONGEST
        early = self.case.due_at - BEFORE
        return early if early > self.now else self.case.due_at

    @cached_property
    def choices(self) -> list[Choice]:
        made = [
            self._choice("answer", _("Until the customer answers"), "message-2", self.last),
            self._choice("short", _("20 minutes"), "clock", self.now + SHORT),
        ]
        promise = Promise.objects.filter(case=self.case, wake_at__isnull=False).order_by("due_at").first()
        if promise is not None:
            made.append(self._choice("promise", _("Before the promise"), "flag", promise.due_at - BEFORE))
        return [*made, self._choice("morning", _("Tomorrow 08:00"), "sun", self._morning())]

    def _choice(self, slug: str, name: str, icon: str, until: dt.datetime) -> Choice:
        return Choice(slug, name, icon, until, self._why_not(until))

    def _why_not(self, until: dt.datetime) -> str:
        due = self.case.due_at
        if due is not None and due <= self.now:
            return _("its deadline is past")
        if due is not None and until > due:
            return _("after the deadline, %(due)s") % {"due": nearmoment(due)}
        return "" if until > self.now else _("that is past")

    def _morning(self) -> dt.datetime:
        """Where the reader is."""
        tomorrow = timezone.localtime(self.now).date() + dt.timedelta(days=1)
        return timezone.make_aware(dt.datetime.combine(tomorrow, MORNING))

    def clean(self) -> dict[str, Any]:
        """A choice of the list, or `at` with a time of one's own; the action has the last word."""
        data = super().clean() or {}
        if data.get("choice") == "at":
            if data.get("until") is None and "until" not in self.errors:
                self.add_error("until", _("Choose a time."))
            return data
        found = next((one for one in self.choices if one.slug == data.get("choice")), None)
        if found is None:
            raise forms.ValidationError(_("Choose a time."), code="choice")
        return data | {"until": found.until}

    def extra(self) -> dict[str, Any]:
        return {"choices": self.choices, "last": self.last, "is_late": self.last <= self.now}

    def perform(self) -> None:
        actions.snooze_case(**self.seen, until=self.cleaned_data["until"])


class WakeForm(ActForm):
    def perform(self) -> None:
        actions.wake_case(**self.seen)
