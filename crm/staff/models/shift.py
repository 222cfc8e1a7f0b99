import datetime as dt

from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import DateTimeRangeField, RangeBoundary, RangeOperators
from django.db import models
from django.db.models import F, Func, Q

from crm.staff.models.user import User


class Span(Func):
    """The half-open time from start to end: a shift may begin when another ends."""

    function = "tstzrange"
    output_field = DateTimeRangeField()


class Shift(models.Model):
    """When somebody is planned to work."""

    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="shifts")
    starts_at = models.DateTimeField()
    ends_at = models.DateTimeField()

    class Meta:
        ordering = ["starts_at"]
        constraints = [
            models.CheckConstraint(condition=Q(ends_at__gt=F("starts_at")), name="shift_ends_after_it_starts"),
            # plan_week relies on it: nobody is in two places, whoever plans at the same time.
            ExclusionConstraint(
                name="one_shift_at_a_time",
                expressions=[
                    ("user", RangeOperators.EQUAL),
                    (Span("starts_at", "ends_at", RangeBoundary()), RangeOperators.OVERLAPS),
                ],
            ),
        ]

    def __str__(self) -> str:
        return f"{self.user_id} {self.starts_at:%F %H:%M}"

    @property
    def length(self) -> dt.timedelta:
        return self.ends_at - self.starts_at
