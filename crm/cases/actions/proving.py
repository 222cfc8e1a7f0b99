"""Whose a handle is: proven in this case, in private; and taken back when it was wrong."""

import datetime as dt

from django.db import IntegrityError, transaction
from django.db.models import F, Q
from django.utils import timezone

from crm.cases.errors import NotSaidPrivately
from crm.cases.models import Case, Promise
from crm.customers.errors import HeldElsewhere, NotProven
from crm.customers.linking import Ids, Move, lock_point, prove_handle, take_back_proof
from crm.customers.models import ContactPoint, Proof
from crm.events.actions import record
from crm.events.models import Event
from crm.messaging.models import Message
from crm.staff.models import User
from crm.timeline.models import Direction, Interaction


@transaction.atomic
def prove_identity(
    *,
    case: Case,
    point: ContactPoint,
    msisdn: str,
    by: User,
    expected: int | None = None,
    at: dt.datetime | None = None,
) -> Proof:
    """The customer named their number in private: the handle is theirs. See prove_handle for what moves.

    Locks: the handle, then all cases of its record by id. Raises NotSaidPrivately, NotProven, BadContact, CannotProve.
    """
    at = at or timezone.now()
    point = lock_point(point.pk)
    if known := point.proofs.filter(undone_at=None).first():
        return known
    if case.pk not in lock_cases_of(point.customer_id):
        raise NotProven
    if not was_private(case, point):
        raise NotSaidPrivately
    proof = prove_handle(point=point, msisdn=msisdn, by=by, expected=expected, at=at)
    _record("case.identity_proven", proof, {case.pk} | set(proof.moved.get("cases", [])), by=by, at=at)
    return proof


def was_private(case: Case, point: ContactPoint) -> bool:
    """Did whoever has this handle write to us privately in this case?"""
    said = Interaction.objects.filter(in_case__case=case, channel=point.network, direction=Direction.IN)
    return point.kind == ContactPoint.Kind.HANDLE and said.filter(is_public=False).exists()


def lock_cases_of(customer_id: int) -> list[int]:
    locked = Case.objects.select_for_update(no_key=True).filter(customer=customer_id).order_by("pk")
    return list(locked.values_list("pk", flat=True))


def move_cases(what: Move) -> list[int]:
    """The cases' part in linking. Raises HeldElsewhere: there cannot be two in one conversation."""
    try:
        with transaction.atomic():
            moved = what.rows("cases", Case.objects.all())
    except IntegrityError as error:
        raise HeldElsewhere from error
    Case.objects.filter(pk__in=moved).update(version=F("version") + 1)
    Promise.objects.filter(case__in=moved).update(customer=what.into)  # whose case it is, theirs is the promise
    return moved


@transaction.atomic
def take_back_identity(*, proof: Proof, by: User, at: dt.datetime | None = None) -> Proof:
    """The proof was wrong. What came with the handle goes back, and what came in by it since. Raises NotProven."""
    at = at or timezone.now()
    point = lock_point(proof.point_id)
    lock_cases_of(proof.into_id)
    only = _theirs(proof, point) if proof.is_link else {}
    proof = take_back_proof(proof=proof, by=by, only=only, at=at)
    _record("case.identity_undone", proof, _told(proof) | set(only.get("cases", [])), by=by, at=at)
    return proof


def _theirs(proof: Proof, point: ContactPoint) -> Ids:
    """The cases that moved and still lie there, those of the same network since, and what was said in them.

    What was merged into a case of the other customer stays with that case.
    """
    here = Case.objects.filter(customer=proof.into_id)
    since = Q(channel=point.network, created_at__gte=proof.at) if _is_only_handle(proof, point) else Q(pk__in=[])
    cases = list(here.filter(Q(pk__in=proof.moved.get("cases", [])) | since).values_list("pk", flat=True))
    said = Interaction.objects.filter(customer=proof.into_id)
    loose = Q(pk__in=proof.moved.get("interactions", []), in_case=None)
    interactions = list(said.filter(Q(in_case__case__in=cases) | loose).values_list("pk", flat=True))
    sent = Message.objects.filter(customer=proof.into_id)
    unsaid = Q(pk__in=proof.moved.get("messages", []), interaction=None)
    messages = list(sent.filter(Q(interaction__in=interactions) | unsaid).values_list("pk", flat=True))
    return {"cases": cases, "interactions": interactions, "messages": messages}


def _is_only_handle(proof: Proof, point: ContactPoint) -> bool:
    """Of two handles on one network nobody can say by which a case came."""
    handles = ContactPoint.objects.filter(customer=proof.into_id, kind=point.kind, network=point.network)
    return not handles.exclude(pk=point.pk).exists()


def _told(proof: Proof) -> set[int]:
    """The cases whose history speaks of this proof."""
    told = Event.objects.filter(kind="case.identity_proven", subject_type="case", facts__proof=proof.pk)
    return set(told.filter(at=proof.at).values_list("subject_id", flat=True))


def _record(kind: str, proof: Proof, cases: set[int], *, by: User, at: dt.datetime) -> None:
    for case in Case.objects.filter(pk__in=cases).order_by("pk"):
        record(kind, subject=case, customer_id=case.customer_id, by=by, at=at, proof=proof.pk)
