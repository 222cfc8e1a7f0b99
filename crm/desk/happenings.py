"""Events in words: what happened to a case, for its conversation and its history. Facts are ids; names come in here."""

import datetime as dt
from dataclasses import dataclass

from django.utils.functional import Promise, cached_property
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from crm.cases.models import Case
from crm.cases.words import ClockKind, Outcome, Party, Waiting
from crm.events.models import Event
from crm.lib.display import spoken
from crm.staff.models import Division, Skill, Team, User
from crm.timeline.models import Channel

# kind of event: (icon, sentence). %(by)s is who did it; the rest comes from the facts.
WORDS: dict[str, tuple[str, Promise]] = {
    "case.opened": ("plus", gettext_lazy("Case opened, %(channel)s")),
    "case.contacted": ("message-2", gettext_lazy("Contact recorded, %(channel)s")),
    "case.answered": ("send", gettext_lazy("%(by)s answered")),
    "answer.voided": ("ban", gettext_lazy("An answer was taken back or refused: it does not count")),
    "answer.revived": ("repeat", gettext_lazy("A refused answer was sent again: it counts from then")),
    "case.privacy_overridden": ("shield-check", gettext_lazy("%(by)s allowed personal data in public once")),
    "case.privacy_asked": ("shield-check", gettext_lazy("%(by)s asked to answer in public with personal data")),
    "case.privacy_refused": ("ban", gettext_lazy("%(by)s refused personal data in public")),
    "case.noted": ("note", gettext_lazy("%(by)s wrote a note")),
    "case.assigned": ("user-check", gettext_lazy("%(by)s assigned it to %(to)s")),
    "case.taken": ("user-check", gettext_lazy("%(by)s took it")),
    "case.given": ("user-check", gettext_lazy("Given to %(to)s, free the longest of those who fit")),
    "case.claimed": ("user-check", gettext_lazy("%(by)s took it as the next one")),
    "case.taken_back": ("arrow-back-up", gettext_lazy("Taken from %(was)s: the reply could not wait")),
    "case.taken_from_the_absent": ("arrow-back-up", gettext_lazy("Taken from %(was)s, who is away")),
    "case.escalated": ("arrow-up-right", gettext_lazy("%(by)s escalated it to %(party)s")),
    "escalation.accepted": ("circle-check", gettext_lazy("%(by)s accepted it")),
    "escalation.handed_back": ("arrow-back-up", gettext_lazy("%(by)s handed it back")),
    "escalation.reminded": ("bell-ringing", gettext_lazy("%(by)s reminded %(party)s")),
    "case.waiting": ("hourglass", gettext_lazy("Waiting: %(waiting)s")),
    "case.resumed": ("player-play", gettext_lazy("Waiting is over")),
    "case.settled": ("check", gettext_lazy("%(by)s settled it: %(outcome)s")),
    "case.settled_undone": ("arrow-back-up", gettext_lazy("%(by)s took the settling back")),
    "case.assigned_undone": ("arrow-back-up", gettext_lazy("%(by)s took the assigning back")),
    "case.waiting_undone": ("arrow-back-up", gettext_lazy("%(by)s took the waiting back")),
    "case.reopened": ("rotate-clockwise", gettext_lazy("Reopened")),
    "case.closed": ("archive", gettext_lazy("Closed")),
    "case.cancelled": ("ban", gettext_lazy("%(by)s cancelled it")),
    "case.rejected": ("ban", gettext_lazy("%(by)s rejected it")),
    "case.snoozed": ("clock-pause", gettext_lazy("%(by)s hid it from the queue for a while")),
    "case.woken": ("clock-play", gettext_lazy("It is in its queue again")),
    "case.edited": ("pencil", gettext_lazy("%(by)s changed kind, category, place, priority or tags")),
    "case.linked": ("link", gettext_lazy("%(by)s linked another case")),
    "case.merged": ("arrows-join", gettext_lazy("%(by)s merged it with another case")),
    "case.merged_in": ("arrows-join", gettext_lazy("%(by)s merged another case into this one")),
    "case.archived": ("archive", gettext_lazy("Archived with its replay")),
    "case.looked": ("eye", gettext_lazy("%(by)s of another team looked at it")),
    "case.identity_proven": ("shield-check", gettext_lazy("%(by)s: identity proven in private, the handle is theirs")),
    "case.identity_undone": ("unlink", gettext_lazy("%(by)s took the proof of identity back")),
    "case.customer_changed": ("users", gettext_lazy("%(by)s merged two records of the customer, or took them apart")),
    "case.reminded": ("bell", gettext_lazy("The customer was reminded")),
    "case.no_answer_proposed": ("hourglass", gettext_lazy("No answer from the customer: settling proposed")),
    "case.link_made": ("link", gettext_lazy("%(by)s made a link to the status page")),
    "case.link_ended": ("unlink", gettext_lazy("%(by)s revoked the link to the status page")),
    "case.link_seen": ("eye", gettext_lazy("The status page was opened by its link")),
    "promise.made": ("flag", gettext_lazy("%(by)s promised something to the customer")),
    "promise.kept": ("flag", gettext_lazy("%(by)s kept a promise")),
    "promise.broken": ("flag", gettext_lazy("A promise was not kept")),
    "promise.revived": ("flag", gettext_lazy("The answer arrived after all; its promise counts again")),
    "promise.withdrawn": ("flag", gettext_lazy("%(by)s withdrew a promise")),
    "promise.warned": ("flag", gettext_lazy("A promise is due soon")),
    "case.hung": ("affiliate", gettext_lazy("%(by)s hung it on P-%(number)s")),
    "case.taken_off": ("unlink", gettext_lazy("%(by)s took it off P-%(number)s")),
    "case.told": ("phone", gettext_lazy("%(by)s called: the customer knows that it is solved")),
    "policy.applied": ("settings", gettext_lazy("%(by)s applied another SLA policy")),
    "clock.warned": ("alert-triangle", gettext_lazy("%(percent)s %% of the %(clock)s clock used")),
    "clock.breached": ("alarm", gettext_lazy("The %(clock)s deadline passed")),
    "clock.breach_withdrawn": ("circle-check", gettext_lazy("A breach was withdrawn: the answer had come in time")),
    "clock.paused": ("player-pause", gettext_lazy("Clock paused")),
    "clock.resumed": ("player-play", gettext_lazy("Clock runs on")),
    "clock.moved": ("clock", gettext_lazy("Deadline moved on purpose")),
    "breach.reviewed": ("shield-check", gettext_lazy("%(by)s reviewed the breach")),
    "breach.signed": ("signature", gettext_lazy("%(by)s signed the review off")),
    "breach.sent_back": ("arrow-back-up", gettext_lazy("%(by)s sent the review back with a question")),
    "breach.asked": ("message-2", gettext_lazy("%(by)s asked for an account of the breach")),
    "breach.account_given": ("message-2", gettext_lazy("%(by)s gave an account of the breach")),
    "breach.action_done": ("check", gettext_lazy("%(by)s did what was to be changed after the breach")),
    "breach.action_moved": ("calendar-time", gettext_lazy("%(by)s gave the corrective action another owner or date")),
    "breach.action_overdue": ("clock-exclamation", gettext_lazy("The corrective action is overdue")),
    "clock.rebuilt": ("history", gettext_lazy("Reply clocks counted again: a message arrived late")),
}

SHOWN_IN_THREAD = frozenset(WORDS) - {
    "case.contacted", "case.answered", "case.noted", "case.opened", "case.looked", "case.link_made", "case.link_seen",
    "promise.warned", "clock.warned", "clock.paused", "clock.resumed", "clock.rebuilt",
    "breach.reviewed", "breach.signed",
    "breach.sent_back", "breach.asked", "breach.account_given", "breach.action_done", "breach.action_moved",
    "breach.action_overdue",
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
    why: str = ""  # of a case that was handed out: who else was considered

    @property
    def is_breach(self) -> bool:
        return self.kind == "clock.breached"


class Names:
    """Names behind the ids in facts. Each table is read once, and only when an event asks."""

    def __init__(self, events: list[Event]) -> None:
        self._ids = {event.actor_id for event in events} | {event.facts.get("assignee") for event in events}
        self._ids |= {event.facts.get("was") for event in events if event.kind == "case.taken_back"}

    @cached_property
    def people(self) -> dict[int, str]:
        return (
            dict(User.objects.filter(pk__in=self._ids - {None}).values_list("pk", "name")) if self._ids - {None} else {}
        )

    @cached_property
    def teams(self) -> dict[int, str]:
        return {team.pk: str(team) for team in Team.objects.all()}

    @cached_property
    def skills(self) -> dict[int, str]:
        return {skill.pk: str(skill) for skill in Skill.objects.all()}

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
    icon, sentence = WORDS.get(_told_as(event), ("info-circle", event.kind))
    by = names.people.get(event.actor_id, "") if event.actor_id else ""
    facts = {"by": by or _("The system"), **_said(event.facts, names)}
    said = str(sentence) % _Known(facts)
    return Happening(event.pk, event.kind, event.at, icon, said, why_given(event.facts, names))


def _told_as(event: Event) -> str:
    """An assignment reads by its reason; whoever gave it to themselves took it."""
    why = event.facts.get("why")
    if event.kind == "case.taken_back":
        return "case.taken_from_the_absent" if why == "away" else event.kind
    if event.kind != "case.assigned":
        return event.kind
    if why in ("automatic", "claimed"):
        return "case.given" if why == "automatic" else "case.claimed"
    return "case.taken" if event.actor_id and event.facts.get("assignee") == event.actor_id else event.kind


def why_given(facts: dict, names: Names) -> str:
    """Who else was considered, in numbers, narrowing down; empty where nobody was."""
    found = facts.get("considered")
    if not found:
        return ""
    parts = [_("%(available)s of %(people)s available") % found]
    if facts.get("skill"):
        parts.append(_("%(skilled)s with %(skill)s") % {**found, "skill": names.skills.get(facts["skill"], "–")})
    parts.append(_("%(room)s with room") % found)
    parts.append(_("free for %(time)s") % {"time": spoken(facts.get("free_seconds", 0))})
    return " · ".join(parts)


def _said(facts: dict, names: Names) -> dict[str, object]:
    """Codes of facts in words."""
    return {
        "channel": _word(Channel, facts.get("channel")),
        "to": _receiver(facts, names),
        "was": names.people.get(facts["was"], "") if isinstance(facts.get("was"), int) else "",
        "party": names.divisions.get(facts["division"], "")
        if facts.get("division")
        else _word(Party, facts.get("party")),
        "waiting": _word(Waiting, facts.get("waiting_for")),
        "outcome": _word(Outcome, facts.get("outcome")),
        "clock": CLOCKS.get(str(facts.get("kind")), ""),
        "percent": facts.get("percent", ""),
        "number": facts.get("number", ""),
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
