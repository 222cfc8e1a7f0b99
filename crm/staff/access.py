"""Who may do what: the one place that decides.

`TABLE` says which roles may do an action at all; the rules below say on whose cases and on which people. The table
stands for people in docs/permissions.md, and tests/staff/test_permission_table.py holds the two to each other.
"""

from dataclasses import dataclass
from typing import Any, Literal, Protocol, TypeGuard

from django.contrib.auth.models import AnonymousUser
from django.core.exceptions import PermissionDenied
from django.utils.translation import gettext as _

from crm.staff.models import Role, User

A, Q, S, D, M = Role.AGENT, Role.QUALITY, Role.SUPERVISOR, Role.DIVISION, Role.ADMINISTRATOR

TABLE: dict[str, frozenset[Role]] = {
    action: frozenset(roles)
    for action, roles in {
        "case.read": (A, Q, S, D, M),
        "case.look": (A, Q, S),
        "case.open": (A, S),
        "case.answer": (A, Q, S),
        "case.note": (A, Q, S, D),
        "case.assign": (A, Q, S),
        "case.escalate": (A, Q, S),
        "case.accept": (Q, S, D),
        "case.wait": (A, Q, S),
        "case.settle": (A, Q, S),
        "case.reopen": (A, Q, S),
        "case.cancel": (A, Q, S),
        "case.reject": (A, Q, S),
        "case.merge": (A, Q, S),
        "case.edit": (A, Q, S),
        "case.override_privacy": (S,),
        "case.snooze": (A, Q, S),
        "case.promise": (A, Q, S),
        "case.problem": (A, Q, S),
        "bulk.run": (A, Q, S),
        "view.share": (A, Q, S, M),
        "canned.own": (A, Q, S),
        "canned.share": (S, M),
        "article.read": (A, Q, S, D, M),
        "article.write": (A, Q, S),
        "article.publish": (Q, S),
        "problem.read": (A, Q, S, D, M),
        "problem.manage": (Q, S),
        "customer.reveal": (A, Q, S),
        "customer.prove": (A, Q, S),
        "customer.unlink": (S,),
        "customer.read": (A, Q, S, M),
        "customer.find_by_paper": (A, Q, S),
        "looks.read": (S, M),
        "customer.edit": (A, Q, S),
        "customer.merge": (S,),
        "customer.restrict": (S,),
        "privacy.ask": (A, Q, S),
        "privacy.manage": (S, M),
        "retention.edit": (M,),
        "consent.record": (A, Q, S),
        "consent.text": (S, M),
        "quality.read": (Q, S, M),
        "line.change": (A, S),
        "line.move": (S,),
        "product.edit": (S, M),
        "customer.refer": (A, Q, S),
        "segment.read": (Q, S, M),
        "segment.edit": (S, M),
        "segment.share": (S, M),
        "measure.edit": (S, M),
        "tier.override": (S,),
        "tier.edit": (S, M),
        "billing.load": (S, M),
        "visit.serve": (A, S),
        "visit.read": (A, Q, S, M),
        "call.take": (A, S),
        "call.read": (Q, S),
        "call.reasons": (S, M),
        "caring.work": (A, Q, S),
        "caring.read": (Q, S, M),
        "score.read": (Q, S),
        "caring.edit": (S, M),
        "breach.read": (Q, S, M),
        "breach.review": (S,),
        "breach.sign": (S, M),
        "cause.edit": (S, M),
        "room.read": (Q, S, M),
        "report.schedule": (Q, S, M),
        "report.read": (Q, S, M),
        "report.export": (Q, S, M),
        "policy.edit": (S, M),
        "policy.apply": (S,),
        "category.edit": (S, M),
        "skill.edit": (S, M),
        "audit.read": (S, M),
        "import.posts": (S, M),
        "message.retry": (S, M),
        "channel.manage": (S, M),
        "channel.connect": (M,),
        "staff.read": (S, M),
        "staff.invite": (S, M),
        "staff.manage": (S, M),
        "staff.history": (M,),
        "api.manage": (M,),
        "admin.open": (M,),
    }.items()
}

# Actions whose object is a case: on whose cases is the question, after the role.
ON_A_CASE = frozenset(a for a in TABLE if a.startswith(("case.", "breach."))) | {"policy.apply"}
# Asked of who reads the case, not of who works on it: an administrator signs off too.
BY_READING = frozenset({"breach.sign"})
# Read by everybody in the room, wherever the case is: the page records the look (architecture.md, who sees what).
ON_ANY_CASE = frozenset({"case.look"})


class CaseLike(Protocol):
    """What access asks of a case; cases lie above staff and are not imported here."""

    team_id: int | None
    assignee_id: int | None
    division_id: int | None

    @property
    def is_with_quality(self) -> bool: ...


@dataclass(frozen=True)
class Scope:
    """Whose cases a member of staff reads, as plain data for a filter; cases assigned to them always belong to it."""

    kind: Literal["all", "teams", "division", "none"]
    team_ids: frozenset[int] = frozenset()
    division_id: int | None = None


def may(user: User | AnonymousUser | None, action: str, obj: Any = None) -> bool:
    """Whether `user` may do `action`, on `obj` when one is given: a case, or for staff.* a member of staff.

    An unknown action is a KeyError: a misspelt one must not silently refuse or allow.
    """
    roles = TABLE[action]
    if not is_working(user) or user.role not in roles:
        return False
    if obj is None or action in ON_ANY_CASE:
        return True
    if action in ON_A_CASE:
        return _reads(user, obj) if action.endswith(".read") or action in BY_READING else _acts_on(user, obj)
    return not isinstance(obj, User) or _answers_for(user, obj)


def require(user: User | AnonymousUser | None, action: str, obj: Any = None) -> None:
    """Raise PermissionDenied unless `user` may."""
    if not may(user, action, obj):
        raise PermissionDenied(_("Your role does not allow this here."))


def scope(user: User | AnonymousUser | None) -> Scope:
    """Whose cases `user` reads."""
    if not is_working(user):
        return Scope("none")
    if user.role in {Role.QUALITY, Role.ADMINISTRATOR}:
        return Scope("all")
    if user.role == Role.DIVISION:
        return Scope("division", division_id=user.division_id) if user.division_id else Scope("none")
    return Scope("teams", team_ids=user.team_ids)


def grantable_roles(user: User) -> tuple[Role, ...]:
    """Roles that `user` may give: nobody hands out a wider sight than their own."""
    if not may(user, "staff.manage"):
        return ()
    return tuple(Role) if user.role == Role.ADMINISTRATOR else (Role.AGENT,)


def is_working(user: User | AnonymousUser | None) -> TypeGuard[User]:
    """A member of staff whose account is active; everything else may do nothing."""
    return isinstance(user, User) and user.is_active


def _reads(user: User, case: CaseLike) -> bool:
    reach = scope(user)
    if reach.kind == "all" or case.assignee_id == user.pk:
        return True
    return _is_in(reach, case)


def _acts_on(user: User, case: CaseLike) -> bool:
    if case.assignee_id == user.pk:
        return True
    if user.role == Role.QUALITY:
        return case.is_with_quality
    return _is_in(scope(user), case)


def _is_in(reach: Scope, case: CaseLike) -> bool:
    if reach.kind == "division":
        return case.division_id == reach.division_id
    return reach.kind == "teams" and case.team_id in reach.team_ids


def _answers_for(user: User, person: User) -> bool:
    """An administrator answers for everybody, a supervisor for the agents of their own teams."""
    if user.role == Role.ADMINISTRATOR:
        return True
    return person.role == Role.AGENT and bool(user.team_ids & person.team_ids)
