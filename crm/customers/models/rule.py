import pghistory
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.utils.translation import gettext_lazy as _

from crm.lib.one_row import OneRow


@pghistory.track()
class LineRule(OneRow):
    """How long a prepaid line waits, where provisioning gives no date (lines/nightly.py)."""

    grace_days = models.PositiveSmallIntegerField(
        _("Days of grace of a prepaid line"), default=30, validators=[MinValueValidator(1), MaxValueValidator(366)],
        help_text=_("After its active period, where provisioning names no day."),
    )  # fmt: skip
    blocked_days = models.PositiveSmallIntegerField(
        _("Days that a blocked number is kept"), default=30, validators=[MinValueValidator(1), MaxValueValidator(366)],
        help_text=_("Then the number is recycled."),
    )  # fmt: skip

    class Meta(OneRow.Meta):
        verbose_name = _("Grace of prepaid lines")

    def __str__(self) -> str:
        return f"{self.grace_days}/{self.blocked_days}"
