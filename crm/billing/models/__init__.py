"""What customers are billed, pay, top up and use; what follows from it: a row of last months a line, ARPU, tiers."""

from crm.billing.models.facts import Bill, CreditNote, Payment, TopUp, Usage
from crm.billing.models.load import ExternalId, Load, Refusal, Said
from crm.billing.models.value import LineMonths, TierChange, TierOverride, TierScale, Touched, Value

__all__ = [
    "Bill",
    "CreditNote",
    "ExternalId",
    "LineMonths",
    "Load",
    "Payment",
    "Refusal",
    "Said",
    "TierChange",
    "TierOverride",
    "TierScale",
    "TopUp",
    "Touched",
    "Usage",
    "Value",
]
