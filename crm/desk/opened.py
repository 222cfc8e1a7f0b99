"""An opened case: everything the middle and the right pane show."""

from typing import Any

from crm.cases.models import Case
from crm.desk.acts import IN_MENU, acts_for
from crm.desk.composer import composer_of
from crm.desk.conversation import conversation, newest_answer
from crm.desk.drafts import draft_of
from crm.desk.faces import faces
from crm.desk.looking import Look
from crm.desk.person import Person
from crm.desk.tense import Now
from crm.staff.access import may
from crm.staff.models import User


def head(case: Case, user: User, now: Now) -> dict[str, Any]:
    """The header: clocks, who holds it, what can be done."""
    acts = acts_for(user, case)
    clocks = list(case.clocks.select_related("policy"))
    return {
        "case": case,
        "now": now,
        "faces": faces(clocks, now.at),
        "acts": acts,
        "menu": [acts[slug] for slug in IN_MENU if slug in acts],
        "policy_version": max((clock.policy.version for clock in clocks), default=None),
    }


def opened(look: Look, user: User, now: Now) -> dict[str, Any]:
    case, lines = look.case, conversation(look.case)
    points = list(case.customer.contact_points.order_by("kind", "pk"))
    context = head(case, user, now) | {
        "look": look,
        "lines": lines,
        "seen": newest_answer(lines),
        "person": Person(case.customer, points),
        "may_reveal": may(user, "customer.reveal"),
    }
    return context | composing(case, user, points, context["seen"])


def composing(case: Case, user: User, points: list, seen: int) -> dict[str, Any]:
    """The composer, for whoever may write here at all."""
    if not may(user, "case.note", case):
        return {"composer": None}
    may_answer = may(user, "case.answer", case)
    draft = draft_of(user, case)
    return {
        "composer": composer_of(case, points if may_answer else [], draft, seen, may_answer=may_answer),
        "may_override": may(user, "case.override_privacy", case),
    }
