"""Papers on a record: seen by one of us, kept sealed, shown masked, read in clear with a reason."""

import datetime as dt

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from crm.customers.editing import lock, note, refuse_stale
from crm.customers.errors import Gone, ReasonNeeded, Restricted
from crm.customers.models import Address, Customer, IdentityDocument, Reveal
from crm.customers.papers import doubts, read_paper
from crm.events.actions import record
from crm.lib.sealed import digest, seal, unseal
from crm.staff.models import User


@transaction.atomic
def save_paper(
    *, customer: Customer, kind: str, number: str, by: User, seen: int | None = None, at: dt.datetime | None = None
) -> IdentityDocument:
    """The number of a paper that `by` has seen; one of the same kind is replaced.

    What is doubtful is kept as `warnings` and refuses nothing. Raises BadPaper, Gone, Stale.
    """
    read, at = read_paper(kind, number), at or timezone.now()
    customer = lock(customer.pk)
    refuse_stale(customer, [f"paper:{kind}"], seen)
    paper, _is_new = IdentityDocument.objects.update_or_create(
        customer=customer, kind=kind,
        defaults={
            "sealed": seal({"number": read.number}), "digest": digest(read.number), "masked": read.masked,
            "warnings": doubts(read, birth_date=customer.birth_date, sex=customer.sex),
            "checked_at": at, "checked_by": by,
        },
    )  # fmt: skip
    note(customer, f"paper:{kind}", by=by, at=at, warnings=paper.warnings)
    return paper


@transaction.atomic
def drop_paper(*, paper: IdentityDocument, by: User, at: dt.datetime | None = None) -> None:
    """It is not theirs. Raises Gone."""
    customer = lock(paper.customer_id)
    if not customer.documents.filter(pk=paper.pk).delete()[0]:
        raise Gone
    note(customer, f"paper:{paper.kind}", by=by, at=at or timezone.now(), dropped=True)


@transaction.atomic
def reveal_paper(*, paper: IdentityDocument, by: User, reason: str, at: dt.datetime | None = None) -> str:
    """The number in clear. Each look is recorded, never what was looked at. Raises ReasonNeeded, Restricted."""
    at = at or timezone.now()
    reveal = _reveal(paper.customer, paper.kind, by=by, reason=reason, at=at, document=paper)
    facts = {"reveal": reveal.pk, "document": paper.pk, "paper": paper.kind}
    record("customer.revealed", subject=paper.customer, customer_id=paper.customer_id, by=by, at=at, **facts)
    return unseal(paper.sealed)["number"]


@transaction.atomic
def reveal_address(*, address: Address, by: User, reason: str, at: dt.datetime | None = None) -> Address:
    """Raises ReasonNeeded, Restricted."""
    at = at or timezone.now()
    reveal = _reveal(address.customer, "address", by=by, reason=reason, at=at)
    facts = {"reveal": reveal.pk, "address": address.pk}
    record("customer.revealed", subject=address.customer, customer_id=address.customer_id, by=by, at=at, **facts)
    return address


def _reveal(
    customer: Customer, what: str, *, by: User, reason: str, at: dt.datetime, document: IdentityDocument | None = None
) -> Reveal:
    if not reason.strip():
        raise ReasonNeeded("reason", _("Say why you need to see it."))
    if customer.restricted_at is not None:
        raise Restricted
    return Reveal.objects.create(
        customer=customer, what=what, document=document, by=by, reason=reason.strip()[:250], at=at
    )
