"""What a new installation begins with: the policy of the SOP, word for word (domain.md §2), and causes of breaches."""

from django.db import transaction
from django.utils import timezone

from crm.cases.models.cause import Cause, ReviewRule
from crm.cases.models.policy import LadderStep, SlaPolicy, SlaTarget
from crm.cases.words import ClockKind, Kind, Party

LADDER = [
    (ClockKind.RESPONSE, 100, Party.SUPERVISOR),
    (ClockKind.RESOLUTION, 80, Party.QUALITY),
    (ClockKind.RESOLUTION, 100, Party.SUPERVISOR),
]
# Code, Indonesian, English: A ours, D the divisions, C the customer, T technology.
CAUSES = [
    ("A1", "Tidak terlihat di antrean", "Not seen in the queue"),
    ("A2", "Terlihat, terlambat dijawab", "Seen, answered too late"),
    ("A3", "Terlepas saat serah terima sif", "Lost at the handover of a shift"),
    ("A4", "Lonjakan melebihi tenaga yang ada", "More came in than hands could answer"),
    ("A5", "Salah kategori atau salah tim", "Wrong category or wrong team"),
    ("D1", "Terlambat dieskalasi", "Escalated too late"),
    ("D2", "Divisi terlambat menerima", "Division accepted late"),
    ("D3", "Divisi terlambat menyelesaikan", "Division solved it late"),
    ("C1", "Menunggu pelanggan", "Waiting for the customer"),
    ("T1", "Gangguan sistem atau kanal", "System or channel down"),
    ("X1", "Penyebab lain", "Another cause"),
]


@transaction.atomic
def ensure_causes() -> None:
    """The list of causes where there is none: whoever emptied or changed theirs keeps it so."""
    ReviewRule.objects.get_or_create(pk=1)
    if not Cause.objects.exists():
        Cause.objects.bulk_create(
            Cause(code=code, name=name, name_en=english, position=place)
            for place, (code, name, english) in enumerate(CAUSES, start=1)
        )


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
