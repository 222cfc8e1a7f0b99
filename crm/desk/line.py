"""One line as its page shows it: masked, with its life as a track and what happened to it in words."""

from dataclasses import dataclass
from typing import Any

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from crm.customers.lines.queries import PREPAID_MOST, prepaid_numbers
from crm.customers.lines.states import next_states, path
from crm.customers.masking import mask_msisdn
from crm.customers.models import Subscription
from crm.events.models import Event
from crm.staff.models import User

SHOWN = 30
WORDS: dict[str, Promise] = {
    "line.added": _("The line was added"),
    "line.surveyed": _("The address was surveyed"),
    "line.installed": _("It was installed"),
    "line.activated": _("It was activated"),
    "line.restored": _("It works again"),
    "line.renewed": _("It was prolonged"),
    "line.overdue": _("A bill is overdue"),
    "line.suspended": _("It was suspended (isolir)"),
    "line.in_grace": _("The active period ran out: grace"),
    "line.blocked": _("It was blocked"),
    "line.removed": _("It was removed"),
    "line.recycled": _("The number was recycled"),
    "line.number_changed": _("It got another number"),
    "line.owner_changed": _("It got another owner"),
    "line.user_changed": _("It got another user"),
    "line.registration": _("The registration changed"),
}


@dataclass(frozen=True)
class Step:
    """One state on the track: passed, now, or still to come."""

    name: str
    when: str


def track(line: Subscription) -> list[Step]:
    states = path(postpaid=line.postpaid)
    here = states.index(line.state) if line.state in states else -1
    return [Step(str(Subscription.State(one).label), _when(place, here)) for place, one in enumerate(states)]


def _when(place: int, here: int) -> str:
    return "now" if place == here else "past" if place < here else "next"


def picture_of(line: Subscription) -> dict[str, Any]:
    changes = [(mask_msisdn(one.old), mask_msisdn(one.new), one) for one in line.number_changes.select_related("by")]
    numbers = prepaid_numbers(line.customer)
    return {
        "line": line, "number": mask_msisdn(line.msisdn), "track": track(line), "changes": changes,
        "goes": bool(next_states(line.state, postpaid=line.postpaid)),
        "orders": line.orders.order_by("-created_at", "-pk")[:SHOWN], "told": told(line),
        "prepaid_numbers": numbers, "prepaid_most": PREPAID_MOST, "too_many": numbers > PREPAID_MOST,
    }  # fmt: skip


def told(line: Subscription) -> list[tuple[Event, Promise, str]]:
    """The newest first, with who did it; nobody: a system."""
    found = Event.objects.filter(subject_type="subscription", subject_id=line.pk, kind__in=WORDS)
    events = list(found.order_by("-id")[:SHOWN])
    names = dict(User.objects.filter(pk__in={one.actor_id for one in events} - {None}).values_list("pk", "name"))
    return [(one, WORDS[one.kind], names.get(one.actor_id or 0, "")) for one in events]
