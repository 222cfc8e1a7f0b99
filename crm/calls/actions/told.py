"""What all verbs share: lock, event, contact in the timeline. Facts are ids and codes, never what was said."""

import datetime as dt
from typing import Any

from django.utils.translation import gettext as _

from crm.calls.models import Call
from crm.calls.words import CallState
from crm.events.actions import record
from crm.timeline.models import Channel, Direction, Interaction


def lock(call: Call) -> Call:
    """A fresh, locked copy."""
    locked: Call = Call.objects.select_for_update(no_key=True).get(pk=call.pk)
    return locked


def tell(kind: str, call: Call, /, *, by: Any = None, at: dt.datetime | None = None, **facts: Any) -> None:
    """`agent` and `was` are whose screens show the call, or did: live updates read them."""
    record(kind, subject=call, customer_id=call.customer_id, by=by, at=at, agent=call.agent_id, **facts)


def put_in_timeline(call: Call) -> None:
    """Once it is over and we know whose it is, a call stands in their timeline; missed ones, too."""
    if call.customer is None or call.state != CallState.ENDED:
        return
    facts: dict[str, Any] = {
        "customer": call.customer, "staff": call.agent, "at": call.answered_at or call.began_at,
        "subject": str(call.reason or (_("Missed call") if call.is_missed else "")), "text": text_of(call),
    }  # fmt: skip
    if call.interaction is None:
        call.interaction = Interaction.objects.create(channel=Channel.CALL, direction=Direction.IN, **facts)
    elif call.case_id is None:
        Interaction.objects.filter(pk=call.interaction.pk).update(**facts)


def text_of(call: Call) -> str:
    return "\n".join(filter(None, (call.note, call.next_step)))
