"""The file that somebody may ask for: made in the background, sealed, there for seven days, each download recorded."""

import base64
import datetime as dt

from django.db import transaction
from django.db.models import F
from django.utils import timezone

from crm.events.actions import record
from crm.lib.sealed import seal, unseal
from crm.privacy.errors import FileGone
from crm.privacy.knock import knock
from crm.privacy.models import AccessFile, DataRequest
from crm.privacy.packing import pack
from crm.staff.models import User

KEPT = dt.timedelta(days=7)
ASKED, MADE, GONE = AccessFile.State.ASKED, AccessFile.State.MADE, AccessFile.State.GONE


@transaction.atomic
def ask_for_file(*, request: DataRequest, at: dt.datetime | None = None) -> AccessFile:
    """Have it made, or made anew."""
    fresh = {"state": ASKED, "sealed": "", "size": 0, "asked_at": at or timezone.now(), "made_at": None, "until": None}
    file, _new = AccessFile.objects.update_or_create(request=request, defaults=fresh)
    transaction.on_commit(knock)
    return file


@transaction.atomic
def make_next(*, now: dt.datetime) -> AccessFile | None:
    """Make one that waits. Who makes it holds its row; another worker takes the next. None: none waits."""
    waiting = AccessFile.objects.filter(state=ASKED, request__customer__erased_at=None)
    file = (
        waiting.select_for_update(skip_locked=True, of=["self"])
        .select_related("request__customer")
        .order_by(F("asked_at"))
        .first()
    )
    if file is None:
        return None
    packed = pack(file.request.customer, now=now)
    file.sealed, file.size = seal({"zip": base64.b64encode(packed).decode()}), len(packed)
    file.state, file.made_at, file.until = MADE, now, now + KEPT
    file.save()
    record("privacy.file_made", subject=file.request, customer_id=file.request.customer_id, at=now, size=file.size)
    return file


@transaction.atomic
def take_file(*, request: DataRequest, by: User, at: dt.datetime | None = None) -> bytes:
    """The ZIP, in clear; recorded. Raises FileGone."""
    at = at or timezone.now()
    file = AccessFile.objects.select_for_update().filter(request=request, state=MADE, until__gt=at).first()
    if file is None:
        raise FileGone
    record("privacy.file_taken", subject=request, customer_id=request.customer_id, by=by, at=at)
    return base64.b64decode(unseal(file.sealed)["zip"])


def forget_files(*, now: dt.datetime) -> int:
    """What was there for seven days is taken away; how many."""
    return AccessFile.objects.filter(state=MADE, until__lte=now).update(state=GONE, sealed="")
