"""Proofs of identity as a case tells of them."""

from django.db.models import QuerySet

from crm.cases.models import Case
from crm.customers.models import Proof
from crm.events.models import Event
from crm.staff.access import may
from crm.staff.models import User


def proofs_of(case: Case) -> QuerySet[Proof]:
    """Made in this case, or by which it came to its customer; newest first."""
    told = Event.objects.filter(kind="case.identity_proven", subject_type="case", subject_id=case.pk)
    ids = [facts["proof"] for facts in told.values_list("facts", flat=True)]
    return Proof.objects.filter(pk__in=ids).select_related("point", "into", "by", "undone_by").order_by("-pk")


def may_take_back(user: User, proof: Proof) -> bool:
    if proof.undone_at is not None:
        return False
    return may(user, "customer.unlink") or (proof.by_id == user.pk and may(user, "customer.prove"))
