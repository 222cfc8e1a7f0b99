"""How long usage is kept; the ledger stays (crm/lib/retaining.py)."""

from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from crm.billing.models import Usage
from crm.lib import retaining
from crm.lib.retaining import Rule


def register() -> None:
    retaining.register(
        Rule(
            "usage", _("Usage by month"), _("The rows go; bills, payments and tiers stay."),
            lambda before: Usage.objects.filter(month__lt=before), _delete, 400,
            _("Tiers and measures compare a year."),
        )
    )  # fmt: skip
    retaining.tell(_("Files of loads and their refused rows"), 14, _("What was loaded from them is in the tables."))
    retaining.tell(
        _("Bills, payments, top-ups, credit notes"), None,
        _("The tax law asks for ten years. Those of an erased customer name nobody."),
    )  # fmt: skip


def _delete(rows: QuerySet[Usage]) -> list[str]:
    rows.delete()
    return []
