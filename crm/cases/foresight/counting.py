"""Some cases of a preview at once: read, judged again, added up."""

from collections import Counter
from collections.abc import Callable, Sequence
from typing import Any
from zoneinfo import ZoneInfo

from django.db.models import Q

from crm.cases.foresight.lives import CASE, Life, lives
from crm.cases.foresight.recount import Judge, Recounted
from crm.cases.foresight.tally import Tallier
from crm.cases.foresight.terms import PAUSES, Terms
from crm.cases.models import Case, Category, PolicyPreview, PreviewChange, SlaPolicy
from crm.cases.policies import rules_of
from crm.cases.queries import CaseQuerySet

Rows = list[tuple[Any, ...]]


def opened_within(preview: PolicyPreview) -> CaseQuerySet:
    return Case.objects.live().filter(
        opened_at__gte=preview.since, opened_at__lt=preview.until, opened_at__lte=preview.at
    )


def next_rows(preview: PolicyPreview, number: int) -> Rows:
    """The next cases, newest first: the order of the index."""
    found = opened_within(preview)
    if preview.cursor_at is not None:
        same = Q(opened_at=preview.cursor_at, pk__lt=preview.cursor_id)
        found = found.filter(Q(opened_at__lt=preview.cursor_at) | same, opened_at__lte=preview.cursor_at)
    return list(found.order_by("-opened_at", "-pk").values_list(*CASE)[:number])


def count(preview: PolicyPreview, rows: Sequence[tuple[Any, ...]]) -> tuple[Counter[str], list[PreviewChange]]:
    draft = Terms.read(preview.terms).rules()
    judge = Judge(rules_of, draft, lineages(), preview.at)
    tallier, changes = Tallier(ZoneInfo(preview.time_zone)), []
    for life in lives(rows, with_waits=any_pauses(draft.policy)):
        tallier.add_case(life)
        for one in judge.recount(life):
            tallier.add(life, one)
            if one.was.verdict != one.then.verdict:
                changes.append(change(preview, life, one))
    return tallier.counts, changes


def any_pauses(draft: SlaPolicy) -> bool:
    """Is there a policy that minds waiting? Else nobody reads when cases waited."""
    pausing = Q()
    for field in PAUSES.values():
        pausing |= Q(**{field: True})
    published = SlaPolicy.objects.filter(pausing, published_at__isnull=False)
    return any(getattr(draft, field) for field in PAUSES.values()) or published.exists()


def lineages() -> Callable[[int | None], tuple[int, ...]]:
    """From a category up to its root, nearest first."""
    parents = dict(Category.objects.values_list("pk", "parent_id"))
    known: dict[int | None, tuple[int, ...]] = {None: ()}

    def lineage(category: int | None) -> tuple[int, ...]:
        if category not in known:
            known[category] = (category, *lineage(parents.get(category)))  # type: ignore[arg-type]
        return known[category]

    return lineage


def change(preview: PolicyPreview, life: Life, one: Recounted) -> PreviewChange:
    return PreviewChange(
        preview=preview, case_id=life.id, clock_id=one.clock.id, kind=one.clock.kind, turn=one.clock.turn,
        was=one.was.verdict, then=one.then.verdict, due_was=one.was.due_at, due_then=one.then.due_at,
        stopped_at=one.clock.stopped_at, channel=life.channel, team_id=life.team_id, category_id=life.category_id,
    )  # fmt: skip
