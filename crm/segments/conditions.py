"""What a segment may ask of a customer: a vocabulary of fields, each with what it compares and how it becomes a query.

A condition is {"field": …, "op": …, "value": …}; all of a segment's conditions hold at once. What the vocabulary does
not know is refused with the place it stands in: nothing of a condition reaches SQL but as a parameter.
"""

import datetime as dt
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from django.db.models import Exists, F, Func, IntegerField, OuterRef, Q, QuerySet
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy

from crm.billing import months
from crm.billing.models import LineMonths
from crm.customers.models import Address, Customer, Product, Subscription, Tier
from crm.segments.quadrants import Quadrant, in_quadrant

MOST = 20  # conditions in one segment
LONGEST = 80  # letters of a text that is looked for

Condition = dict[str, Any]
Ask = Callable[[str, Any, dt.date], Q]


class BadCondition(ValueError):
    """`place`: which condition, from 0; None where it is the list itself."""

    def __init__(self, place: int | None, message: str) -> None:
        super().__init__(message)
        self.place = place


NUMBER_OPS = {"gte": gettext_lazy("at least"), "lte": gettext_lazy("at most")}
CHOICE_OPS = {
    "in": pgettext_lazy("condition", "is one of"),
    "not_in": pgettext_lazy("condition", "is none of"),
}
TEXT_OPS = {"is": pgettext_lazy("condition", "is"), "not": pgettext_lazy("condition", "is not")}


@dataclass(frozen=True)
class Field:
    """One thing that can be asked. `choices` where the answer is one of some; `unit` stands behind a number."""

    name: Promise
    group: Promise
    ops: dict[str, Any]
    ask: Ask
    unit: Promise | str = ""
    choices: Callable[[], Sequence[tuple[str, Any]]] | None = None

    @property
    def kind(self) -> str:
        return "choice" if self.choices else "number" if self.ops is NUMBER_OPS else "text"


def _compare(path: str) -> Ask:
    return lambda op, value, day: Q(**{f"{path}__{op}": value})


def _one_of(path: str) -> Ask:
    def ask(op: str, value: Any, _day: dt.date) -> Q:
        found = Q(**{f"{path}__in": value})
        return ~found if op == "not_in" else found

    return ask


def _of_lines(made: Callable[[Any], Q]) -> Ask:
    """Of the lines that the customer holds, one is so; "none of": none is."""

    def ask(op: str, value: Any, _day: dt.date) -> Q:
        held = Subscription.objects.held().filter(made(value), customer=OuterRef("pk"))
        return ~Q(Exists(held)) if op == "not_in" else Q(Exists(held))

    return ask


def _tenure(op: str, value: Any, day: dt.date) -> Q:
    """Months since the oldest line that is held."""
    border = _months_before(day, value)
    older = Exists(Subscription.objects.held().filter(customer=OuterRef("pk"), activated_on__lte=border))
    if op == "gte":
        return Q(older)
    known = Exists(Subscription.objects.held().filter(customer=OuterRef("pk"), activated_on__isnull=False))
    younger = Subscription.objects.held().filter(customer=OuterRef("pk"), activated_on__lt=border)
    return Q(known) & ~Q(Exists(younger))


def _age(op: str, value: Any, day: dt.date) -> Q:
    """Full years. Whose birth date is not known is neither old nor young."""
    if op == "gte":
        return Q(birth_date__lte=_months_before(day, 12 * value))
    return Q(birth_date__gt=_months_before(day, 12 * (value + 1)))


def _months_before(day: dt.date, past: int) -> dt.date:
    """The same day of an earlier month, or that month's last."""
    month = day.year * 12 + day.month - 1 - past
    if month < 12:
        return dt.date.min
    first = dt.date(month // 12, month % 12 + 1, 1)
    last = (first + dt.timedelta(days=31)).replace(day=1) - dt.timedelta(days=1)
    return first.replace(day=min(day.day, last.day))


def _area(path: str) -> Ask:
    def ask(op: str, value: Any, _day: dt.date) -> Q:
        there = Q(Exists(Address.objects.filter(customer=OuterRef("pk"), **{f"{path}__iexact": value})))
        if path == "city":
            there |= Q(city__iexact=value)
        return ~there if op == "not" else there

    return ask


class Mean(Func):
    """Of three months of an array that begins with month `newest` and goes back: those up to the month `last`."""

    output_field = IntegerField()

    def __init__(self, months_of: str, last: int) -> None:
        super().__init__(F(months_of), F("newest") - last + 1, F("newest") - last + 3)

    def as_sql(self, compiler: Any, connection: Any, **kwargs: Any) -> tuple[str, Any]:  # type: ignore[override]
        parts = [compiler.compile(one) for one in self.get_source_expressions()]
        (array, first), (begin, second), (end, third) = parts
        return f"(SELECT round(avg(one)) FROM unnest(({array})[{begin}:{end}]) AS one)", [*first, *second, *third]


def _usage(*columns: str) -> Ask:
    """The mean of the last three full months, of one line that is held."""

    def ask(op: str, value: Any, day: dt.date) -> Q:
        last = months.last_full(day)
        amount: Any = Mean(columns[0], last)
        for column in columns[1:]:
            amount = amount + Mean(column, last)
        lines = LineMonths.objects.filter(subscription__customer=OuterRef("pk"))
        lines = lines.exclude(subscription__state__in=Subscription.ENDED)
        return Q(Exists(lines.alias(amount=amount).filter(**{f"amount__{op}": value})))

    return ask


def _hobby(op: str, value: Any, _day: dt.date) -> Q:
    has = Q(hobbies__contains=[value])
    return ~has if op == "not" else has


def _quadrant(op: str, value: Any, _day: dt.date) -> Q:
    found = Q()
    for one in value:
        found |= in_quadrant(one)
    return ~found if op == "not_in" else found


def _products() -> list[tuple[str, str]]:
    return [(code, code) for code in Product.objects.values_list("code", flat=True)]


VALUE, LINES, PERSON = gettext_lazy("Value"), gettext_lazy("Lines and use"), gettext_lazy("Person and area")
PAYING = (("postpaid", gettext_lazy("Postpaid")), ("prepaid", gettext_lazy("Prepaid")))
RUPIAH = gettext_lazy("rupiah a month")
FIELDS: dict[str, Field] = {
    "arpu": Field(gettext_lazy("ARPU of all lines"), VALUE, NUMBER_OPS, _compare("value__arpu"), RUPIAH),
    "tier": Field(gettext_lazy("Tier"), VALUE, CHOICE_OPS, _one_of("tier"), choices=lambda: Tier.choices),
    "transaction": Field(
        gettext_lazy("Transaction measure"), VALUE, NUMBER_OPS, _compare("measured__transaction"), "/ 100"
    ),
    "interaction": Field(
        gettext_lazy("Interaction measure"), VALUE, NUMBER_OPS, _compare("measured__interaction"), "/ 100"
    ),
    "quadrant": Field(gettext_lazy("Quadrant"), VALUE, CHOICE_OPS, _quadrant, choices=lambda: Quadrant.choices),
    "product": Field(
        gettext_lazy("Holds a line of"), LINES, CHOICE_OPS, _of_lines(lambda value: Q(product__in=value)),
        choices=_products,
    ),
    "paying": Field(
        gettext_lazy("Pays"), LINES, CHOICE_OPS,
        _of_lines(lambda value: Q(postpaid__in=[one == "postpaid" for one in value])), choices=lambda: PAYING,
    ),
    "line_state": Field(
        gettext_lazy("Has a line that is"), LINES, CHOICE_OPS, _of_lines(lambda value: Q(state__in=value)),
        choices=lambda: [one for one in Subscription.State.choices if one[0] not in Subscription.ENDED],
    ),
    "tenure": Field(gettext_lazy("On the network for"), LINES, NUMBER_OPS, _tenure, gettext_lazy("months")),
    "data": Field(gettext_lazy("Data of a line"), LINES, NUMBER_OPS, _usage("megabytes"),
                  gettext_lazy("MB a month, mean of three")),
    "minutes": Field(gettext_lazy("Calls of a line"), LINES, NUMBER_OPS, _usage("minutes_in", "minutes_out"),
                     gettext_lazy("minutes a month, mean of three")),
    "age": Field(gettext_lazy("Age"), PERSON, NUMBER_OPS, _age, gettext_lazy("years")),
    "kind": Field(gettext_lazy("Person or company"), PERSON, CHOICE_OPS, _one_of("kind"),
                  choices=lambda: Customer.Kind.choices),
    "hobby": Field(gettext_lazy("Hobby"), PERSON, TEXT_OPS, _hobby),
    "city": Field(gettext_lazy("City or regency"), PERSON, TEXT_OPS, _area("city")),
    "province": Field(gettext_lazy("Province"), PERSON, TEXT_OPS, _area("province")),
}  # fmt: skip


def read(conditions: Any) -> list[Condition]:
    """As they may be kept. Raises BadCondition, naming which."""
    if not isinstance(conditions, list):
        raise BadCondition(None, _("Conditions are a list."))
    if len(conditions) > MOST:
        raise BadCondition(None, _("At most %(most)s conditions.") % {"most": MOST})
    return [_read_one(place, one) for place, one in enumerate(conditions)]


def _read_one(place: int, one: Any) -> Condition:
    asked = FIELDS.get(one.get("field", "")) if isinstance(one, dict) else None
    if asked is None:
        raise BadCondition(place, _("Choose what is asked."))
    if one.get("op") not in asked.ops:
        raise BadCondition(place, _("Choose how it is compared."))
    return {"field": one["field"], "op": one["op"], "value": _read_value(place, asked, one.get("value"))}


def _read_value(place: int, asked: Field, value: Any) -> Any:
    if asked.choices:
        known = {code for code, _word in asked.choices()}
        chosen = [str(one) for one in value] if isinstance(value, list) else [str(value)] if value else []
        if not chosen or not set(chosen) <= known:
            raise BadCondition(place, _("Choose at least one of the list."))
        return chosen
    if asked.ops is NUMBER_OPS:
        return _read_number(place, value)
    text = str(value or "").strip()
    if not 1 <= len(text) <= LONGEST:
        raise BadCondition(place, _("Write what is looked for, at most %(most)s letters.") % {"most": LONGEST})
    return text


def _read_number(place: int, value: Any) -> int:
    """`500.000` is half a million: thousands are grouped by points or spaces, and nothing has decimals."""
    plain = str(value if value is not None else "").replace(".", "").replace(" ", "")
    if not plain.removeprefix("-").isascii() or not plain.removeprefix("-").isdigit() or len(plain) > 12:
        raise BadCondition(place, _("Write a whole number."))
    return int(plain)


def customers(conditions: Sequence[Condition], day: dt.date) -> QuerySet[Customer]:
    """Whom they describe on `day`: living records whose data may be used. Conditions as `read` gave them."""
    found = Customer.objects.filter(erased_at=None, absorbed_into=None, restricted_at=None)
    for one in conditions:
        found = found.filter(FIELDS[one["field"]].ask(one["op"], one["value"], day))
    return found


def in_words(one: Condition) -> str:
    """A condition as a sentence without verb: "ARPU of all lines at least 500.000 rupiah a month"."""
    asked = FIELDS[one["field"]]
    value = one["value"]
    if asked.choices:
        words = {code: str(word) for code, word in asked.choices()}
        value = ", ".join(words.get(code, code) for code in value)
    elif isinstance(value, int):
        value = f"{value:,}".replace(",", ".")
    return f"{asked.name} {asked.ops[one['op']]} {value} {asked.unit}".strip()
