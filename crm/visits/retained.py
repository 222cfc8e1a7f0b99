"""How long visits are kept (crm/lib/retaining.py)."""

from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from crm.customers.holdings import GONE
from crm.lib import retaining
from crm.lib.retaining import Rule
from crm.visits.held import forget
from crm.visits.models import Visit

SAYS = ~Q(note__in=["", GONE]) | ~Q(remark__in=["", GONE])


def register() -> None:
    retaining.register(
        Rule(
            "visits", _("Visits"), _("What they said and the remark go; the times and the outcome stay."),
            lambda before: Visit.objects.filter(SAYS, ended_at__lt=before), forget, 90,
            _("A quarter's visits are looked into."),
        )
    )  # fmt: skip
