"""The list of what is to be corrected, as pages and as a file; and how good the whole base is."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from django.db.models import Q, QuerySet
from django.utils.http import urlencode
from django.utils.translation import gettext as _

from crm.customers.masking import mask_contact, mask_msisdn
from crm.customers.models import Address, ContactPoint, Correction, IdentityDocument, QualityDay, Subscription
from crm.customers.quality import FLAWS, TERMS
from crm.lib.sheets import Cell

PAGE = 25
DAYS = 30  # of the line on the page of figures
State = Correction.State


@dataclass(frozen=True)
class Filter:
    state: str
    flaw: str

    @classmethod
    def of(cls, query: Mapping[str, str]) -> "Filter":
        """What is not known is not asked for."""
        state, flaw = query.get("state", ""), query.get("flaw", "")
        return cls(state if state in State.values else State.OPEN, flaw if flaw in FLAWS else "")

    @property
    def rows(self) -> QuerySet[Correction]:
        """Open: the oldest first (correction_to_do); decided: the newest first (correction_decided)."""
        found = Correction.objects.filter(state=self.state, **({"flaw": self.flaw} if self.flaw else {}))
        return found.order_by("found_at", "pk") if self.state == State.OPEN else found.order_by("-decided_at", "-pk")

    def query(self, **others: str) -> str:
        said = {"state": self.state, "flaw": self.flaw} | others
        return urlencode({key: value for key, value in said.items() if value})

    @property
    def tabs(self) -> list[tuple[str, str, bool]]:
        """Address, word, is it this one."""
        return [(Filter(value, self.flaw).query(), str(word), value == self.state) for value, word in State.choices]

    @property
    def flaws(self) -> list[tuple[str, str]]:
        return [(code, str(flaw.words)) for code, flaw in FLAWS.items()]


@dataclass(frozen=True)
class Row:
    correction: Correction
    words: str
    about: str


def page_of(asked: Filter, after: str) -> tuple[list[Row], str]:
    """Twenty-five after the row whose id is `after`; and the id after which the next page begins."""
    found, last = asked.rows, Correction.objects.filter(pk=int(after)).first() if after.isdecimal() else None
    if last is not None:
        found = _after(found, last, asked)
    rows = list(found.select_related("customer", "decided_by")[: PAGE + 1])
    return _told(rows[:PAGE]), str(rows[PAGE - 1].pk) if len(rows) > PAGE else ""


def _after(found: QuerySet[Correction], last: Correction, asked: Filter) -> QuerySet[Correction]:
    if asked.state == State.OPEN:
        return found.filter(Q(found_at__gt=last.found_at) | Q(found_at=last.found_at, pk__gt=last.pk))
    return found.filter(Q(decided_at__lt=last.decided_at) | Q(decided_at=last.decided_at, pk__lt=last.pk))


def _told(rows: list[Correction]) -> list[Row]:
    about = about_things(rows)
    return [Row(one, flaw_words(one.flaw), about[one.pk]) for one in rows]


def about_things(rows: list[Correction]) -> dict[int, str]:
    """What each is about, masked; empty where it is about the record itself. Four queries, however many rows."""
    things: dict[str, dict[int, Any]] = {
        thing: model._default_manager.in_bulk([one.thing_id for one in rows if one.thing == thing])
        for thing, model in ((Correction.CONTACT, ContactPoint), (Correction.ADDRESS, Address),
                             (Correction.PAPER, IdentityDocument), (Correction.LINE, Subscription))
    }  # fmt: skip
    return {one.pk: _about(things.get(one.thing, {}).get(one.thing_id or 0)) for one in rows}


def _about(thing: Any) -> str:
    """Masked."""
    if isinstance(thing, ContactPoint):
        return mask_contact(thing.kind, thing.value)
    if isinstance(thing, Subscription):
        return mask_msisdn(thing.msisdn)
    if isinstance(thing, Address):
        return f"{thing.get_kind_display()}: {thing.city}"
    return f"{thing.get_kind_display()} {thing.masked}" if thing else ""


def flaw_words(code: str) -> str:
    return str(FLAWS[code].words) if code in FLAWS else code


def table(asked: Filter, limit: int) -> tuple[list[str], Iterator[list[Cell]]]:
    """Customers by their number: what is wrong with whom goes out, not who they are."""
    head = [_("Customer"), _("What is wrong"), _("Code"), _("Found"), _("Decided")]
    rows = asked.rows.values_list("customer", "flaw", "found_at", "decided_at")[:limit].iterator()
    return head, ([customer, flaw_words(flaw), flaw, found, decided] for customer, flaw, found, decided in rows)


def figures() -> dict[str, Any]:
    """Of the last whole day; means, and how many customers have which flaw, the most first."""
    days = list(QualityDay.objects.exclude(finished_at=None).filter(customers__gt=0)[:DAYS])
    if not days:
        return {"day": None}
    day = days[0]
    return {
        "day": day, "score": _mean(day, "score"),
        "terms": [(word, _mean(day, term)) for term, word in TERMS.items()],
        "flaws": [
            (code, flaw.words, TERMS[flaw.term], day.flaws[code], 100 * day.flaws[code] / day.customers)
            for code, flaw in sorted(FLAWS.items(), key=lambda one: -day.flaws.get(one[0], 0)) if day.flaws.get(code)
        ],
        "chart": _chart(days[::-1]),
    }  # fmt: skip


def _mean(day: QualityDay, term: str) -> float:
    return float(getattr(day, term)) / day.customers


def _chart(days: list[QualityDay]) -> dict[str, Any]:
    values = [round(_mean(one, "score"), 1) for one in days]
    labels = [f"{one.day:%d.%m.}" for one in days]
    return {"labels": labels, "min": 0, "max": 100, "series": [{"name": str(_("Data quality")), "values": values}]}
