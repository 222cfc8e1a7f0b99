"""Which promise holds for a case. Published policies are immutable, so they are kept in memory by id."""

from dataclasses import dataclass
from functools import lru_cache

from crm.cases import clock
from crm.cases.errors import NoPolicy
from crm.cases.models.policy import SlaPolicy, SlaTarget
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


def _weight(target: SlaTarget, category_ids: tuple[int, ...]) -> tuple[int, ...]:
    """More conditions win; a nearer category beats a farther one; then tier, category, kind, channel in this order."""
    conditions = [bool(target.tier), target.category_id is not None, bool(target.kind), bool(target.channel)]
    near = -category_ids.index(target.category_id) if target.category_id else -len(category_ids)
    return sum(conditions), near, int(bool(target.tier)), *conditions[1:]


@lru_cache(maxsize=64)
def rules_of(policy_id: int) -> Rules:
    """Raises NoPolicy for a draft: it may still change, and what is kept here never does."""
    policy = SlaPolicy.objects.filter(published_at__isnull=False, pk=policy_id).first()
    if policy is None:
        raise NoPolicy
    steps = list(policy.ladder.all())
    return Rules(
        policy,
        tuple(policy.targets.all()),
        clock.schedule(policy.warn_percents, _ladder(steps, ClockKind.RESPONSE)),
        clock.schedule(policy.warn_percents, _ladder(steps, ClockKind.RESOLUTION)),
    )


def _ladder(steps: list, kind: str) -> list[tuple[int, str]]:
    return [(step.percent, step.party) for step in steps if step.clock == kind]


def rules_in_force() -> Rules:
    """The published policy with the highest version."""
    newest = (
        SlaPolicy.objects.filter(published_at__isnull=False).order_by("-version").values_list("pk", flat=True).first()
    )
    if newest is None:
        raise NoPolicy
    return rules_of(newest)
