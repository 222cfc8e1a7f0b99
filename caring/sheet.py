"""What stands on a task before the call: what to know, what to say, what was tried, and what can come of it."""

import datetime as dt
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from django.urls import reverse
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import get_language, ngettext
from django.utils.translation import gettext as _

from caring.deciding import quiet_until, zone_of
from caring.leaving.reading import risk_of
from caring.leaving.words import in_words
from caring.models import Attempt, Score, Task
from caring.policy import policy_in_force
from caring.reach import recipient_of
from caring.rendering import render
from caring.scoring import Question, questions_of
from caring.words import State, Way
from caring.working import ASKS_REASON, ASKS_SATISFIED, OFFERS
from caring.worklist import tense_of
from crm.cases.models import Case
from crm.customers.masking import mask_address, mask_msisdn
from crm.lib.display import grouped, nearmoment, rupiah
from crm.staff.models import User
from crm.timeline.models import Interaction

SHOWN = 3
LANGUAGES = (("id", "Bahasa Indonesia"), ("en", "English"))


@dataclass(frozen=True)
class Fact:
    icon: str
    words: str
    url: str = ""


@dataclass(frozen=True)
class Choice:
    key: str
    text: str


class Sheet:
    def __init__(self, task: Task, user: User, at: dt.datetime, language: str = "") -> None:
        self.task, self.user, self.at = task, user, at
        self.customer = task.customer
        spoken = self.customer.language if self.customer.language in ("id", "en") else "id"
        if task.channel == Way.FORM:  # nobody is spoken to
            spoken = (get_language() or "id")[:2]
        self.language = language if language in ("id", "en") else spoken

    @property
    def is_mine(self) -> bool:
        return self.task.assignee_id == self.user.pk and self.task.state == State.OPEN

    @property
    def is_free(self) -> bool:
        return self.task.assignee_id is None and self.task.state == State.OPEN and self.task.channel in Task.BY_HAND

    @property
    def tense(self) -> str:
        return tense_of(self.task, self.at)

    @property
    def is_visit(self) -> bool:
        return self.task.channel == Way.VISIT

    @cached_property
    def number(self) -> str:
        """In the clear for who has taken the task and is to call."""
        number = recipient_of(self.task, Way.CALL)
        return number if self.is_mine else mask_msisdn(number) if number else ""

    @cached_property
    def address(self) -> str:
        whole = recipient_of(self.task, Way.VISIT).partition("\n")[2]
        return whole if self.is_mine else mask_address(whole) if whole else ""

    @property
    def local_time(self) -> str:
        here = self.at.astimezone(zone_of(self.customer))
        return f"{here:%H.%M} {here.tzname()}" if get_language() == "id" else f"{here:%H:%M} {here.tzname()}"

    @cached_property
    def script(self) -> list[str]:
        """Line by line, in the language that is spoken."""
        text = render(self.task, "script", by=self.user, language=self.language)
        return [line.removeprefix("- ").strip() for line in text.splitlines() if line.strip()]

    @property
    def languages(self) -> list[tuple[str, str, bool]]:
        has = self.task.version.texts
        return [(code, name, code == self.language) for code, name in LANGUAGES if code in has]

    @property
    def tips(self) -> list[str]:
        return self._said().get("tips", [])

    @property
    def reasons(self) -> list[Choice]:
        return self._choices("reasons") if self.task.stage_id in ASKS_REASON else []

    @property
    def offers(self) -> list[Choice]:
        return self._choices("offers") if self.task.stage_id in OFFERS else []

    @property
    def is_form(self) -> bool:
        return self.task.channel == Way.FORM

    @property
    def questions(self) -> list[Question]:
        return questions_of(self.task, get_language() or "id") if self.is_form else []

    def score_rows(self, given: Mapping[str, str]) -> list[tuple[Question, list[tuple[int, bool]]]]:
        """Each question with its marks, and whether one is chosen."""
        marks = range(Score.LOWEST, Score.HIGHEST + 1)
        return [(one, [(mark, given.get(one.key) == str(mark)) for mark in marks]) for one in self.questions]

    @property
    def asks_satisfied(self) -> bool:
        return self.task.stage_id in ASKS_SATISFIED

    def _choices(self, name: str) -> list[Choice]:
        return [Choice(one["key"], one["text"]) for one in self._said().get(name, [])]

    def _said(self) -> dict[str, Any]:
        """The version's texts in the reader's own language: it is they who read them."""
        texts = self.task.version.texts
        found: dict[str, Any] = texts.get((get_language() or "id")[:2]) or texts.get("id", {})
        return found

    @cached_property
    def attempts(self) -> list[Attempt]:
        return list(self.task.attempts_made.select_related("by").order_by("number"))

    @property
    def attempts_left(self) -> int:
        return max(0, self.task.version.attempts - self.task.tried - 1)

    @property
    def next_try(self) -> str:
        again = self.at + dt.timedelta(hours=self.task.version.pause_hours)
        later = quiet_until(self.customer, policy_in_force(), again)
        return nearmoment(later or again) if self.attempts_left else ""

    @property
    def tomorrow(self) -> str:
        """What the picker of a call back begins with, in the reader's zone."""
        nine = timezone.localtime(self.at + dt.timedelta(days=1)).replace(hour=9, minute=0)
        return f"{nine:%Y-%m-%dT%H:%M}"

    @cached_property
    def know(self) -> list[Fact]:
        return [*self._of_line(), *self._of_risk(), *self._of_facts(), *self._of_cases(), *self._of_contacts()]

    @property
    def on_paper(self) -> list[Fact]:
        """What goes along on a visit: neither cases nor what was said."""
        return [*self._of_line(), *self._of_facts()]

    def _of_line(self) -> Iterator[Fact]:
        line = self.task.subscription
        if line is None:
            return
        words = f"{line.product_id} · {line.get_state_display()} · ARPU {rupiah(line.arpu)}"
        if line.activated_on and (months := _months(line.activated_on, self.at)):
            since = ngettext("%(n)s month with us", "%(n)s months with us", months) % {"n": months}
            words += f" · {since}"
        yield Fact("device-mobile", words)

    def _of_risk(self) -> Iterator[Fact]:
        """Where the model says that the line may leave: why, never a figure that would sound certain."""
        found = risk_of(self.task.subscription_id) if self.task.subscription_id else None
        if found and found.picked:
            why = in_words(found.reasons)
            yield Fact("door-exit", _("May leave soon: %(why)s") % {"why": why} if why else _("May leave soon"))

    def _of_facts(self) -> Iterator[Fact]:
        facts = self.task.facts
        if facts.get("amount") is not None:
            due = _day(facts.get("due") or facts.get("date"))
            amount = {"amount": rupiah(facts["amount"]), "due": due}
            said = _("Bill of %(amount)s, due %(due)s") if due else _("%(amount)s")
            yield Fact("receipt", said % amount)
        elif facts.get("date"):
            yield Fact("calendar", _("Day it is about: %(day)s") % {"day": _day(facts["date"])})
        if facts.get("usage") is not None:
            before = facts.get("before")
            used = {"usage": grouped(facts["usage"]), "before": grouped(before) if before is not None else "–"}
            yield Fact("chart-bar", _("Minutes and MB last month: %(usage)s; a month before: %(before)s") % used)
        if facts.get("complaints"):
            n = facts["complaints"]
            yield Fact("message-2", ngettext("%(n)s complaint in 90 days", "%(n)s complaints in 90 days", n) % {"n": n})

    def _of_cases(self) -> Iterator[Fact]:
        running = Case.objects.live().running().visible_to(self.user).filter(customer=self.customer)
        for case in running.order_by("-opened_at")[:SHOWN]:
            yield Fact("inbox", f"#{case.number} {case.subject or case.preview}"[:90], _case_url(case))
        about = Case.objects.filter(pk=self.task.facts.get("case")).visible_to(self.user).first()
        if about is not None and about.settled_at:
            said = {"case": f"#{about.number}", "when": nearmoment(about.settled_at)}
            yield Fact("circle-check", _("About %(case)s, settled %(when)s") % said, _case_url(about))

    def _of_contacts(self) -> Iterator[Fact]:
        latest = Interaction.objects.filter(customer=self.customer, voided_at=None).order_by("-at")[:SHOWN]
        for one in latest:
            words = (one.subject or one.text)[:70]
            said = f"{nearmoment(one.at)} · {one.get_channel_display()} · {one.get_direction_display()}"
            yield Fact("history", f"{said}: {words}" if words else said)


def _case_url(case: Case) -> str:
    return reverse("desk:case", args=[case.number])


def _day(value: Any) -> str:
    return date_format(dt.date.fromisoformat(value), "j M Y") if value else ""


def _months(since: dt.date, at: dt.datetime) -> int:
    today = timezone.localdate(at)
    return (today.year - since.year) * 12 + today.month - since.month
