"""The vocabulary of rules: what can be asked of what a source gives, how it is compared, and how that reads in words.

`column` is SQL over the source's row `f`, its line `l` (may be missing) and customer `c`; nothing that anybody writes
gets there but as a parameter.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from crm.cases.words import Kind as CaseKind
from crm.customers.models import Product, ServiceOrder, Subscription, Tier
from crm.timeline.models import Channel

NUMBER_OPS = {"lte": "<=", "gte": ">=", "eq": "="}
CHOICE_OPS = ("in", "not_in")
Choices = Callable[[], Sequence[tuple[str, Any]]]


@dataclass(frozen=True)
class Field:
    """`words`: by comparison, with %(value)s; `below`: the same for a value under zero, said without its sign.

    `sources`: who gives it; empty: it is the line's or customer's own.
    """

    name: Promise
    column: str
    words: Mapping[str, Promise]
    choices: Choices | None = None
    sources: tuple[str, ...] = ()
    below: Mapping[str, Promise] | None = None
    history: bool = False  # asks what the programme itself did before
    plain: bool = False  # a code is its own word: choices are asked for when one chooses, not to read

    @property
    def ops(self) -> Sequence[str]:
        return tuple(self.words)


def _number(least: Any = None, most: Any = None, exactly: Any = None) -> dict[str, Any]:
    said = {"gte": least, "lte": most, "eq": exactly}
    return {op: words for op, words in said.items() if words is not None}


IS = {"in": _("%(name)s: %(value)s"), "not_in": _("%(name)s: not %(value)s")}


def _products() -> list[tuple[str, str]]:
    return [(code, code) for code in Product.objects.values_list("code", flat=True)]


PAYING = (("postpaid", _("Postpaid")), ("prepaid", _("Prepaid")))
HAPPENED = (
    ("line.activated", pgettext_lazy("happened", "it was activated")),
    ("line.suspended", pgettext_lazy("happened", "it was suspended")),
    ("line.in_grace", pgettext_lazy("happened", "its grace period began")),
    ("line.restored", pgettext_lazy("happened", "it was opened again")),
    ("line.removed", pgettext_lazy("happened", "it was removed")),
    ("line.recycled", pgettext_lazy("happened", "its number was recycled")),
    ("case.settled", pgettext_lazy("happened", "it was settled")),
    ("case.escalated", pgettext_lazy("happened", "it was handed to a division")),
    ("escalation.accepted", pgettext_lazy("happened", "a division took it up")),
    ("case.reopened", pgettext_lazy("happened", "it was opened again")),
)
YES = (("yes", _("Yes")), ("no", _("No")))
STAGES = tuple((str(number), f"caring-{number}") for number in range(1, 25))
FAILED = """(SELECT string_agg(t.stage_id::text, ',') FROM caring_task t WHERE t.subscription_id = f.subscription_id
    AND t.state = 'failed' AND t.closed_at > %(at)s - interval '120 days' AND t.closed_at <= %(at)s)"""
TENURE = """(extract(year FROM age(%(day)s::date, l.activated_on)) * 12
    + extract(month FROM age(%(day)s::date, l.activated_on)))"""


def _yes(sql: str) -> str:
    return f"CASE WHEN {sql} THEN 'yes' ELSE 'no' END"


FIELDS: dict[str, Field] = {
    # of every line and customer
    "paying": Field(_("Pays"), "CASE WHEN l.postpaid THEN 'postpaid' ELSE 'prepaid' END", IS, lambda: PAYING),
    "product": Field(_("Product"), "l.product_id", IS, _products, plain=True),
    "line_state": Field(_("State of the line"), "l.state", IS, lambda: Subscription.State.choices),
    "tier": Field(_("Tier"), "c.tier", IS, lambda: Tier.choices),
    "arpu": Field(
        _("ARPU of the line"),
        "l.arpu",
        _number(_("ARPU of at least %(value)s rupiah"), _("ARPU of at most %(value)s rupiah")),
    ),
    "tenure": Field(
        _("Months on the network"),
        TENURE,
        _number(_("at least %(value)s months on the network"), _("at most %(value)s months on the network")),
    ),
    "after_failed": Field(
        _("Not reached before in"), FAILED, {"in": _("not reached in %(value)s")}, lambda: STAGES, history=True
    ),
    # of orders
    "order_kind": Field(_("Service order"), "f.order_kind", IS, lambda: ServiceOrder.Kind.choices, ("order",)),
    "order_state": Field(_("The order is"), "f.order_state", IS, lambda: ServiceOrder.State.choices, ("order",)),
    # of what happened
    "happened": Field(_("What happened"), "f.happened", {"in": _("%(value)s")}, lambda: HAPPENED, ("line", "case")),
    "line_before": Field(_("The line was before"), "f.line_before", IS, lambda: Subscription.State.choices, ("line",)),
    "case_kind": Field(_("Kind of case"), "f.case_kind", IS, lambda: CaseKind.choices, ("case",)),
    "case_channel": Field(_("The case came by"), "f.case_channel", IS, lambda: Channel.choices, ("case",)),
    # of bills and top-ups
    "place": Field(
        _("Its place among all"),
        "f.place",
        _number(_("number %(value)s or later"), _("at most number %(value)s"), _("number %(value)s of the line")),
        sources=("bill", "top_up"),
    ),
    "days_since_issue": Field(
        _("Days since"),
        "f.days_since_issue",
        _number(_("at least %(value)s days ago"), _("at most %(value)s days ago")),
        sources=("bill", "top_up"),
    ),
    "amount": Field(
        _("Amount"),
        "f.amount",
        _number(_("of at least %(value)s rupiah"), _("of at most %(value)s rupiah")),
        sources=("bill", "top_up", "unpaid"),
    ),
    "days_to_due": Field(
        _("Days to the due date"),
        "f.days_to_due",
        _number(
            _("at least %(value)s days before the due date"),
            _("at most %(value)s days before the due date"),
            _("%(value)s days before the due date"),
        ),
        below=_number(
            _("at most %(value)s days after the due date"),
            _("at least %(value)s days after the due date"),
            _("%(value)s days after the due date"),
        ),
        sources=("unpaid",),
    ),
    "days_left": Field(
        _("Days left of the active period"),
        "f.days_left",
        _number(_("ends in %(value)s days or more"), _("ends in %(value)s days or less")),
        sources=("active_period",),
    ),
    "days_to_removal": Field(
        _("Days to the removal"),
        "f.days_to_removal",
        _number(_("in %(value)s days or more"), _("in %(value)s days or less")),
        sources=("removal",),
    ),
    # of use
    "usage": Field(
        _("Use of the last full month, minutes and MB"),
        "f.usage",
        _number(_("use of at least %(value)s"), _("use of at most %(value)s")),
        sources=("usage",),
    ),
    "usage_before": Field(
        _("Mean use of up to three months before"),
        "f.usage_before",
        _number(_("at least %(value)s a month before"), _("at most %(value)s a month before")),
        sources=("usage",),
    ),
    "usage_share": Field(
        _("Use, in per cent of the months before"),
        "f.usage_share",
        _number(
            _("use at least %(value)s %% of the months before"),
            _("use at most %(value)s %% of the months before"),
        ),
        sources=("usage",),
    ),
    "silent_days": Field(
        _("Days without use"),
        "f.silent_days",
        _number(_("not used for %(value)s days or longer"), _("not used for at most %(value)s days")),
        sources=("usage",),
    ),
    # of loyalty
    "years": Field(
        _("Full years on the network"),
        "f.years",
        _number(_("%(value)s years or more"), _("%(value)s years or less")),
        sources=("anniversary",),
    ),
    "days_since_anniversary": Field(
        _("Days since the anniversary"),
        "f.days_since_anniversary",
        _number(most=_("at most %(value)s days after the anniversary")),
        sources=("anniversary",),
    ),
    "bills_in_row": Field(
        _("Bills in a row paid on time"),
        "f.bills_in_row",
        _number(
            _("at least %(value)s bills in a row paid on time"),
            exactly=_("exactly %(value)s bills in a row paid on time"),
        ),
        sources=("on_time",),
    ),
    "dozens": Field(
        _("Bills of a full dozen"),
        "f.bills_in_row %% 12",
        _number(exactly=_("%(value)s bills beyond a full dozen")),
        sources=("on_time",),
    ),
    # of complaints
    "is_in_sample": Field(
        _("In the sample"),
        _yes("f.is_in_sample"),
        {"in": _("in the sample of one in ten: %(value)s")},
        lambda: YES,
        ("settled",),
    ),
    "is_breach": Field(
        _("A deadline was missed"),
        _yes("f.is_breach"),
        {"in": _("a deadline was missed: %(value)s")},
        lambda: YES,
        ("settled",),
    ),
    "complaints": Field(
        _("Complaints in 90 days"),
        "f.complaints",
        _number(_("at least %(value)s complaints in 90 days"), _("at most %(value)s complaints in 90 days")),
        sources=("watch",),
    ),
    "is_after_breach": Field(
        _("After a missed deadline"),
        _yes("f.is_after_breach"),
        {"in": _("a deadline of theirs was missed: %(value)s")},
        lambda: YES,
        ("watch",),
    ),
}


def fields_of(source: str) -> dict[str, Field]:
    """What a rule on this source may ask."""
    return {code: field for code, field in FIELDS.items() if not field.sources or source in field.sources}
