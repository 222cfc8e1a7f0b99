"""The record of somebody as its tab shows it: masked, with what is doubtful and who changed what."""

import datetime as dt
from dataclasses import dataclass
from typing import Any

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from crm.customers.corrections import about_things, flaw_words
from crm.customers.editing import edits
from crm.customers.forms import CHANNELS
from crm.customers.masking import mask_contact
from crm.customers.models import ContactPoint, Correction, Customer
from crm.customers.quality import FLAWS, TERMS, judge
from crm.customers.warnings import words_of
from crm.customers.words import FIELD_WORDS
from crm.staff.access import may
from crm.staff.models import User

CHANGES = 8
CHANGED: dict[str, str | Promise] = FIELD_WORDS | {
    "contacts": _("Contacts"),
    "address": _("Address"),
    "paper": _("Identity document"),
}


@dataclass(frozen=True)
class Contact:
    point: ContactPoint
    doubt: str = ""

    @property
    def masked(self) -> str:
        return mask_contact(self.point.kind, self.point.value)


@dataclass(frozen=True)
class Change:
    who: str
    what: str
    at: dt.datetime


def record_of(customer: Customer, reader: User) -> dict[str, Any]:
    open_ones = list(customer.corrections.open().order_by("flaw", "pk"))
    judgement, about = judge(one.flaw for one in open_ones), about_things(open_ones)
    doubts = {one.thing_id: flaw_words(one.flaw) for one in open_ones if one.thing == Correction.CONTACT}
    papers = customer.documents.select_related("checked_by").order_by("kind")
    return {
        "customer": customer, "judgement": judgement,
        "may_edit": may(reader, "customer.edit"), "may_reveal": may(reader, "customer.reveal"),
        "preferred": dict(CHANNELS).get(customer.preferred_channel, customer.preferred_channel),
        "terms": [(word, judgement.terms[term]) for term, word in TERMS.items()],
        "flaws": [(FLAWS[one.flaw], about[one.pk]) for one in open_ones if one.flaw in FLAWS],
        "contacts": [Contact(one, doubts.get(one.pk, "")) for one in customer.contact_points.order_by("kind", "pk")],
        "addresses": list(customer.addresses.all()),
        "papers": [(one, words_of(one.warnings)) for one in papers],
        "changes": changes_of(customer),
    }  # fmt: skip


def changes_of(customer: Customer) -> list[Change]:
    """Newest first."""
    events = list(edits(customer)[:CHANGES])
    names = dict(User.objects.filter(pk__in=[one.actor_id for one in events]).values_list("pk", "name"))
    return [Change(names.get(one.actor_id, ""), fields_in_words(one.facts["fields"]), one.at) for one in events]


def fields_in_words(fields: list[str]) -> str:
    return ", ".join(str(CHANGED.get(one.partition(":")[0], one)) for one in fields)
