"""Drafts: what somebody was writing survives a closed tab, another screen, a lost connection."""

import datetime as dt
from collections.abc import Collection

from django.db.models import F
from django.utils import timezone

from crm.cases.models import Case, Promise
from crm.desk.models import Draft
from crm.staff.models import User

WRITING = dt.timedelta(minutes=2)  # since a draft was last kept


def keep_draft(*, user: User, case: Case, text: str, way: str, channel: str = "") -> Draft | None:
    """Keep what is typed now. An empty text drops the draft."""
    if not text.strip():
        drop_draft(user=user, case=case)
        return None
    values = {"way": way, "channel": channel, "text": text, "saved_at": timezone.now()}
    draft, _new = Draft.objects.update_or_create(user=user, case=case, defaults=values)
    return draft


def draft_of(user: User, case: Case) -> Draft | None:
    return Draft.objects.filter(user=user, case=case).first()


def drop_draft(*, user: User, case: Case) -> None:
    Draft.objects.filter(user=user, case=case).delete()


def bring_back(
    *, user: User, case: Case, text: str, way: str, channel: str = "", promise: Promise | None = None
) -> None:
    """An undone answer becomes a draft again, its promise too, unless something newer is being written."""
    values: dict[str, object] = {"way": way, "text": text, "channel": channel}
    if promise is not None:
        values |= {"promise": promise.text, "promise_due_at": promise.due_at}
    Draft.objects.get_or_create(user=user, case=case, defaults=values)


def being_written(cases: Collection[Case], at: dt.datetime) -> set[int]:
    """Of these cases, those whose assignee is writing an answer just now: nobody takes such a case away."""
    fresh = Draft.objects.filter(case__in=cases, user=F("case__assignee"), saved_at__gte=at - WRITING)
    return set(fresh.values_list("case_id", flat=True))
