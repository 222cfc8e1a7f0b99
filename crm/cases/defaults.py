"""The policy that a new installation begins with: the SOP, word for word (domain.md §2)."""

from django.db import transaction
from django.utils import timezone

from crm.cases.models.policy import LadderStep, SlaPolicy, SlaTarget
from crm.cases.words import ClockKind, Kind, Party

LADDER = [
    (ClockKind.RESPONSE, 100, Party.SUPERVISOR),
    (ClockKind.RESOLUTION, 80, Party.QUALITY),
    (ClockKind.RESOLUTION, 100, Party.SUPERVISOR),
]


@transaction.atomic
def ensure_policy() -> SlaPolicy:
    """The policy in force; publishes version 1 (15 minutes, 72 calendar hours, nothing pauses) where there is none."""
    policy = SlaPolicy.objects.filter(published_at__isnull=False).order_by("-version").first()
    if policy is None:
        policy, new = SlaPolicy.objects.get_or_create(version=1, defaults={"note": "SOP"})
        if new:
            fill_policy(policy)
        SlaPolicy.objects.filter(pk=policy.pk, published_at__isnull=True).update(published_at=timezone.now())
        policy.refresh_from_db()
    return policy


def fill_policy(policy: SlaPolicy) -> None:
    SlaTarget.objects.create(policy=policy)
    SlaTarget.objects.create(policy=policy, kind=Kind.SUGGESTION, resolution_seconds=None)
    LadderStep.objects.bulk_create(LadderStep(policy=policy, clock=c, percent=p, party=party) for c, p, party in LADDER)
