"""Drafts of a policy: begun as a copy of the newest version, saved as a whole, thrown away."""

import datetime as dt

from django.db import IntegrityError, transaction
from django.db.models import Max
from django.utils import timezone

from crm.cases.errors import DraftMoved, PolicyPublished
from crm.cases.foresight.terms import Terms
from crm.cases.models import LadderStep, SlaPolicy, SlaTarget
from crm.events.actions import record
from crm.staff.models import User


def draft_policy(*, by: User, at: dt.datetime | None = None) -> SlaPolicy:
    """The open draft, or a new one: a copy of the version in force. There is one at a time."""
    try:
        return SlaPolicy.objects.filter(published_at=None).first() or _begin(by, at or timezone.now())
    except IntegrityError:  # somebody began one at the same moment
        return SlaPolicy.objects.get(published_at=None)


@transaction.atomic
def _begin(by: User, at: dt.datetime) -> SlaPolicy:
    newest = SlaPolicy.objects.filter(published_at__isnull=False).order_by("-version").first()
    terms = Terms.of(newest) if newest else Terms({}, {("", None, "", ""): (900, 259_200)}, {})
    version = (SlaPolicy.objects.aggregate(last=Max("version"))["last"] or 0) + 1
    draft = SlaPolicy.objects.create(version=version, drafted_by=by, drafted_at=at, created_at=at, **terms.fields)
    _fill(draft, terms)
    record("policy.drafted", subject=draft, by=by, at=at, version=version)
    return draft


@transaction.atomic
def save_draft(
    *, policy: SlaPolicy, terms: Terms, note: str, seen: str, by: User, at: dt.datetime | None = None
) -> SlaPolicy:
    """Put `terms` in place of what the draft held. `seen` is the draft's `stamp` that the writer began from: raises
    DraftMoved when another saved meanwhile, PolicyPublished when it is a draft no more."""
    draft = _locked(policy)
    if draft.stamp != seen:
        raise DraftMoved
    draft.targets.all().delete()
    draft.ladder.all().delete()
    _fill(draft, terms)
    for name, value in terms.fields.items():
        setattr(draft, name, value)
    draft.note, draft.drafted_by, draft.drafted_at = note, by, at or timezone.now()
    draft.save()
    record("policy.saved", subject=draft, by=by, at=draft.drafted_at, version=draft.version)
    return draft


@transaction.atomic
def discard_draft(*, policy: SlaPolicy, by: User, at: dt.datetime | None = None) -> None:
    """Throw the draft away, with its previews. Raises PolicyPublished."""
    draft = _locked(policy)
    record("policy.discarded", subject=draft, by=by, at=at, version=draft.version)
    draft.delete()


def _locked(policy: SlaPolicy) -> SlaPolicy:
    draft = SlaPolicy.objects.select_for_update().filter(pk=policy.pk, published_at=None).first()
    if draft is None:
        raise PolicyPublished
    return draft


def _fill(draft: SlaPolicy, terms: Terms) -> None:
    parts: list[tuple[type, list]] = [(SlaTarget, terms.rows()), (LadderStep, terms.steps())]
    for model, rows in parts:
        for row in rows:
            row.policy = draft
        model.objects.bulk_create(rows)  # type: ignore[attr-defined]
