"""May a stage concern this line, and when? The rule's conditions held against what is known, way by way."""

import datetime as dt
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from caring.conditions import Condition, WayRead, condition_in_words, kept_ways
from caring.fields import FIELDS
from caring.life.facts import Facts, Row
from caring.life.saying import day_in_words, value_in_words
from caring.models import Stage
from crm.customers.models import ServiceOrder, Subscription
from crm.timeline.models import Channel

FOR_GOOD = ("product", "paying")  # of the line itself: it will not be otherwise
COUNTS_DOWN = ("days_to_due", "days_left", "days_to_removal")
# An ended line is still asked why it left.
AFTER_END = (16,)
SOON = dt.timedelta(days=60)
State = Subscription.State
# What may happen next to a line in a state.
FOLLOWS: dict[str, tuple[str, ...]] = {
    State.ORDERED: ("line.activated",), State.SURVEYED: ("line.activated",), State.INSTALLED: ("line.activated",),
    State.DUE: ("line.suspended",), State.ISOLIR: ("line.restored", "line.removed"),
    State.GRACE: ("line.restored", "line.recycled"), State.BLOCKED: ("line.restored", "line.recycled"),
}  # fmt: skip
ONCE: dict[str, Promise] = {
    "line.activated": gettext_lazy("Once the line is activated."),
    "line.suspended": gettext_lazy("If the line is suspended: its bill is overdue."),
    "line.restored": gettext_lazy("Once the line is opened again."),
    "line.removed": gettext_lazy("If the line is removed."),
    "line.recycled": gettext_lazy("If the number is recycled."),
}


@dataclass(frozen=True)
class Outlook:
    """`never`: not for this line. `soon`: dated or bound to something that runs, not to the run of years."""

    why: str
    never: bool = False
    soon: bool = True
    on: dt.date | None = None


def outlook_of(stage: Stage, facts: Facts, known: set[str]) -> Outlook | None:
    """The likeliest of the rule's ways; None: nothing is in sight. `known`: occasions that have their task."""
    if stage.version is None or not stage.is_on:
        return Outlook(_("Switched off: it makes no tasks."), never=True)
    if facts.line is None:  # what is only the customer's: cases, complaints
        ways = [way for way in kept_ways(stage.version.rule) if way.source in ("case", "settled", "watch")]
    else:
        ways = kept_ways(stage.version.rule)
    refusals = [one for way in ways if (one := _never(way, facts))]
    if ways and len(refusals) == len(ways):
        return refusals[0]
    if facts.line is not None and not facts.line.is_held and stage.pk not in AFTER_END:
        return None
    found = [one for way in ways if not _never(way, facts) for one in _of_way(way, facts, known)]
    return min(found, key=lambda one: (not one.soon, one.on or dt.date.max), default=None)


def holds(one: Condition, known: dict[str, Any]) -> bool | None:
    """None: it is not known."""
    value = known.get(one["field"])
    if value is None:
        return None
    if FIELDS[one["field"]].history:
        return bool(set(str(value).split(",")) & set(one["value"]))
    if one["op"] in ("in", "not_in"):
        return (str(value) in one["value"]) == (one["op"] == "in")
    wanted = one["value"]
    return bool({"lte": value <= wanted, "gte": value >= wanted, "eq": value == wanted}[one["op"]])


def unmet(when: list[Condition], known: dict[str, Any]) -> list[Condition]:
    return [one for one in when if not holds(one, known)]


def _never(way: WayRead, facts: Facts) -> Outlook | None:
    """What the line is not, and will not be."""
    for one in way.when:
        if one["field"] in FOR_GOOD and holds(one, facts.own) is False:
            said = {"rule": condition_in_words(one), "own": value_in_words(one["field"], facts.own[one["field"]])}
            return Outlook(_("%(rule)s. This line: %(own)s.") % said, never=True)
    return None


def _of_way(way: WayRead, facts: Facts, known: set[str]) -> Iterator[Outlook]:
    own = [one for one in way.when if not FIELDS[one["field"]].sources]
    asked = [one for one in way.when if FIELDS[one["field"]].sources]
    if way.source == "line":
        yield from _after_event(own, asked, facts)
        return
    if unmet(own, facts.own):
        return
    if way.source == "order":
        yield from _after_order(asked, facts)
    elif way.source == "case":
        yield from _after_case(asked, facts)
    else:
        for row in facts.rows.get(way.source, []):
            yield from _of_row(asked, row, facts, known)
        yield from _in_time(way.source, asked, facts)


def _of_row(asked: list[Condition], row: Row, facts: Facts, known: set[str]) -> Iterator[Outlook]:
    """All holds, and the next evaluation makes a task; or all but a day that comes by itself."""
    if row.occasion in known:
        return
    missing = unmet(asked, row.known)
    if not missing:
        yield Outlook(_("At the next evaluation: every condition holds."), on=facts.moment.day)
    if len(missing) == 1 and missing[0]["field"] in COUNTS_DOWN and missing[0]["op"] == "lte":
        left = row.known.get(missing[0]["field"])
        if left is not None:
            on = facts.moment.day + dt.timedelta(days=left - missing[0]["value"])
            said = {"day": day_in_words(on), "rule": condition_in_words(missing[0])}
            yield Outlook(_("On %(day)s, unless something changes: %(rule)s.") % said, on=on)


def _after_event(own: list[Condition], asked: list[Condition], facts: Facts) -> Iterator[Outlook]:
    """What may happen to a line as it stands now; of the line itself only what it is for good counts until then."""
    if facts.line is None or unmet([one for one in own if one["field"] in FOR_GOOD], facts.own):
        return
    before = {"line_before": facts.line.state}
    for happened in FOLLOWS.get(facts.line.state, ()):
        if not unmet(asked, before | {"happened": happened}):
            yield Outlook(str(ONCE[happened]))


def _after_order(asked: list[Condition], facts: Facts) -> Iterator[Outlook]:
    for order in facts.orders:
        if not unmet(asked, {"order_kind": order.kind, "order_state": ServiceOrder.State.DONE}):
            said = {"order": str(order.get_kind_display()), "day": day_in_words(order.planned_for)}
            words = (
                _("Once it is done: %(order)s, planned for %(day)s.")
                if said["day"]
                else _("Once it is done: %(order)s.")
            )
            yield Outlook(words % said, on=order.planned_for.date() if order.planned_for else None)


def _after_case(asked: list[Condition], facts: Facts) -> Iterator[Outlook]:
    for case in facts.running:
        told = {"case_kind": case.kind, "case_channel": case.channel}
        channel = dict(Channel.choices).get(case.channel, case.channel)
        if not unmet(asked, told | {"happened": "case.settled"}):
            said = {"case": f"#{case.number}", "channel": channel}
            yield Outlook(_("Once case %(case)s (%(channel)s) is settled.") % said)


def _in_time(source: str, asked: list[Condition], facts: Facts) -> Iterator[Outlook]:
    """With the next bill or top-up, at the next anniversary, after so many more bills paid on time."""
    if source in ("bill", "top_up"):
        following = facts.own.get("bills" if source == "bill" else "top_ups", 0) + 1
        if not unmet([one for one in asked if one["field"] == "place"], {"place": following}):
            words = (
                _("With the next bill, number %(n)s of the line.")
                if source == "bill"
                else _("With the next top-up, number %(n)s of the line.")
            )
            yield Outlook(words % {"n": following}, soon=False)
    elif source == "anniversary" and facts.line and facts.line.activated_on:
        yield from _next_year(asked, facts, facts.line.activated_on)
    elif source == "on_time":
        yield from _next_dozen(asked, facts)


def _next_year(asked: list[Condition], facts: Facts, since: dt.date) -> Iterator[Outlook]:
    day = facts.moment.day
    years = day.year - since.year + ((day.month, day.day) >= (since.month, since.day))
    on = since.replace(year=since.year + years, day=28 if (since.month, since.day) == (2, 29) else since.day)
    if years > 0 and not unmet(asked, {"years": years, "days_since_anniversary": 0}):
        words = ngettext(
            "On %(day)s: %(years)s year on the network.", "On %(day)s: %(years)s years on the network.", years
        )
        said = {"day": day_in_words(on), "years": years}
        yield Outlook(words % said, soon=on - day <= SOON, on=on)


def _next_dozen(asked: list[Condition], facts: Facts) -> Iterator[Outlook]:
    row = next(iter(facts.rows.get("on_time", [])), None)
    paid = int(row.known.get("bills_in_row") or 0) if row else 0
    for more in range(1, 25):
        reached = paid + more
        if row and not unmet(asked, {"bills_in_row": reached, "dozens": reached % 12}):
            words = ngettext(
                "After %(more)s more bill paid on time: %(paid)s in a row so far.",
                "After %(more)s more bills paid on time: %(paid)s in a row so far.",
                more,
            )
            yield Outlook(words % {"paid": paid, "more": more}, soon=False)
            return
