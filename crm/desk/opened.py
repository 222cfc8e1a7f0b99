"""An opened case: everything the middle and the right pane show."""

import datetime as dt
from typing import Any

from django.utils import timezone

from crm.cases.models import Case, Problem
from crm.cases.words import Party
from crm.desk import guard
from crm.desk.acts import IN_MENU, acts_for
from crm.desk.composer import Composer, Heard, Road, choose, first_way, heard, roads
from crm.desk.conversation import contacts, conversation, newest_contact, newest_heard, newest_of_others, provable
from crm.desk.drafts import draft_of
from crm.desk.faces import faces
from crm.desk.files import TAKES, draft_files
from crm.desk.following import followers_of
from crm.desk.looking import Look
from crm.desk.person import Person
from crm.desk.promises import offer_in, open_promises
from crm.desk.sop import Written
from crm.desk.tense import Now
from crm.staff.access import may
from crm.staff.models import Role, User
from crm.timeline.models import Interaction


def head(case: Case, user: User, now: Now) -> dict[str, Any]:
    """The header: clocks, who holds it, what can be done."""
    acts = acts_for(user, case)
    clocks = list(case.clocks.select_related("policy"))
    problem = problem_of(case)
    return {
        "case": case,
        "problem_of": problem,
        "may_read_problem": problem is not None and reads_problem(user, problem),
        "now": now,
        "faces": faces(clocks, now.at),
        "acts": acts,
        "followers": followers_of(case),
        "menu": [acts[slug] for slug in IN_MENU if slug in acts],
        "wanted_by": wanted_by(case),
        "promises": open_promises(case, now.at),
        "asks": list(case.asks.open().select_related("by")) if getattr(case, "has_ask", False) else [],
        "may_override": may(user, "case.override_privacy", case),
        "may_promise": may(user, "case.promise", case),
        "policy_version": max((clock.policy.version for clock in clocks), default=None),
    }


def wanted_by(case: Case) -> dt.datetime | None:
    """When whoever escalated it wants the answer. Only a case that is held by somebody above is asked."""
    if case.party == Party.TEAM:
        return None
    return case.escalations.filter(ended_at__isnull=True).values_list("wanted_by", flat=True).first()


def problem_of(case: Case) -> Problem | None:
    """On what it hangs. Read with the case."""
    hanging = getattr(case, "hangs_on", None)
    return hanging.problem if hanging else None


def reads_problem(user: User, problem: Problem) -> bool:
    """As Problem.objects.visible_to, of one that is open or solved, without asking."""
    return may(user, "problem.read") and (user.role != Role.DIVISION or problem.division_id == user.division_id)


def opened(look: Look, user: User, now: Now, **given: Any) -> dict[str, Any]:
    """`given`: see composing()."""
    case, lines = look.case, conversation(look.case)
    points = list(case.customer.contact_points.order_by("kind", "pk"))
    context = head(case, user, now) | {
        "look": look,
        "lines": lines,
        "heard_to": newest_heard(lines),
        "others_to": newest_of_others(lines, user),
        "person": Person(case.customer, points),
        "may_reveal": may(user, "customer.reveal"),
        "may_value": may(user, "customer.read"),
        "provable": provable(lines) if may(user, "customer.prove") and may(user, "case.answer", case) else set(),
    }
    seen = given.pop("seen", newest_contact(lines))
    return context | composing(case, user, points, contacts(lines), seen=seen, **given)


def composing(
    case: Case, user: User, points: list, said: list[Interaction], *, seen: int, **given: Any
) -> dict[str, Any]:
    """The composer, for whoever may write here at all. `said`: the case's contacts, oldest first. `given`: what stands
    in it now (text, way, road, by_road), where that is not the draft."""
    if not may(user, "case.note", case):
        return {"composer": None}
    known = roads(case, points) if may(user, "case.answer", case) else []
    draft, at, spoken = draft_of(user, case), timezone.now(), heard(said)
    kept = {"text": draft.text, "way": draft.way, "road": draft.channel} if draft else {}
    composer = Composer(
        case,
        known,
        spoken,
        draft=draft,
        files=list(draft_files(user, case)),
        seen=seen,
        **chosen(known, spoken, kept | given),
    )
    offer = offer_in(composer.text, composer.way, draft, case, at)
    return {
        "composer": composer,
        "offer": offer,
        "guard": guard.look(written(composer, said, at)),
        "takes": TAKES,
    }


def written(composer: Composer, said: list[Interaction], at: dt.datetime) -> Written:
    """What the guard is told."""
    standing = composer.standing
    return Written(
        composer.text,
        composer.way,
        composer.case.customer,
        asked=asked_since_our_answer(said),
        too_long_by=composer.length.over,
        closes_at=standing.until if standing else None,
        at=at,
    )


def asked_since_our_answer(said: list[Interaction]) -> str:
    last = max((place for place, one in enumerate(said) if one.answers), default=-1)
    return "\n".join(one.text for one in said[last + 1 :] if one.is_inbound)


def chosen(known: list[Road], heard: Heard, asked: dict[str, Any]) -> dict[str, Any]:
    road, way = choose(known, road=asked.get("road", ""), way=asked.get("way", ""), by_road=asked.get("by_road", False))
    return {"road": road, "way": way or first_way(road, heard), "text": asked.get("text", "")}
