"""Which promise holds for a case. Published policies are immutable, so they are kept in memory by id."""

from dataclasses import dataclass
from functools import lru_cache

from crm.cases import clock
from crm.cases.errors import NoPolicy
from crm.cases.models.policy import LadderStep, SlaPolicy, SlaTarget
from crm.cases.words import ClockKind


@dataclass(frozen=True)
class Promise:
    """Seconds to answer and to settle; None: no settlement clock (a suggestion is weighed, domain.md §2.3)."""

    response: int
    resolution: int | None

    def seconds(self, kind: str) -> int | None:
        return self.response if kind == ClockKind.RESPONSE else self.resolution


@dataclass(frozen=True)
class Rules:
    """A published policy, loaded once."""

    policy: SlaPolicy
    targets: tuple[SlaTarget, ...]
    response_marks: clock.Schedule
    resolution_marks: clock.Schedule

    def marks(self, kind: str) -> clock.Schedule:
        return self.response_marks if kind == ClockKind.RESPONSE else self.resolution_marks

    def promise(self, *, channel: str, category_ids: tuple[int, ...], kind: str, tier: str) -> Promise:
        """The most specific matching target. `category_ids` runs from the case's category up to its root."""
        matching = [t for t in self.targets if _matches(t, channel, category_ids, kind, tier)]
        if not matching:
            raise NoPolicy
        best = max(matching, key=lambda target: _weight(target, category_ids))
        return Promise(best.response_seconds, best.resolution_seconds)


def _matches(target: SlaTarget, channel: str, category_ids: tuple[int, ...], kind: str, tier: str) -> bool:
    return (
        target.channel in ("", channel)
        and (target.category_id is None or target.category_id in category_ids)
        and target.kind in ("", kind)
        and target.tier in ("", tier)
    )


def precedence(target: SlaTarget) -> tuple[int, ...]:
    """More conditions win; of as many, one with a category; then tier, kind, channel in this order."""
    conditions = [target.category_id is not None, bool(target.tier), bool(target.kind), bool(target.channel)]
    return sum(conditions), *conditions


def _weight(target: SlaTarget, category_ids: tuple[int, ...]) -> tuple[int, ...]:
    """As `precedence`, and a nearer category beats a farther one."""
    conditions, *which = precedence(target)
    near = -category_ids.index(target.category_id) if target.category_id else -len(category_ids)
    return conditions, near, *which[1:]


@lru_cache(maxsize=64)
def rules_of(policy_id: int) -> Rules:
    """Raises NoPolicy for a draft: it may still change, and what is kept here never does."""
    policy = SlaPolicy.objects.filter(published_at__isnull=False, pk=policy_id).first()
    if policy is None:
        raise NoPolicy
    return rules_from(policy, list(policy.targets.all()), list(policy.ladder.all()))


def rules_from(policy: SlaPolicy, targets: list[SlaTarget], steps: list[LadderStep]) -> Rules:
    return Rules(
        policy,
        tuple(targets),
        clock.schedule(policy.warn_percents, _ladder(steps, ClockKind.RESPONSE)),
        clock.schedule(policy.warn_percents, _ladder(steps, ClockKind.RESOLUTION)),
    )


def _ladder(steps: list[LadderStep], kind: str) -> list[tuple[int, str]]:
    return [(step.percent, step.party) for step in steps if step.clock == kind]


def rules_in_force() -> Rules:
    """The published policy with the highest version."""
    newest = (
        SlaPolicy.objects.filter(published_at__isnull=False).order_by("-version").values_list("pk", flat=True).first()
    )
    if newest is None:
        raise NoPolicy
    return rules_of(newest)
