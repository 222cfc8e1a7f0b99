"""Whose a handle is, once that is proven in private: verified where it is, or moved to the customer we know already.

A record that was made for a handle alone keeps nothing then: everything on it moves, by the movers that the rooms have
registered, and the empty record remembers where it went. Taking a proof back moves the same rows back.
"""

import datetime as dt
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any

from django.db import models, transaction
from django.utils import timezone

from crm.customers.actions import holder_of
from crm.customers.contacts import Contact, read_msisdn
from crm.customers.errors import HolderChanged, NotProven, NotProvisional
from crm.customers.models import ContactPoint, Customer, Proof
from crm.events.actions import record
from crm.staff.models import User

Ids = dict[str, list[int]]


@dataclass(frozen=True)
class Move:
    """From one record to another. `only`: these ids of each thing, and nothing else that the source has."""

    source: int
    into: int
    only: Ids | None = None

    def rows(self, name: str, all_of_it: models.QuerySet[Any]) -> list[int]:
        """Move the rows of one model; returns their ids."""
        theirs = all_of_it.filter(customer=self.source)
        if self.only is not None:
            theirs = theirs.filter(pk__in=self.only.get(name, []))
        ids = list(theirs.order_by("pk").values_list("pk", flat=True))
        all_of_it.filter(pk__in=ids).update(customer=self.into)
        return ids


_movers: dict[str, Callable[[Move], list[int]]] = {}


def register(name: str, mover: Callable[[Move], list[int]]) -> None:
    """From `AppConfig.ready()`: moves what the room holds of a customer, in the caller's transaction; returns its ids.

    The rooms above come first: they lock what they hold before what lies below it moves.
    """
    _movers[name] = mover


def lock_point(pk: int) -> ContactPoint:
    """The first lock of every act here: whoever takes in a message of this handle waits, or we wait for them.

    Without a join: a row that moved to another customer while we waited would drop out of it.
    """
    return ContactPoint.objects.select_for_update().get(pk=pk)


def holder_of_number(msisdn: str) -> Customer | None:
    """Raises BadContact."""
    return holder_of(read_msisdn(msisdn))


def is_provisional(customer: Customer) -> bool:
    """Made for whoever wrote: nothing on it is proven, and it has no line of ours."""
    proven = customer.contact_points.filter(verified_at__isnull=False)
    return not proven.exists() and not customer.subscriptions.exists()


@transaction.atomic
def prove_handle(
    *, point: ContactPoint, msisdn: str, by: User, expected: int | None = None, at: dt.datetime | None = None
) -> Proof:
    """The handle is of the person who has this number. The caller has seen to it that this was said in private.

    `expected` is the customer whom the agent was shown as the number's holder, None for nobody else. The same once more
    returns the first proof. Raises BadContact, HolderChanged, NotProvisional, HeldElsewhere.
    """
    number, at = read_msisdn(msisdn), at or timezone.now()
    point = lock_point(point.pk)
    if known := point.proofs.filter(undone_at=None).first():
        return known
    holder = holder_of(number)
    if holder is not None and holder.pk != point.customer_id:
        if holder.pk != expected:
            raise HolderChanged
        return _link(point, holder, by=by, at=at)
    if expected not in (None, point.customer_id):
        raise HolderChanged
    return _verify_here(point, number, by=by, at=at)


def _verify_here(point: ContactPoint, number: Contact, *, by: User, at: dt.datetime) -> Proof:
    """Nobody else has the number: it is this record's, and no claim any more."""
    values = {"customer": point.customer, "verified_at": at, "verified_by": by, "created_at": at}
    key = {"kind": number.kind, "network": number.network, "value": number.value}
    kept, is_new = ContactPoint.objects.get_or_create(**key, defaults=values)
    if kept.customer_id != point.customer_id:
        raise HolderChanged
    was_proven = kept.verified_at is not None and not is_new
    for one in (kept, point):
        _verify(one, by=by, at=at)
    number_shown = None if was_proven else kept
    proof = Proof.objects.create(
        point=point, source=point.customer, into=point.customer, number=number_shown, number_is_new=is_new, by=by, at=at
    )
    _record("customer.proven", proof, by=by, at=at)
    return proof


def _link(point: ContactPoint, holder: Customer, *, by: User, at: dt.datetime) -> Proof:
    source = point.customer
    lock_customers([source.pk, holder.pk])
    if not is_provisional(source):
        raise NotProvisional
    moved = move(Move(source.pk, holder.pk))
    _verify(point, by=by, at=at)
    Customer.objects.filter(pk=source.pk).update(absorbed_into=holder)
    proof = Proof.objects.create(point=point, source=source, into=holder, moved=moved, by=by, at=at)
    _record("customer.linked", proof, by=by, at=at)
    return proof


def lock_customers(pks: Iterable[int]) -> None:
    """NO KEY UPDATE: whoever writes a contact or a case meanwhile refers to the customer, and must not wait for us."""
    list(Customer.objects.select_for_update(no_key=True).filter(pk__in=pks).order_by("pk"))


def move(what: Move) -> Ids:
    """Everything that the rooms hold, and the contacts under which the source is reached."""
    moved = {name: mover(what) for name, mover in reversed(_movers.items())}
    return moved | {"contact points": what.rows("contact points", ContactPoint.objects.all())}


def _verify(point: ContactPoint, *, by: User, at: dt.datetime) -> None:
    if point.verified_at is None:
        point.verified_at, point.verified_by = at, by
        point.save(update_fields=["verified_at", "verified_by"])


@transaction.atomic
def take_back_proof(*, proof: Proof, by: User, only: Ids | None = None, at: dt.datetime | None = None) -> Proof:
    """The proof was wrong: the handle is a claim again, on the record it had, with what came with it.

    `only`: ids of what goes back, where that is not just what had moved. Raises NotProven.
    """
    point, at = lock_point(proof.point_id), at or timezone.now()
    proof = Proof.objects.select_for_update(of=["self"]).get(pk=proof.pk)
    if proof.undone_at is not None or point.customer_id != proof.into_id:
        raise NotProven
    if proof.is_link:
        lock_customers([proof.source_id, proof.into_id])
        Customer.objects.filter(pk=proof.source_id).update(absorbed_into=None)
        move(Move(proof.into_id, proof.source_id, proof.moved | (only or {})))
    else:
        _forget_number(proof)
    ContactPoint.objects.filter(pk=point.pk).update(verified_at=None, verified_by=None)
    proof.undone_by, proof.undone_at = by, at
    proof.save(update_fields=["undone_by", "undone_at"])
    _record("customer.proof_undone", proof, by=by, at=at)
    return proof


def _forget_number(proof: Proof) -> None:
    """A number that only this proof put there goes with it; one that was a claim before is a claim again."""
    number = proof.number
    if number is None:
        return
    if proof.number_is_new:
        number.delete()
        proof.number = None
    else:
        ContactPoint.objects.filter(pk=number.pk).update(verified_at=None, verified_by=None)


def _record(kind: str, proof: Proof, *, by: User, at: dt.datetime) -> None:
    facts = {"proof": proof.pk, "contact_point": proof.point_id, "source": proof.source_id}
    record(kind, subject=proof.into, customer_id=proof.into_id, by=by, at=at, **facts)
