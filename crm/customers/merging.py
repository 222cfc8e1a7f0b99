"""Two records become one, chosen field by field; and can be taken apart again.

Everything that the rooms hold moves by their movers (linking.py). The absorbed record keeps its own fields untouched
and remembers where it went, so what comes later by an old id finds the survivor.
"""

import datetime as dt
import json
from typing import Any

from django.core.serializers.json import DjangoJSONEncoder
from django.db import models, transaction
from django.db.models import Q
from django.utils import timezone

from crm.customers.consenting import end_contradicted
from crm.customers.duplicates import is_sure
from crm.customers.errors import NotMerged, NotTwo, ProofNeeded
from crm.customers.linking import Ids, Move, lock_customers, move
from crm.customers.models import (
    Address,
    Consent,
    ContactPoint,
    Correction,
    Customer,
    Duplicate,
    IdentityDocument,
    Merge,
    Proof,
    Restriction,
    Reveal,
    ServiceOrder,
    Subscription,
)
from crm.events.actions import record
from crm.lib.sealed import seal, unseal
from crm.staff.models import User

# What a person chooses between. do_not_disturb is not among them: a no of either is a no.
FIELDS = (
    "kind", "name", "honorific", "sex", "birth_date", "hobbies", "language", "time_zone", "city", "since",
    "preferred_channel",
)  # fmt: skip
SHORTEST_PROOF = 10
Choice = dict[str, str]  # field -> "survivor" | "absorbed"


@transaction.atomic
def merge_customers(
    *, survivor: Customer, absorbed: Customer, chosen: Choice, by: User, proof: str = "", at: dt.datetime | None = None
) -> Merge:
    """`absorbed` goes into `survivor`; a field that `chosen` does not name stays the survivor's.

    `proof`: how identity was made sure of, needed unless they share a paper. Callers lock the cases of both first.
    Raises NotTwo, ProofNeeded, HeldElsewhere.
    """
    at = at or timezone.now()
    lock_points([survivor.pk, absorbed.pk])
    lock_customers([survivor.pk, absorbed.pk])
    survivor, absorbed = _two(survivor.pk, absorbed.pk)
    if not is_sure(reasons_of(survivor, absorbed)) and len(proof.strip()) < SHORTEST_PROOF:
        raise ProofNeeded
    was = _picture(survivor)
    moved = _move_own(Move(absorbed.pk, survivor.pk)) | move(Move(absorbed.pk, survivor.pk))
    _choose(survivor, absorbed, chosen)
    end_contradicted(survivor, by=by, at=at)
    Customer.objects.filter(pk=absorbed.pk).update(absorbed_into=survivor)
    merge = Merge.objects.create(
        survivor=survivor, absorbed=absorbed, chosen=chosen, moved=moved, by=by, at=at,
        sealed=seal({"was": was, "is": _picture(survivor), "proof": proof.strip()[:500]}),
    )  # fmt: skip
    _decided(survivor, absorbed, Duplicate.State.MERGED, by=by, at=at)
    _record("customer.merged", merge, by=by, at=at)
    return merge


@transaction.atomic
def take_merge_apart(*, merge: Merge, by: User, at: dt.datetime | None = None) -> Merge:
    """They were two after all. What had moved and is still there goes back; what came since stays with the survivor.

    A field that the merge changed gets its old value back, unless somebody has changed it since. Raises NotMerged.
    """
    at = at or timezone.now()
    lock_points([merge.survivor_id])
    lock_customers([merge.survivor_id, merge.absorbed_id])
    merge = Merge.objects.select_for_update(of=["self"]).get(pk=merge.pk)
    absorbed = Customer.objects.get(pk=merge.absorbed_id)
    gone = not merge.sealed  # erased since: nobody knows what each was
    if gone or merge.undone_at is not None or absorbed.absorbed_into_id != merge.survivor_id:
        raise NotMerged
    Customer.objects.filter(pk=absorbed.pk).update(absorbed_into=None)
    back = Move(merge.survivor_id, absorbed.pk, merge.moved)
    _move_own(back)
    move(back)
    survivor = Customer.objects.get(pk=merge.survivor_id)
    _restore(survivor, unseal(merge.sealed))
    merge.undone_by, merge.undone_at = by, at
    merge.save(update_fields=["undone_by", "undone_at"])
    _decided(survivor, absorbed, Duplicate.State.DIFFERENT, by=by, at=at)
    _record("customer.merge_undone", merge, by=by, at=at)
    return merge


def proof_of(merge: Merge) -> str:
    """How the merger made sure, in their words; empty when the papers said it."""
    return unseal(merge.sealed).get("proof", "")


def reasons_of(one: Customer, other: Customer) -> list[str]:
    """Those of a proposal, and what the papers say just now: a pair picked by hand has no proposal."""
    first, second = sorted([one.pk, other.pk])
    proposal = Duplicate.objects.filter(first=first, second=second).first()
    mine = dict(one.documents.exclude(kind="kk").values_list("digest", "kind"))
    shared = other.documents.filter(digest__in=mine).values_list("digest", flat=True)
    return sorted({*(proposal.reasons if proposal else ()), *(f"same_{mine[digest]}" for digest in shared)})


def lock_points(customers: list[int]) -> None:
    """Whoever takes in a message of one of these contacts waits, or we wait for them (linking.lock_point)."""
    list(ContactPoint.objects.select_for_update().filter(customer__in=customers).order_by("pk").values_list("pk"))


def _two(survivor: int, absorbed: int) -> tuple[Customer, Customer]:
    if survivor == absorbed:
        raise NotTwo
    found = Customer.objects.filter(absorbed_into=None, erased_at=None, restricted_at=None).in_bulk(
        [survivor, absorbed]
    )
    if len(found) < 2:
        raise NotTwo
    return found[survivor], found[absorbed]


def _choose(survivor: Customer, absorbed: Customer, chosen: Choice) -> None:
    for field in FIELDS:
        if chosen.get(field) == "absorbed":
            setattr(survivor, field, getattr(absorbed, field))
    survivor.do_not_disturb = survivor.do_not_disturb or absorbed.do_not_disturb
    survivor.quality = None  # judged anew
    survivor.save(update_fields=[*FIELDS, "do_not_disturb", "quality"])


def _restore(survivor: Customer, sealed: dict[str, str]) -> None:
    was, made = json.loads(sealed["was"]), json.loads(sealed["is"])
    now = json.loads(_picture(survivor))
    for field in (*FIELDS, "do_not_disturb"):
        if now[field] == made[field]:
            setattr(survivor, field, _field(field).to_python(was[field]))
    survivor.quality = None
    survivor.save(update_fields=[*FIELDS, "do_not_disturb", "quality"])


def _field(name: str) -> "models.Field[Any, Any]":
    return next(one for one in Customer._meta.concrete_fields if one.name == name)


def _picture(customer: Customer) -> str:
    values = {field: getattr(customer, field) for field in (*FIELDS, "do_not_disturb")}
    return json.dumps(values, cls=DjangoJSONEncoder)


def _move_own(what: Move) -> Ids:
    """What this room itself holds, but the contacts, which move last."""
    return {
        "lines": what.rows("lines", Subscription.objects.all()),
        "used lines": _repoint("used lines", what, Subscription.objects.all(), "user"),
        "orders": what.rows("orders", ServiceOrder.objects.all()),
        "papers": what.rows("papers", _without_twin(IdentityDocument, what, "kind")),
        "addresses": what.rows("addresses", _without_twin(Address, what, "kind")),
        "consents": what.rows("consents", _consents(what)),
        "restrictions": what.rows("restrictions", Restriction.objects.exclude(lifted_at=None)),
        "reveals": what.rows("reveals", Reveal.objects.all()),
        "corrections": what.rows("corrections", Correction.objects.exclude(state=Correction.State.OPEN)),
        "proofs": _repoint("proofs", what, Proof.objects.all(), "into"),
        "merged before": _repoint("merged before", what, Customer.objects.all(), "absorbed_into"),
    }


def _without_twin(model: type[models.Model], what: Move, key: str) -> models.QuerySet[Any]:
    """The survivor's own stays; the other's of the same kind stays on the absorbed record."""
    held = model._default_manager.filter(customer=what.into).values(key)
    return model._default_manager.exclude(
        Q(customer=what.source) & Q(**{f"{key}__in": list(held.values_list(key, flat=True))})
    )


def _consents(what: Move) -> models.QuerySet[Consent]:
    """A yes of the absorbed record moves, unless the survivor has answered about the purpose: one person, one answer.

    What was refused or withdrawn moves always: it is history, and a no.
    """
    answered = Consent.objects.filter(customer=what.into).values_list("purpose", flat=True)
    return Consent.objects.exclude(
        customer=what.source, answer=Consent.Answer.YES, withdrawn_at=None, purpose__in=list(answered)
    )


def _repoint(name: str, what: Move, rows: models.QuerySet[Any], field: str) -> list[int]:
    """As Move.rows, for another reference to the customer than `customer`."""
    theirs = rows.filter(**{field: what.source})
    if what.only is not None:
        theirs = theirs.filter(pk__in=what.only.get(name, []))
    ids = list(theirs.order_by("pk").values_list("pk", flat=True))
    rows.filter(pk__in=ids).update(**{field: what.into})
    return ids


def _decided(one: Customer, other: Customer, state: str, *, by: User, at: dt.datetime) -> None:
    first, second = sorted([one.pk, other.pk])
    pair = Duplicate.objects.filter(first=first, second=second)
    pair.update(state=state, decided_by=by, decided_at=at)
    if state == Duplicate.State.MERGED:
        gone = Q(first=other.pk) | Q(second=other.pk)
        Duplicate.objects.filter(gone, state=Duplicate.State.PROPOSED).delete()  # found again of the survivor


def _record(kind: str, merge: Merge, *, by: User, at: dt.datetime) -> None:
    facts = {"merge": merge.pk, "absorbed": merge.absorbed_id}
    record(kind, subject=merge.survivor, customer_id=merge.survivor_id, by=by, at=at, **facts)
