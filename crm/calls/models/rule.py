import pghistory
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from crm.lib.one_row import OneRow


@pghistory.track()
class WrapUpRule(OneRow):
    """When a call without wrap-up is asked for: of its agent, then of the supervisors of their teams."""

    remind_minutes = models.PositiveSmallIntegerField(
        _("Minutes until the agent is reminded"), default=5, validators=[MinValueValidator(1), MaxValueValidator(240)]
    )
    raise_minutes = models.PositiveSmallIntegerField(
        _("Minutes until the supervisors hear of it"), default=20,
        validators=[MinValueValidator(1), MaxValueValidator(480)],
    )  # fmt: skip

    class Meta(OneRow.Meta):
        verbose_name = _("Wrap-up of calls")
        constraints = [
            *OneRow.Meta.constraints,
            # Nobody hears from their supervisor before they were reminded themselves.
            models.CheckConstraint(
                condition=Q(remind_minutes__gte=1, raise_minutes__gte=F("remind_minutes")), name="reminded_then_raised"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.remind_minutes}/{self.raise_minutes}"
