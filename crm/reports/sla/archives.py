"""Which replayed archives there are."""

import datetime as dt

from django.db.models import Max, Min, QuerySet

from crm.reports.sla.filters import ARCHIVE_MARGIN, Archive
from social.models import Account


def archives() -> QuerySet[Account]:
    """Accounts with a replayed archive, each with the times of its first and last row."""
    held = Account.objects.filter(posts__is_archive=True, posts__taken_at__isnull=False)
    return held.annotate(first_at=Min("posts__at"), last_at=Max("posts__at"))


def archive_of(account: str, network: str = "", *, margin: dt.timedelta = ARCHIVE_MARGIN) -> Archive | None:
    """The archive of this handle in any case; None where nothing of it was replayed."""
    named = archives().filter(handle__iexact=account.strip().lstrip("@"))
    found = (named.filter(network=network) if network else named).first()
    return Archive(found.network, found.handle, found.last_at, margin) if found else None  # type: ignore[attr-defined]
