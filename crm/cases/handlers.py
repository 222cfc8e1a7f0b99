"""News from the rooms below."""

from crm.cases.actions.answering import revive_answer, void_answer
from crm.cases.actions.assigning import assign_case
from crm.cases.errors import IllegalTransition
from crm.cases.models import Case
from crm.events.models import Event
from crm.timeline.models import Interaction

KINDS = ("message.failed", "message.sent")
GONE = ("staff.deactivated",)


def answer_ended(event: Event) -> None:
    """What became of an answer that left. In the order of the events; twice the same changes nothing."""
    interaction = Interaction.objects.filter(pk=event.facts.get("interaction"), in_case__isnull=False).first()
    if interaction is None:
        return
    if event.kind == "message.failed":
        # A channel refused it for good: as if it had never been given (domain.md §2).
        void_answer(interaction=interaction, reason="refused")
    elif interaction.voided_at is not None:
        revive_answer(interaction=interaction, at=event.at)


def give_back_cases(event: Event) -> None:
    """Whoever left works on nothing: their running cases are the team's unassigned again, where they are seen."""
    for case in Case.objects.running().filter(assignee_id=event.subject_id).order_by("pk"):
        try:
            assign_case(case=case, assignee=None, by=None, version=case.version)
        except IllegalTransition:  # settled meanwhile
            continue
