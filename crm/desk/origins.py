"""Tells the outbox which case a message belongs to."""

from django.urls import reverse

from crm.cases.models import CaseInteraction
from crm.messaging.models import Message
from crm.messaging.origins import Origin


def cases_of(messages: list[Message]) -> dict[int, Origin]:
    by_interaction = {message.interaction_id: message.pk for message in messages if message.interaction_id}
    entries = CaseInteraction.objects.filter(interaction__in=by_interaction).select_related("case")
    return {by_interaction[entry.interaction_id]: _origin(entry) for entry in entries}


def _origin(entry: CaseInteraction) -> Origin:
    return Origin(f"#{entry.case.number}", reverse("desk:case", args=[entry.case.number]))
