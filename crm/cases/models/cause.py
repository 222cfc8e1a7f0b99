import pghistory
from django.db import models
from django.db.models import Q
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _


@pghistory.track()
class Cause(models.Model):
    """Why a deadline was missed: the editable list of which a review names one."""

    code = models.SlugField(_("code"), unique=True, max_length=10)
    name = models.CharField(_("name"), max_length=60)
    name_en = models.CharField(_("name in English"), max_length=60)
    position = models.PositiveSmallIntegerField(_("position"), default=0)
    is_active = models.BooleanField(_("active"), default=True)

    class Meta:
        verbose_name, verbose_name_plural = _("cause"), _("causes")
        ordering = ["position", "id"]

    def __str__(self) -> str:
        return self.name_en if (get_language() or "").startswith("en") else self.name


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
