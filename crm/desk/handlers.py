"""News from below becomes lines under bells. Delivered twice, an event rings once (notified_once)."""

from collections.abc import Iterable

from crm.cases.models import Case
from crm.cases.words import Party
from crm.desk.models import Notification
from crm.events.models import Event
from crm.staff.models import Role, User
from crm.timeline.models import Interaction

Kind = Notification.Kind
KINDS = {
    "clock.warned": Kind.WARNED,
    "clock.breached": Kind.BREACHED,
    "case.escalated": Kind.ESCALATED,
    "case.assigned": Kind.ASSIGNED,
    "message.failed": Kind.FAILED,
}


def notify(event: Event) -> None:
    case = _case_of(event)
    if case is None or case.is_archive:
        return
    people = [user for user in _people(event, case) if user.pk != event.actor_id]
    Notification.objects.bulk_create([_line(event, case, user) for user in people], ignore_conflicts=True)


def _case_of(event: Event) -> Case | None:
    if event.subject_type == "case":
        return Case.objects.filter(pk=event.subject_id).select_related("assignee").first()
    contact = Interaction.objects.filter(pk=event.facts.get("interaction"), in_case__isnull=False).first()
    return contact.in_case.case if contact else None


def _line(event: Event, case: Case, user: User) -> Notification:
    return Notification(
        user=user,
        kind=KINDS[event.kind],
        case=case,
        event_id=event.pk,
        percent=event.facts.get("percent"),
        clock=event.facts.get("kind") or "",
        by_id=event.actor_id,
        at=event.at,
    )


def _people(event: Event, case: Case) -> Iterable[User]:
    """Warnings go to whoever works on it, a breach to the supervisors too, an escalation to who receives it."""
    if event.kind == "case.assigned":
        return User.objects.filter(pk=event.facts.get("assignee") or 0, is_active=True)
    if event.kind == "case.escalated":
        return _receivers(event, case)
    if event.kind == "clock.breached":
        return {*_workers(case), *_supervisors(case)}
    return _workers(case)


def _workers(case: Case) -> Iterable[User]:
    """The assignee; nobody has it yet: everybody of its team."""
    if case.assignee is not None:
        return [case.assignee]
    return User.objects.filter(is_active=True, role=Role.AGENT, teams=case.team_id)


def _supervisors(case: Case) -> Iterable[User]:
    return User.objects.filter(is_active=True, role=Role.SUPERVISOR, teams=case.team_id)


def _receivers(event: Event, case: Case) -> Iterable[User]:
    active = User.objects.filter(is_active=True)
    match event.facts.get("party"):
        case Party.DIVISION:
            return active.filter(role=Role.DIVISION, division=event.facts.get("division"))
        case Party.QUALITY:
            return active.filter(role=Role.QUALITY)
    return _supervisors(case)
