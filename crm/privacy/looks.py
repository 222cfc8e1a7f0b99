"""Whose data an account saw: every look, reveal, access file and list taken out, newest first."""

import datetime as dt
from dataclasses import dataclass

from django.db.models import Q, QuerySet
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from crm.customers.models import ContactPoint, Customer, IdentityDocument
from crm.events.models import LOOKS, Event
from crm.privacy.paging import read_mark

SIZE = 50
WORDS: dict[str, Promise] = {
    "customer.looked": gettext_lazy("opened the record"),
    "customer.revealed": gettext_lazy("saw in full, with a reason: %(what)s"),
    "case.looked": gettext_lazy("read a case of another team"),
    "privacy.file_taken": gettext_lazy("took the access file"),
    "export.asked": gettext_lazy("took out a list: %(what)s"),
}


@dataclass(frozen=True)
class Look:
    event: Event
    customer: Customer | None
    said: str


def looks_of(account: int, *, since: dt.datetime, until: dt.datetime) -> QuerySet[Event]:
    """Served by the index `event_looks`."""
    return Event.objects.filter(kind__in=LOOKS, actor_id=account, at__gte=since, at__lt=until)


def page_of(found: QuerySet[Event], after: str) -> tuple[list[Look], str]:
    """A page, and the mark after which the next one begins, '' at the end."""
    if mark := read_mark(after):
        at, pk = mark
        found = found.filter(Q(at__lt=at) | Q(at=at, pk__lt=pk), at__lte=at)
    rows = list(found.order_by("-at", "-pk")[: SIZE + 1])
    last = rows[SIZE - 1] if len(rows) > SIZE else None
    return in_words(rows[:SIZE]), f"{last.at.isoformat()}~{last.pk}" if last else ""


def in_words(events: list[Event]) -> list[Look]:
    """One query for the customers, however many events."""
    people = Customer.objects.in_bulk({one.customer_id for one in events if one.customer_id})
    return [Look(one, people.get(one.customer_id or 0), _said(one)) for one in events]


def _said(event: Event) -> str:
    return str(WORDS[event.kind]) % {"what": _what(event)}


def _what(event: Event) -> str:
    facts = event.facts
    if "address" in facts:
        return _("address")
    words = {**dict(ContactPoint.Kind.choices), **dict(IdentityDocument.Kind.choices)}
    code = str(facts.get("paper") or facts.get("contact") or facts.get("source") or "")
    return str(words.get(code, code))
