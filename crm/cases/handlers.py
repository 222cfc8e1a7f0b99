"""News from the rooms below."""

from crm.cases.actions.answering import void_answer
from crm.events.models import Event
from crm.timeline.models import Interaction


def answer_was_refused(event: Event) -> None:
    """A channel refused an answer for good: as if it had never been given (domain.md §2). Twice changes nothing."""
    interaction = Interaction.objects.filter(pk=event.facts.get("interaction"), in_case__isnull=False).first()
    if interaction is not None:
        void_answer(interaction=interaction, reason="refused")
