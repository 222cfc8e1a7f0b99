"""How long what we sent is kept (crm/lib/retaining.py)."""

from django.utils.translation import gettext_lazy as _

from crm.customers.holdings import GONE
from crm.lib import retaining
from crm.lib.retaining import Rule
from crm.messaging.held import UNSENT, forget
from crm.messaging.models import Message


def register() -> None:
    retaining.register(
        Rule(
            "messages", _("The outbox"), _("Recipient, text and letters go; that and when it was sent stays."),
            lambda before: (
                Message.objects.filter(created_at__lt=before).exclude(state__in=UNSENT).exclude(body__in=["", GONE])
            ),
            forget, 90, _("Networks report, and customers complain, months later."),
        )
    )  # fmt: skip
