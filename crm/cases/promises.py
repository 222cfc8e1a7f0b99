"""What was promised for one case: the bridge from a case to the policy's rules."""

import datetime as dt

from crm.cases.clocks import new_clock, void_clock
from crm.cases.history import rebuild_response_clocks
from crm.cases.models import Case, Category, SlaClock
from crm.cases.policies import Promise, Rules, rules_in_force, rules_of
from crm.cases.words import ClockKind
from crm.staff.models import Division


def lineage(category: Category | None) -> list[Category]:
    """The category and those above it, nearest first."""
    path: list[Category] = []
    while category is not None and category not in path:
        path.append(category)
        category = category.parent
    return path


def division_of(category: Category | None) -> Division | None:
    """Who settles what we cannot: the division of the category, else of the nearest one above that has any."""
    return next((one.division for one in lineage(category) if one.division), None)


def promise_for(case: Case, rules: Rules) -> Promise:
    category_ids = tuple(category.pk for category in lineage(case.category))
    return rules.promise(channel=case.channel, category_ids=category_ids, kind=case.kind, tier=case.tier)


def rules_for(case: Case) -> Rules:
    """The version the case began with: it keeps its policy unless another is applied on purpose."""
    newest = case.clocks.order_by("-pk").values_list("policy_id", flat=True).first()
    return rules_of(newest) if newest else rules_in_force()


def first_clocks(case: Case, *, rules: Rules, at: dt.datetime) -> list[SlaClock]:
    """The two promises of a case about to be opened, unsaved; on the case, the nearer of them."""
    promise = promise_for(case, rules)
    clocks = [
        new_clock(case, kind, rules=rules, seconds=seconds, at=at)
        for kind in ClockKind.values
        if (seconds := promise.seconds(kind)) is not None
    ]
    nearest = min(clocks, key=lambda one: one.due_at)
    case.due_at, case.due_kind = nearest.due_at, nearest.kind
    return clocks


def start_response_clock(case: Case, *, at: dt.datetime, turn: int) -> None:
    rules = rules_for(case)
    seconds = promise_for(case, rules).response
    new_clock(case, ClockKind.RESPONSE, rules=rules, seconds=seconds, at=at, turn=turn).save()


def rebuild(case: Case, *, at: dt.datetime, why: str) -> None:
    """Response clocks from history, with the seconds this case was promised."""
    rules = rules_for(case)
    rebuild_response_clocks(case, rules=rules, seconds=promise_for(case, rules).response, at=at, why=why)
    if not case.is_running:
        for left in SlaClock.objects.filter(case=case, kind=ClockKind.RESPONSE, stopped_at__isnull=True):
            void_clock(left, at=at)
