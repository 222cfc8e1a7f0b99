"""Events in words: what happened to a case, for its conversation and its history. Facts are ids; names come in here."""

import datetime as dt
from dataclasses import dataclass

from django.utils.functional import Promise, cached_property
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from crm.cases.models import Case
from crm.cases.words import ClockKind, Outcome, Party, Waiting
from crm.events.models import Event
from crm.staff.models import Division, Team, User
from crm.timeline.models import Channel

# kind of event: (icon, sentence). %(by)s is who did it; the rest comes from the facts.
WORDS: dict[str, tuple[str, Promise]] = {
    "case.opened": ("plus", gettext_lazy("Case opened, %(channel)s")),
    "case.contacted": ("message-2", gettext_lazy("Contact recorded, %(channel)s")),
    "case.answered": ("send", gettext_lazy("%(by)s answered")),
    "answer.voided": ("ban", gettext_lazy("An answer was taken back or refused: it does not count")),
    "answer.revived": ("repeat", gettext_lazy("A refused answer was sent again: it counts from then")),
    "case.privacy_overridden": ("shield-check", gettext_lazy("%(by)s allowed personal data in public once")),
    "case.noted": ("note", gettext_lazy("%(by)s wrote a note")),
    "case.assigned": ("user-check", gettext_lazy("%(by)s assigned it to %(to)s")),
    "case.taken": ("user-check", gettext_lazy("%(by)s took it")),
    "case.escalated": ("arrow-up-right", gettext_lazy("%(by)s escalated it to %(party)s")),
    "escalation.accepted": ("circle-check", gettext_lazy("%(by)s accepted it")),
    "escalation.handed_back": ("arrow-back-up", gettext_lazy("%(by)s handed it back")),
    "case.waiting": ("hourglass", gettext_lazy("Waiting: %(waiting)s")),
    "case.resumed": ("player-play", gettext_lazy("Waiting is over")),
    "case.settled": ("check", gettext_lazy("%(by)s settled it: %(outcome)s")),
    "case.reopened": ("rotate-clockwise", gettext_lazy("Reopened")),
    "case.closed": ("archive", gettext_lazy("Closed")),
    "case.cancelled": ("ban", gettext_lazy("%(by)s cancelled it")),
    "case.rejected": ("ban", gettext_lazy("%(by)s rejected it")),
    "case.edited": ("pencil", gettext_lazy("%(by)s changed kind, category, priority or tags")),
    "case.linked": ("link", gettext_lazy("%(by)s linked another case")),
    "case.merged": ("arrows-join", gettext_lazy("%(by)s merged it with another case")),
    "case.merged_in": ("arrows-join", gettext_lazy("%(by)s merged another case into this one")),
    "case.archived": ("archive", gettext_lazy("Archived with its replay")),
    "case.looked": ("eye", gettext_lazy("%(by)s of another team looked at it")),
    "case.reminded": ("bell", gettext_lazy("The customer was reminded")),
    "case.no_answer_proposed": ("hourglass", gettext_lazy("No answer from the customer: settling proposed")),
    "policy.applied": ("settings", gettext_lazy("%(by)s applied another SLA policy")),
    "clock.warned": ("alert-triangle", gettext_lazy("%(percent)s %% of the %(clock)s clock used")),
    "clock.breached": ("alarm", gettext_lazy("The %(clock)s deadline passed")),
    "clock.breach_withdrawn": ("circle-check", gettext_lazy("A breach was withdrawn: the answer had come in time")),
    "clock.paused": ("player-pause", gettext_lazy("Clock paused")),
    "clock.resumed": ("player-play", gettext_lazy("Clock runs on")),
    "clock.moved": ("clock", gettext_lazy("Deadline moved on purpose")),
    "clock.rebuilt": ("history", gettext_lazy("Reply clocks counted again: a message arrived late")),
}

SHOWN_IN_THREAD = frozenset(WORDS) - {
    "case.contacted", "case.answered", "case.noted", "case.opened", "case.looked", "clock.warned",
    "clock.paused", "clock.resumed", "clock.rebuilt",
}  # fmt: skip

CLOCKS: dict[str, Promise] = {
    ClockKind.RESPONSE: gettext_lazy("reply"),
    ClockKind.RESOLUTION: gettext_lazy("settlement"),
}


@dataclass(frozen=True)
class Happening:
    pk: int
    kind: str
    at: dt.datetime
    icon: str
    said: str

    @property
    def is_breach(self) -> bool:
        return self.kind == "clock.breached"


class Names:
    """Names behind the ids in facts. Each table is read once, and only when an event asks."""

    def __init__(self, events: list[Event]) -> None:
        self._ids = {event.actor_id for event in events} | {event.facts.get("assignee") for event in events}

    @cached_property
    def people(self) -> dict[int, str]:
        return (
            dict(User.objects.filter(pk__in=self._ids - {None}).values_list("pk", "name")) if self._ids - {None} else {}
        )

    @cached_property
    def teams(self) -> dict[int, str]:
        return {team.pk: str(team) for team in Team.objects.all()}

    @cached_property
    def divisions(self) -> dict[int, str]:
        return {division.pk: str(division) for division in Division.objects.all()}


def happenings(case: Case, kinds: frozenset[str] | None = None) -> list[Happening]:
    """What happened to the case, oldest first."""
    events = Event.objects.filter(subject_type="case", subject_id=case.pk).order_by("id")
    found = list(events.filter(kind__in=kinds) if kinds is not None else events)
    names = Names(found)
    return [in_words(event, names) for event in found]


def in_words(event: Event, names: Names) -> Happening:
    taken = event.kind == "case.assigned" and event.actor_id and event.facts.get("assignee") == event.actor_id
    icon, sentence = WORDS.get("case.taken" if taken else event.kind, ("info-circle", event.kind))
    by = names.people.get(event.actor_id, "") if event.actor_id else ""
    facts = {"by": by or _("The system"), **_said(event.facts, names)}
    return Happening(event.pk, event.kind, event.at, icon, str(sentence) % _Known(facts))


def _said(facts: dict, names: Names) -> dict[str, object]:
    """Codes of facts in words."""
    return {
        "channel": _word(Channel, facts.get("channel")),
        "to": _receiver(facts, names),
        "party": names.divisions.get(facts["division"], "")
        if facts.get("division")
        else _word(Party, facts.get("party")),
        "waiting": _word(Waiting, facts.get("waiting_for")),
        "outcome": _word(Outcome, facts.get("outcome")),
        "clock": CLOCKS.get(str(facts.get("kind")), ""),
        "percent": facts.get("percent", ""),
    }


def _receiver(facts: dict, names: Names) -> str:
    if facts.get("assignee"):
        return names.people.get(facts["assignee"], "")
    return names.teams.get(facts["team"], "") if facts.get("team") else _("nobody")


def _word(words: type, code: object) -> str:
    return str(dict(words.choices).get(str(code), code or ""))  # type: ignore[attr-defined]


class _Known(dict):
    """A fact that an older event lacks is left blank."""

    def __missing__(self, key: str) -> str:
        return ""
