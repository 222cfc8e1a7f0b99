"""Drafts: what somebody was writing survives a closed tab, another screen, a lost connection."""

from django.utils import timezone

from crm.cases.models import Case
from crm.desk.models import Draft
from crm.staff.models import User


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


def bring_back(*, user: User, case: Case, text: str, way: str) -> None:
    """An undone answer becomes a draft again, unless something newer is being written."""
    values = {"way": way, "text": text}
    Draft.objects.get_or_create(user=user, case=case, defaults=values)
