"""One customer's measures as a page shows them: every term with the figure it comes from and what it counts."""

from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from crm.customers.models import Customer
from crm.lib.display import rupiah
from crm.segments.measuring import measure_in_force
from crm.segments.models import Measure, Measured, Referral
from crm.segments.quadrants import quadrant_of
from crm.segments.terms import Term, interaction_terms, transaction_terms
from crm.staff.access import may
from crm.staff.models import User

NAMES = {field.name: field.verbose_name for field in Measure._meta.concrete_fields}


def measured_of(customer: Customer) -> Measured | None:
    """None: not measured yet."""
    return Measured.objects.filter(customer=customer).first()


def picture_of(customer: Customer, user: User) -> dict[str, Any]:
    known, by = measured_of(customer), measure_in_force()
    said = Referral.objects.filter(brought=customer).select_related("customer", "by").first()
    picture: dict[str, Any] = {"known": known, "referral": said, "may_refer": may(user, "customer.refer")}
    if known is None:
        return picture
    return picture | {
        "quadrant": quadrant_of(known.transaction, known.interaction),
        "transaction": _rows(transaction_terms(known, by), known, by),
        "interaction": _rows(interaction_terms(known, by), known, by),
    }


def _rows(terms: list[Term], known: Measured, by: Measure) -> list[dict[str, Any]]:
    """`share`: what of the measure's weight a term has, of those that are known."""
    weight = sum(term.weight for term in terms if term.score is not None) or 1
    return [
        {
            "name": str(NAMES[term.code]), "score": term.score,
            "share": round(100 * term.weight / weight) if term.score is not None else 0,
            "said": _said(term.code, known, by),
        }
        for term in terms
    ]  # fmt: skip


def _said(code: str, known: Measured, by: Measure) -> str:
    """The figure behind a term, and what would count 100."""
    return {
        "revenue": _("ARPU %(arpu)s; %(full)s counts 100")
        % {"arpu": rupiah(known.revenue or 0), "full": rupiah(by.revenue_full)},
        "on_time": _("%(part)s of %(all)s bills paid by their due date") % {
            "part": known.bills_on_time, "all": known.bills
        } if known.bills else _("no bill fell due in twelve months: left out"),
        "credits": ngettext("%(n)s credit note", "%(n)s credit notes", known.credit_notes) % {"n": known.credit_notes},
        "referrals": ngettext("%(n)s customer brought in", "%(n)s customers brought in", known.referrals)
        % {"n": known.referrals},
        "contacts": ngettext("%(n)s exchange in twelve months", "%(n)s exchanges in twelve months", known.exchanges)
        % {"n": known.exchanges},
        "complaints": ngettext("%(n)s complaint", "%(n)s complaints", known.complaints) % {"n": known.complaints}
        + ", " + _("%(n)s late or not solved") % {"n": known.bad_ends},
        "stay": _("not known: left out") if known.months is None
        else ngettext("%(n)s month with us", "%(n)s months with us", known.months) % {"n": known.months},
    }[code]  # fmt: skip
