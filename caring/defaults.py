"""What a new installation begins with: the 24 stages, word for word as they ship."""

from django.db import transaction

from caring.models import ContactPolicy, Stage, StageVersion
from caring.stages import DEFAULTS, texts_of


@transaction.atomic
def ensure_programme() -> int:
    """Stages that are missing are made, in their first version; those that are there stay as they are."""
    ContactPolicy.objects.get_or_create(pk=1)
    there = set(Stage.objects.values_list("pk", flat=True))
    missing = [number for number in DEFAULTS if number not in there]
    for number in missing:
        _make(number)
    return len(missing)


def _make(number: int) -> None:
    given = DEFAULTS[number]
    stage = Stage.objects.create(
        number=number, scope=given.scope, kind=given.kind, work=given.work, importance=given.importance
    )
    stage.version = StageVersion.objects.create(stage=stage, number=1, texts=texts_of(number), **given.version)
    stage.save(update_fields=["version"])
