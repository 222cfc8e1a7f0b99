"""What happened to a problem, in words: its events, the newest first."""

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy, ngettext

from crm.cases.models import Problem
from crm.desk.happenings import Happening, Names
from crm.events.models import Event

# kind of event: (icon, sentence). %(by)s is who did it.
WORDS: dict[str, tuple[str, Promise]] = {
    "problem.proposed": ("bulb", gettext_lazy("Proposed: %(cases)s")),
    "problem.opened": ("plus", gettext_lazy("%(by)s opened it, with %(cases)s")),
    "problem.accepted": ("circle-check", gettext_lazy("%(by)s made one problem of it")),
    "problem.dismissed": ("ban", gettext_lazy("%(by)s said that it is not one problem")),
    "problem.lapsed": ("ban", gettext_lazy("Taken back: none of its cases runs any more")),
    "problem.edited": ("pencil", gettext_lazy("%(by)s changed it")),
    "problem.grew": ("affiliate", gettext_lazy("%(by)s hung %(cases)s on it")),
    "problem.shrank": ("unlink", gettext_lazy("%(by)s took case #%(which)s off")),
    "problem.noted": ("note", gettext_lazy("%(by)s wrote a note")),
    "problem.told": ("send", gettext_lazy("%(by)s wrote to the customers of %(cases)s")),
    "problem.solved": ("check", gettext_lazy("%(by)s said that it is solved")),
    "problem.reopened": ("rotate-clockwise", gettext_lazy("%(by)s opened it again")),
}
INTO = gettext_lazy("%(by)s added its cases to P-%(into)s")
SHOWN = 60


def story(problem: Problem) -> list[Happening]:
    found = Event.objects.filter(subject_type="problem", subject_id=problem.pk).exclude(kind="problem.noted")
    events = list(found.order_by("-id")[:SHOWN])
    names = Names(events)
    return [_in_words(event, names) for event in events]


def _in_words(event: Event, names: Names) -> Happening:
    icon, sentence = WORDS.get(event.kind, ("info-circle", event.kind))
    sentence = INTO if event.facts.get("into") else sentence
    number = int(event.facts.get("cases") or 0)
    said = {
        "by": names.people.get(event.actor_id or 0, "–"),
        "cases": ngettext("%(number)s case", "%(number)s cases", number) % {"number": number},
        "which": event.facts.get("which", ""),
        "into": event.facts.get("into", ""),
    }
    return Happening(event.pk, event.kind, event.at, icon, str(sentence) % said)
