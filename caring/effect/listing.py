"""The rows behind each figure of the effect, page by page, with the head of their columns."""

import datetime as dt
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from typing import Any

from django.conf import settings
from django.db.models import Case, CharField, DateField, Exists, F, Func, OuterRef, Q, QuerySet, Subquery, When
from django.db.models.functions import Coalesce
from django.utils.translation import gettext as _

from caring.deciding import NO_CONTACT
from caring.effect.asking import CONTACTS, CUSTOMERS, FOLLOWED, HELD, LEFT, ListAsk
from caring.effect.growth import ends_of, worth_tiers
from caring.effect.outcomes import BY_KEY
from caring.effect.standing import NOT_YET
from caring.listing import shown_line
from caring.models import Attempt, EffectFigures, EffectRule, Followed, Task
from caring.words import Way
from crm.billing import months
from crm.billing.models import TierChange
from crm.customers.models import Customer, Subscription, Tier
from crm.lib.display import rupiah
from crm.lib.sheets import Cell
from crm.staff.models import User

PAGE = 50


@dataclass(frozen=True)
class Line:
    """Who, on which number (masked), and the cells of the other columns."""

    pk: int
    customer: Customer
    number: str
    cells: list[Cell]
    heads: list[str] = field(default_factory=list)

    @property
    def named(self) -> list[tuple[str, Cell]]:
        return list(zip(self.heads, self.cells, strict=True))


@dataclass(frozen=True)
class Listing:
    heads: list[str]
    found: QuerySet[Any]
    line: Callable[[Any], Line]

    def page(self, after: int) -> tuple[list[Line], int | None]:
        """By keyset; and the cursor of the next page."""
        rows = list(self.found.filter(pk__gt=after).order_by("pk")[: PAGE + 1])
        return [replace(self.line(row), heads=self.heads) for row in rows[:PAGE]], rows[PAGE - 1].pk if len(
            rows
        ) > PAGE else None

    def all(self) -> Iterator[Line]:
        for row in self.found.order_by("pk").iterator(chunk_size=2_000):
            yield self.line(row)


def listing(ask: ListAsk, user: User) -> Listing:
    return {FOLLOWED: _followed, CONTACTS: _contacts, CUSTOMERS: _customers, LEFT: _left}[ask.kind](ask, user)


def _span(ask: ListAsk) -> EffectFigures | None:
    """The months that the kept figures are of, so that a list holds as many as they say."""
    return EffectFigures.objects.filter(
        months=ask.months_asked, period=ask.period_asked, stage=ask.said("stage")
    ).first()


def _followed(ask: ListAsk, user: User) -> Listing:
    span = _span(ask)
    found = Followed.objects.none()
    if span is not None:
        inside = Followed.objects.filter(months=span.months, month__range=(span.since, span.until))
        found = inside.filter(_first_of_customer(inside, ask), task__in=Task.objects.visible_to(user))
        found = _narrowed(found, ask).select_related("task__customer", "task__subscription", "task__stage__version")
    heads = [_("Stage"), _("Group"), _("Occasion"), _("Has left"), _("Paid"), _("Change of ARPU"), _("Complained")]
    return Listing(heads, found, _followed_line)


def _first_of_customer(inside: QuerySet[Followed], ask: ListAsk) -> Any:
    """As reckoning.GROUPS takes one a customer and stage, or one a customer of all stages."""
    same = {"task__customer": OuterRef("task__customer")}
    if ask.said("stage"):
        same["task__stage"] = OuterRef("task__stage")
    sooner = Q(task__occurred_at__lt=OuterRef("task__occurred_at")) | Q(
        task__occurred_at=OuterRef("task__occurred_at"), task__lt=OuterRef("task")
    )
    return ~Exists(inside.filter(sooner, **same))


def _narrowed(found: QuerySet[Followed], ask: ListAsk) -> QuerySet[Followed]:
    if ask.said("stage"):
        found = found.filter(task__stage=ask.said("stage"))
    if ask.said("group"):
        found = found.filter(task__is_held_out=ask.said("group") == HELD)
    key = ask.said("outcome")
    if key:
        found = found.exclude(**{f"{key}__isnull": True})
    return found.filter(**{key: True}) if key and ask.said("came") and BY_KEY[key].is_share else found


def _followed_line(row: Followed) -> Line:
    task = row.task
    return Line(row.pk, task.customer, shown_line(task.subscription), [
        f"{task.stage_id} · {task.stage.title}", _("Hold-out") if task.is_held_out else _("Contacted group"),
        task.occurred_at, _yes(row.left), _yes(row.paid), "–" if row.change is None else rupiah(row.change),
        _yes(row.complained),
    ])  # fmt: skip


def _yes(value: bool | None) -> str:
    return "–" if value is None else _("yes") if value else _("no")


def _contacts(ask: ListAsk, user: User) -> Listing:
    span = _span(ask)
    found = Attempt.objects.none()
    if span is not None:
        since, until = months.begins(span.since), months.begins(_after(span.until))
        found = Attempt.objects.exclude(channel=Way.FORM).filter(
            task__in=Task.objects.visible_to(user), task__is_held_out=False,
            task__occurred_at__gte=since, task__occurred_at__lt=until,
        )  # fmt: skip
        found = found.filter(task__stage=ask.said("stage")) if ask.said("stage") else found.filter(
            task__stage__kind="courtesy"
        )  # fmt: skip
        if ask.said("reached"):
            found = found.exclude(outcome__in=NO_CONTACT)
        found = found.select_related("task__customer", "task__subscription", "task__stage__version")
    heads = [_("Stage"), _("Channel"), _("Outcome"), _("At")]
    return Listing(heads, found, _contact_line)


def _contact_line(row: Attempt) -> Line:
    task = row.task
    return Line(row.pk, task.customer, shown_line(task.subscription), [
        f"{task.stage_id} · {task.stage.title}", row.get_channel_display(), row.get_outcome_display(), row.at,
    ])  # fmt: skip


def _tiers(ask: ListAsk) -> list[str] | None:
    if ask.said("worth"):
        return worth_tiers(EffectRule.in_force())
    return [ask.said("tier")] if ask.said("tier") else None


def _after(month: dt.date) -> dt.date:
    return months.first_day(months.number(month) + 1)


def _tier_then(customer: str, at: Any) -> Coalesce:
    """As standing.SPANS has it."""
    changes = TierChange.objects.filter(customer=OuterRef(customer))
    return Coalesce(
        Subquery(changes.filter(at__lt=at).order_by("-at", "-id").values("after")[:1]),
        Subquery(changes.order_by("at", "id").values("before")[:1]),
        F("tier") if customer == "pk" else F(f"{customer}__tier"), output_field=CharField(),
    )  # fmt: skip


class DayHere(Func):
    """The operator's day of a moment."""

    template = f"(%(expressions)s AT TIME ZONE '{settings.TIME_ZONE}')::date"
    output_field = DateField()


class MonthBegins(Func):
    """The moment at which a day's month began."""

    template = f"(date_trunc('month', %(expressions)s)::timestamp AT TIME ZONE '{settings.TIME_ZONE}')"


class MonthOf(Func):
    template = "date_trunc('month', %(expressions)s)::date"
    output_field = DateField()


def _with_end(product: Any = None) -> Any:
    """Lines that were ever active, with the day of their end; as standing.LINES."""
    ended = Case(When(state__in=Subscription.ENDED, then=Coalesce("ended_on", DayHere("state_since"))))
    found = Subscription.objects.exclude(state__in=NOT_YET).annotate(ended=ended)
    return found.filter(product=product) if product else found


def _customers(ask: ListAsk, _user: User) -> Listing:
    ends, found = ends_of(ask.period_asked), Customer.objects.none()
    if ends is not None:
        over = _after(ends[0] if ask.said("start") else ends[1])
        alive = _with_end(ask.said("product")).filter(
            Q(activated_on=None) | Q(activated_on__lt=over), Q(ended=None) | Q(ended__gte=over), customer=OuterRef("pk")
        )
        found = Customer.objects.filter(Exists(alive)).annotate(tier_then=_tier_then("pk", months.begins(over)))
        tiers = _tiers(ask)
        found = found.filter(tier_then__in=tiers) if tiers else found
    names = dict(Tier.choices)
    return Listing([_("Tier then"), _("Customer since")], found, lambda row: Line(
        row.pk, row, "", [names.get(row.tier_then, "–"), row.since.isoformat() if row.since else "–"]
    ))  # fmt: skip


def _left(ask: ListAsk, _user: User) -> Listing:
    ends, found = ends_of(ask.period_asked), Subscription.objects.none()
    if ends is not None:
        since, over = _after(ends[0]), _after(ends[1])
        found = _with_end(ask.said("product")).filter(ended__gte=since, ended__lt=over)
        found = found.filter(Q(activated_on=None) | Q(activated_on__lt=MonthOf("ended"))).annotate(
            tier_then=_tier_then("customer", MonthBegins(OuterRef("ended")))
        )
        tiers = _tiers(ask)
        found = (found.filter(tier_then__in=tiers) if tiers else found).select_related("customer")
    names = dict(Tier.choices)
    return Listing([_("Product"), _("Tier then"), _("Ended"), _("ARPU")], found, lambda row: Line(
        row.pk, row.customer, shown_line(row),
        [row.product_id, names.get(row.tier_then, "–"), row.ended.isoformat(), rupiah(row.arpu)],
    ))  # fmt: skip
