import pghistory
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from crm.lib.listed import Listed


@pghistory.track()
class Cause(Listed):
    """Why a deadline was missed: the editable list of which a review names one."""

    class Meta(Listed.Meta):
        verbose_name, verbose_name_plural = _("cause"), _("causes")


@pghistory.track()
class ReviewRule(models.Model):
    """Within how many days a breach is reviewed. One row."""

    id = models.PositiveSmallIntegerField(primary_key=True, default=1)
    days = models.PositiveSmallIntegerField(_("days for a review"), default=3)

    class Meta:
        constraints = [
            # review_days and the sweep read the one row.
            models.CheckConstraint(condition=Q(id=1), name="one_review_rule"),
            models.CheckConstraint(condition=Q(days__gte=1, days__lte=60), name="review_takes_days"),
        ]

    def __str__(self) -> str:
        return f"{self.days}"
