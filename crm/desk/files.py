"""Files of an answer that is being written: uploaded at once, in the composer until they are sent or removed."""

from django.db import transaction
from django.db.models import QuerySet
from django.utils.translation import gettext as _

from crm.cases.models import Case
from crm.desk.models import DraftFile
from crm.staff.models import User
from crm.timeline.attachments import KINDS, BadFile, keep_file
from crm.timeline.loose import discard
from crm.timeline.models import Attachment

MOST = 10
# What the browser's file chooser offers; the server judges by the bytes.
TAKES = ",".join([*KINDS, *(ending for endings in KINDS.values() for ending in endings)])


def draft_files(user: User, case: Case) -> QuerySet[Attachment]:
    """What this person has uploaded for their answer in this case and not sent."""
    return Attachment.objects.filter(draft__user=user, draft__case=case, interaction=None)


@transaction.atomic
def keep_draft_file(*, user: User, case: Case, content: bytes, name: str) -> Attachment:
    """Raises BadFile, and keeps nothing."""
    if draft_files(user, case).count() >= MOST:
        raise BadFile("too_many", _("An answer takes %(most)d files at most. Remove one first.") % {"most": MOST})
    kept = keep_file(content=content, name=name, by=user)
    DraftFile.objects.create(attachment=kept, user=user, case=case)
    return kept


@transaction.atomic
def remove_draft_file(*, user: User, case: Case, pk: int) -> None:
    """Before it is sent. Removing what is not there any more changes nothing."""
    found = draft_files(user, case).select_for_update(of=["self"]).filter(pk=pk).first()
    if found is not None:
        discard(found)
