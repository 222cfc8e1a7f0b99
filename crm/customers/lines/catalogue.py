"""What can be sold: the products. A code and postpaid or prepaid stand for good, since lines were made with them."""

import re
from typing import Any

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from crm.customers.lines.errors import LineError
from crm.customers.models import Product
from crm.events.actions import record
from crm.events.models import Event
from crm.staff.audit import Change, words_of
from crm.staff.models import User

CODE = re.compile(r"[\w][\w +.-]{1,39}")


@transaction.atomic
def add_product(*, code: str, postpaid: bool, technology: str, sold: bool, by: User) -> Product:
    """At the end of the list. Raises LineError."""
    code = code.strip()
    if not CODE.fullmatch(code):
        raise LineError("code", "invalid", _("Two to 40 letters, digits, spaces and . + - are a name."))
    last = Product.objects.order_by("-position").values_list("position", flat=True).first() or 0
    try:
        with transaction.atomic():
            made = Product(code=code, postpaid=postpaid, technology=technology, sold=sold, position=last + 1)
            made.save(force_insert=True)
    except IntegrityError:
        raise LineError("code", "taken", _("There is a product of this name.")) from None
    _record("product.added", made, by)
    return made


@transaction.atomic
def change_product(*, product: Product, technology: str, sold: bool, by: User) -> Product:
    """What is not sold any more stays with the lines that have it."""
    product = Product.objects.select_for_update().get(pk=product.pk)
    if (product.technology, product.sold) != (technology, sold):
        was = {"technology": product.technology, "sold": product.sold}
        product.technology, product.sold = technology, sold
        product.save(update_fields=["technology", "sold"])
        _record("product.changed", product, by, was=was)
    return product


def read(event: Event) -> tuple[str, list[Change]]:
    """For the audit: which product, and what of it changed."""
    was, words = event.facts.get("was", {}), dict(Product.Technology.choices)
    told = [
        (_("technology"), [str(words.get(one.get("technology"), "")) for one in (was, event.facts)]),
        (_("sold"), [words_of(one["sold"]) if "sold" in one else "" for one in (was, event.facts)]),
    ]
    changes = [Change(name, before, after) for name, (before, after) in told if before != after]
    return event.facts["product"], changes if was else []


def _record(kind: str, product: Product, by: User, **facts: Any) -> None:
    """A product has no number of its own: its place in the list stands for one."""
    subject = Product(pk=product.position)
    record(
        kind, subject=subject, by=by, product=product.code, technology=product.technology, sold=product.sold, **facts
    )
