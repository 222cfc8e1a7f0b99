"""The tier limits in force."""

from crm.billing.models import TierScale
from crm.billing.tiers import Scale
from crm.customers.models import Tier


def scale_row() -> TierScale:
    """The one row, or the defaults where nobody has saved any."""
    return TierScale.objects.first() or TierScale(pk=1)


def scale_in_force() -> Scale:
    row = scale_row()
    limits = {
        str(Tier.PLATINUM): row.platinum_from,
        str(Tier.GOLD): row.gold_from,
        str(Tier.SILVER): row.silver_from,
        str(Tier.BRONZE): row.bronze_from,
    }
    return Scale(limits, row.margin_percent, row.grace_days)
