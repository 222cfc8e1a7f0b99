"""Asking a supervisor: one text with personal data, in public, allowed once by somebody else with a reason."""

import datetime as dt
from collections.abc import Iterable

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from crm.cases.actions import add_note, answer_case
from crm.cases.actions.answering import check_seen
from crm.cases.errors import CaseError, NothingToSend, ReasonMissing, SaidMeanwhile
from crm.cases.models import Case
from crm.customers import personal_data
from crm.desk.canned.fields import fields_in
from crm.desk.composer import Road
from crm.desk.drafts import draft_of, drop_draft
from crm.desk.models import Ask
from crm.events.actions import record
from crm.messaging.models import Message
from crm.staff.models import User
from crm.timeline.models import Interaction


class FieldsOpen(CaseError):
    """A canned reply's {field} would reach the customer as it stands there."""

    code = "fields_open"
    sentence = _("Fill in %(fields)s first, or take it out.")

    def __init__(self, fields: Iterable[str]) -> None:
        super().__init__(self.sentence % {"fields": ", ".join(f"{{{name}}}" for name in fields)})


class AskDecided(CaseError):
    code = "ask_decided"
    sentence = _("This was decided meanwhile, or asked anew. Open it again.")


@transaction.atomic
def ask_for(
    *, case: Case, by: User, text: str, road: Road, seen: int | None = None, at: dt.datetime | None = None
) -> Ask:
    """Ask for one text; asked again, the newer text counts. Raises NothingToSend, FieldsOpen."""
    if not text.strip():
        raise NothingToSend
    if open_fields := fields_in(text):
        raise FieldsOpen(open_fields)
    at = at or timezone.now()
    values = {"text": text, "road": road.value, "seen": seen, "at": at}
    ask, _new = Ask.objects.open().update_or_create(case=case, by=by, defaults=values)
    record("case.privacy_asked", subject=case, customer_id=case.customer_id, by=by, at=at, ask=ask.pk)
    return ask


@transaction.atomic
def allow(
    *, ask: Ask, by: User, reason: str, road: Road, masked: bool, past: int = 0, at: dt.datetime | None = None
) -> Message:
    """Send it as asked, in the asker's name, `masked`: its personal data blotted out. The reason stays with the case.

    `past` is the newest contact that the supervisor was shown and decided to write past. Raises AskDecided,
    ReasonMissing, and what answering raises: SaidMeanwhile when something came since it was written.
    """
    ask = _locked(ask)
    if not reason.strip():
        raise ReasonMissing
    text = personal_data.hidden(ask.text) if masked else ask.text
    message = answer_case(
        case=ask.case, text=text, by=ask.by, channel=road.channel, recipient=road.recipient, is_public=True,
        override_reason=reason, overridden_by=by, key=f"ask-{ask.pk}", at=at,
        seen=None if ask.seen is None else max(ask.seen, past),
    )  # fmt: skip
    draft = draft_of(ask.by, ask.case)
    if draft is not None and draft.text == ask.text:
        drop_draft(user=ask.by, case=ask.case)
    _decide(ask, by=by, allowed=True, at=at)
    return message


def news_of(ask: Ask) -> list[Interaction]:
    """What the customer or a colleague said that its writer had not before them."""
    try:
        check_seen(ask.case, ask.seen, by=ask.by)
    except SaidMeanwhile as said:
        return said.news
    return []


@transaction.atomic
def refuse(*, ask: Ask, by: User, reason: str, at: dt.datetime | None = None) -> None:
    """It does not go out; the asker reads why in a note, and has the draft still. Raises AskDecided, ReasonMissing."""
    ask = _locked(ask)
    if not reason.strip():
        raise ReasonMissing
    add_note(case=ask.case, text=reason.strip(), by=by, at=at)
    _decide(ask, by=by, allowed=False, at=at)


def _locked(ask: Ask) -> Ask:
    """The case before the ask, as every act takes the two; of two who decide at once one does."""
    Case.objects.select_for_update(no_key=True).get(pk=ask.case_id)
    found = Ask.objects.open().select_for_update(of=("self",)).select_related("case", "by").filter(pk=ask.pk).first()
    if found is None or found.at != ask.at:
        raise AskDecided
    return found


def _decide(ask: Ask, *, by: User, allowed: bool, at: dt.datetime | None) -> None:
    ask.decided_by, ask.decided_at, ask.allowed, ask.text = by, at or timezone.now(), allowed, ""
    ask.save()
    kind = "case.privacy_allowed" if allowed else "case.privacy_refused"
    record(
        kind, subject=ask.case, customer_id=ask.case.customer_id, by=by, at=ask.decided_at, ask=ask.pk, asker=ask.by_id
    )
