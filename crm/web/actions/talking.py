"""What whoever holds a link can do with its case: write, say that it is solved, say that it is not."""

from collections.abc import Sequence

from django.db import transaction
from django.utils import translation
from django.utils.translation import gettext as _

from crm.cases.actions import add_interaction, reopen_case, settle_case
from crm.cases.actions.locking import lock_case
from crm.cases.models import Case
from crm.cases.words import Outcome
from crm.events.origin import through
from crm.timeline.attachments import keep_or_note
from crm.timeline.models import Channel, Direction, Interaction
from crm.web.links import case_behind
from crm.web.models import StatusLink

Files = Sequence[tuple[str, bytes]]


@transaction.atomic
def add_message(*, link: StatusLink, text: str, nonce: str, files: Files = ()) -> Interaction:
    """One more message of the customer; reopens what was settled. The same page sent twice is one message.

    Raises CaseEnded for a closed case.
    """
    case = lock_case(case_behind(link))
    known = said_before(nonce)
    return known or write(case, text=text, external_id=nonce, files=files, conversation=link.case.conversation)


def said_before(external_id: str) -> Interaction | None:
    return Interaction.objects.filter(channel=Channel.WEB, account="", external_id=external_id).first()


def write(case: Case, *, text: str, external_id: str, files: Files, conversation: str) -> Interaction:
    interaction = add_interaction(
        case=case, direction=Direction.IN, channel=Channel.WEB, text=text, external_id=external_id,
        conversation=conversation,
    )  # fmt: skip
    keep_files(interaction, files)
    return interaction


def keep_files(interaction: Interaction, files: Files) -> None:
    for name, content in files:
        keep_or_note(content=content, name=name, interaction=interaction)


def call_solved(*, link: StatusLink) -> Case:
    """The customer says so. Raises FirstReplyMissing, IllegalTransition."""
    with translation.override("id"):  # the house's language: colleagues read it
        said = _("Called solved by the customer on the status page.")
    with through(link=link.pk):
        return settle_case(case=case_behind(link), outcome=Outcome.SOLVED, by=None, text=said)


def call_unsolved(*, link: StatusLink) -> Case:
    """The customer says that what we settled is not. Raises IllegalTransition."""
    with translation.override("id"):
        said = _("Called unsolved by the customer on the status page.")
    with through(link=link.pk):
        return reopen_case(case=case_behind(link), by=None, reason=said)
