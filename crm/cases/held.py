"""What this room holds on a customer (crm/customers/holdings.py)."""

from django.db.models import Q
from django.utils.translation import gettext as _

from crm.cases.models import (
    Breach,
    BreachQuestion,
    Case,
    Escalation,
    Note,
    Problem,
    ProblemNote,
    Promise,
    ReviewDraft,
    Undo,
)
from crm.cases.words import RUNNING_STATES
from crm.customers import holdings
from crm.customers.holdings import Person, Told, bearing, blank, rows


def register() -> None:
    holdings.register("cases", describe=describe, erase=erase, forbids=forbids)


def describe(person: Person) -> Told:
    ids = person.ids
    return {
        "cases": rows(
            Case.objects.filter(customer__in=ids), "number", "kind", "state", "subject", "category__name", "place",
            "priority", "tags", "channel", "opened_at", "settled_at", "closed_at", "outcome", "settlement",
            "assignee__name",
        ),
        "notes": rows(Note.objects.filter(case__customer__in=ids), "case__number", "author__name", "text", "at"),
        "promises": rows(
            Promise.objects.filter(customer__in=ids), "case__number", "text", "due_at", "made_at", "kept_at", "reason",
        ),
        "escalations": rows(
            Escalation.objects.filter(case__customer__in=ids), "case__number", "party", "reason", "at", "ended_at",
            "hand_back_reason",
        ),
        "late_answers": rows(
            Breach.objects.filter(case__customer__in=ids), "case__number", "kind", "due_at", "cause", "prevention",
        ),
    }  # fmt: skip


def forbids(person: Person) -> list[str]:
    running = Case.objects.filter(customer__in=person.ids, state__in=RUNNING_STATES).exclude(pk=person.asked_in or 0)
    numbers = ", ".join(f"#{number}" for number in running.order_by("number").values_list("number", flat=True)[:5])
    return [_("A case is still running: %(numbers)s. Settle it first.") % {"numbers": numbers}] if numbers else []


def erase(person: Person) -> list[str]:
    """Clocks, states and who held a case stay: they are how the promises were kept. Words go."""
    theirs = Case.objects.filter(customer__in=person.ids)
    Undo.objects.filter(case__in=theirs).delete()
    blank(Note.objects.filter(case__in=theirs), "text")
    blank(Promise.objects.filter(Q(customer__in=person.ids) | Q(case__in=theirs)), "text", "reason")
    blank(Escalation.objects.filter(case__in=theirs), "reason", "hand_back_reason")
    late = Breach.objects.filter(case__in=theirs)
    ReviewDraft.objects.filter(breach__in=late).delete()
    blank(BreachQuestion.objects.filter(breach__in=late), "text", "answer")
    blank(late, "cause", "prevention", "excuse", "action_note")
    blank(theirs, "settlement")
    theirs.update(subject="", preview="", place="", tags=[], conversation="")
    _erase_in_problems(person)
    return []


def _erase_in_problems(person: Person) -> None:
    """A problem is about many; where its words name this one, they go."""
    for model, fields in ((ProblemNote, ["text"]), (Problem, ["title", "place", "solution", "likeness"])):
        for field in fields:
            blank(bearing(model.objects.all(), field, person), field)
