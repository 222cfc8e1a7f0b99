"""News from the rooms below."""

from crm.cases.actions.answering import revive_answer, void_answer
from crm.events.models import Event
from crm.timeline.models import Interaction

KINDS = ("message.failed", "message.sent")


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
