"""What was done with a connection, in words: its events, for its history."""

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from crm.events.models import Event
from crm.messaging.channels import Adapter
from crm.messaging.words import in_words as reason_in_words
from crm.staff.models import User

DEEDS = {
    "connection.added": ("plus", gettext_lazy("Connected")),
    "connection.switched_on": ("player-play", gettext_lazy("Switched on")),
    "connection.switched_off": ("circle-minus", gettext_lazy("Switched off")),
}


@dataclass(frozen=True)
class Deed:
    icon: str
    what: str
    by: str
    at: dt.datetime


def in_words(events: Iterable[Event], adapter: Adapter | None) -> list[Deed]:
    listed = list(events)
    people = User.objects.in_bulk({event.actor_id for event in listed if event.actor_id})
    labels = {"name": _("Name")} | {field.name: str(field.label) for field in (adapter.fields if adapter else ())}
    return [Deed(*_said(event, labels), str(people.get(event.actor_id, "")), event.at) for event in listed]


def _said(event: Event, labels: dict[str, str]) -> tuple[str, str]:
    if event.kind in DEEDS:
        icon, words = DEEDS[event.kind]
        return icon, str(words)
    if event.kind == "connection.changed":
        names = ", ".join(labels.get(name, name) for name in event.facts["fields"])
        return "pencil", _("Changed: %(names)s") % {"names": names}
    return _tried(event)


def _tried(event: Event) -> tuple[str, str]:
    """A check or a test, and how it ended."""
    if fault := event.facts.get("fault"):
        words = _("Checked: %(fault)s") if event.kind == "connection.checked" else _("Test not sent: %(fault)s")
        return "alert-triangle", words % {"fault": reason_in_words(fault)}
    return "circle-check", _("Checked: works") if event.kind == "connection.checked" else _("Test sent")
