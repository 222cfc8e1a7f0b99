"""Segments as files: who is in one just now, masked as everywhere."""

from collections.abc import Iterable, Iterator
from typing import Any

from django.db.models import OuterRef, QuerySet, Subquery
from django.http import Http404
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from crm.billing import months
from crm.customers.masking import mask_msisdn
from crm.customers.models import Customer, Subscription
from crm.lib.exports import Question, Source, Table, register
from crm.segments.conditions import customers, in_words
from crm.segments.models import Segment
from crm.staff.access import may


def register_sources() -> None:
    register(Source("segment", gettext_lazy("Customers of a segment"), _may, _size, _table, _about, icon="filter"))


def with_facts(found: QuerySet[Customer]) -> QuerySet[Customer]:
    """With what lists and files show: value, measures, one number."""
    line = Subscription.objects.held().filter(customer=OuterRef("pk")).order_by("-arpu", "pk")
    return found.select_related("value", "measured").annotate(number=Subquery(line.values("msisdn")[:1]))


def shown_number(customer: Any) -> str:
    """Ids of other systems are no numbers."""
    number = customer.number or ""
    return mask_msisdn(number) if number.startswith("+") else ""


def figure(customer: Customer, room: str, name: str) -> int | None:
    """A figure of a row that may not be there yet."""
    return getattr(getattr(customer, room, None), name, None)


def _may(user: Any) -> bool:
    return may(user, "segment.read") and may(user, "report.export")


def _segment(question: Question) -> Segment:
    found = Segment.objects.visible_to(question.user).filter(pk=_number(question)).first()
    if found is None:
        raise Http404
    return found


def _number(question: Question) -> int:
    text = question.query.get("segment", "")
    return int(text) if text.isascii() and text.isdigit() else 0


def _found(question: Question) -> QuerySet[Customer]:
    return customers(_segment(question).conditions, months.today(question.at))


def _size(question: Question) -> int:
    return _found(question).count()


def _about(question: Question) -> str:
    segment = _segment(question)
    return "; ".join([segment.name, *map(in_words, segment.conditions)])


def _table(question: Question) -> Table:
    head = [
        _("Customer"), _("Name"), _("Number"), _("City"), _("Tier"), _("ARPU"), _("Transaction measure"),
        _("Interaction measure"),
    ]  # fmt: skip
    return head, _rows(with_facts(_found(question)).order_by("pk").iterator(chunk_size=2_000))


def _rows(found: Iterable[Customer]) -> Iterator[list[Any]]:
    for one in found:
        yield [
            one.pk, one.name, shown_number(one), one.city, one.get_tier_display(), figure(one, "value", "arpu"),
            figure(one, "measured", "transaction"), figure(one, "measured", "interaction"),
        ]  # fmt: skip
