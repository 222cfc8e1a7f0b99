"""What is in force: the contact policy, and the versions of the stages that are switched on."""

from django.db.models import F

from caring.models import ContactPolicy, StageVersion


def policy_in_force() -> ContactPolicy:
    """The one row; as the documents have it where nobody has saved one."""
    return ContactPolicy.objects.filter(pk=1).first() or ContactPolicy(pk=1)


def messages_a_minute(channel: str) -> int:
    """What the outbox keeps to in bulk."""
    return policy_in_force().a_minute(channel)


def versions_in_force() -> list[StageVersion]:
    return list(
        StageVersion.objects.filter(stage__is_on=True, pk=F("stage__version")).select_related("stage").order_by("stage")
    )
