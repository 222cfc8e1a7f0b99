"""How long call records are kept (crm/lib/retaining.py)."""

from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from crm.calls.held import forget
from crm.calls.models import Call
from crm.customers.holdings import GONE
from crm.lib import retaining
from crm.lib.retaining import Rule

SAYS = ~Q(msisdn="") | ~Q(ivr="") | ~Q(note__in=["", GONE]) | ~Q(next_step__in=["", GONE])


def register() -> None:
    retaining.register(
        Rule(
            "calls", _("Call records"),
            _("The number, the menu choice and the note go; when it rang and how long it took stays."),
            lambda before: Call.objects.filter(SAYS, wrapped_at__lt=before), forget, 90,
            _("Callers are recognised, and calls reported, by the quarter."),
        )
    )  # fmt: skip
