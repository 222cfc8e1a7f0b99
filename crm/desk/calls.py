"""What the page of a call shows beside the customer: state, greeting, who it may be, what is open."""

from dataclasses import dataclass
from functools import cached_property

from django.utils.translation import gettext as _

from crm.calls.matching import people_with
from crm.calls.models import Call, CallEvent
from crm.calls.words import CallState, Step
from crm.cases.found import Row, rows_of
from crm.customers.masking import mask_msisdn
from crm.staff.models import User

ICONS = {
    CallState.RINGING: "phone-incoming",
    CallState.TALKING: "phone-call",
    CallState.HELD: "player-pause",
    CallState.ENDED: "pencil",
}
EARLIER = 5


@dataclass(frozen=True)
class Screen:
    """One call as one person sees it."""

    call: Call
    user: User

    @property
    def icon(self) -> str:
        return ICONS[CallState(self.call.state)]

    @property
    def word(self) -> str:
        return _("Wrap-up") if self.call.owes_wrap_up else str(self.call.get_state_display())

    @property
    def number(self) -> str:
        return mask_msisdn(self.call.msisdn) if self.call.msisdn else _("Number withheld")

    @property
    def runs(self) -> bool:
        """Does its timer?"""
        return self.call.state != CallState.ENDED or self.call.owes_wrap_up

    @property
    def who(self) -> str:
        customer = self.call.customer
        return " ".join(filter(None, (customer.honorific, customer.name or str(customer)))) if customer else ""

    @property
    def is_mine(self) -> bool:
        return self.call.agent_id == self.user.pk

    @cached_property
    def course(self) -> list[CallEvent]:
        """What the exchange told, in its order, where more happened than an answer and an end."""
        told = list(self.call.events.select_related("agent").order_by("at", "pk"))
        return told if any(one.kind in (Step.HELD, Step.TRANSFERRED) for one in told) else []

    @cached_property
    def people(self) -> list[Row]:
        """Who it may be; empty for a withheld number and one that nobody has."""
        return rows_of(one.pk for one in people_with(self.call.msisdn))

    @cached_property
    def earlier(self) -> list[Call]:
        """The last calls from this number."""
        if not self.call.msisdn:
            return []
        same = Call.objects.filter(msisdn=self.call.msisdn).exclude(pk=self.call.pk)
        return list(same.select_related("customer", "reason", "agent").order_by("-began_at")[:EARLIER])
