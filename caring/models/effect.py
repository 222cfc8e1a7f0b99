"""What came of each occasion, in the hold-out and outside of it; what follows from it; how many are worth keeping."""

from typing import Any

import pghistory
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from caring.models.stage import Stage
from caring.models.task import Task
from crm.customers.models import Tier
from crm.lib.one_row import OneRow


def _rupiah(name: Any, default: int, **more: Any) -> models.PositiveIntegerField:
    return models.PositiveIntegerField(name, default=default, validators=[MaxValueValidator(10_000_000)], **more)


@pghistory.track()
class EffectRule(OneRow):
    """What a contact costs, in rupiah, and from when on a figure of the programme is said at all."""

    call = _rupiah(_("A call"), 6_000, help_text=_("Rupiah for each attempt, whether somebody was reached or not."))
    sms = _rupiah(_("An SMS"), 350)
    email = _rupiah(_("An e-mail"), 50)
    letter = _rupiah(_("A letter"), 9_000)
    visit = _rupiah(_("A visit"), 75_000)
    social = _rupiah(_("A message on a social network"), 3_000)
    least = models.PositiveIntegerField(
        _("Customers of each group"), default=50, validators=[MinValueValidator(20), MaxValueValidator(100_000)],
        help_text=_("With fewer, in the hold-out or outside of it, no effect is stated."),
    )  # fmt: skip
    payment_days = models.PositiveSmallIntegerField(
        _("Days after the due date"), default=14, validators=[MaxValueValidator(30)],
        help_text=_("A bill paid so late still counts as paid."),
    )  # fmt: skip
    worth_from = models.CharField(
        _("Worth keeping from"), max_length=10, choices=Tier.choices, default=Tier.GOLD,
        help_text=_("Customers of this tier and those above."),
    )  # fmt: skip

    class Meta(OneRow.Meta):
        verbose_name = _("Effect of the caring programme")
        constraints = [
            *OneRow.Meta.constraints,
            # Variances need two; the validators say what is sensible.
            models.CheckConstraint(condition=Q(least__gte=2), name="effect_of_some"),
        ]

    def __str__(self) -> str:
        return "effect rule"


class Followed(models.Model):
    """What came of one occasion by the end of so many full months after its own. Written by effect/following.py."""

    task = models.ForeignKey(Task, on_delete=models.CASCADE, related_name="followed")
    months = models.PositiveSmallIntegerField()
    month = models.DateField(help_text="Of the occasion: its first day.")
    left = models.BooleanField(null=True, help_text="No line of it lives on; null: it had none.")
    paid = models.BooleanField(null=True, help_text="The first bill after it; null: none fell due in time.")
    change = models.IntegerField(null=True, help_text="Of ARPU, in rupiah; null: billing knows nothing of the lines.")
    complained = models.BooleanField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["task", "months"], name="task_followed_once")]
        indexes = [models.Index(fields=["months", "month"], name="followed_months")]

    def __str__(self) -> str:
        return f"task {self.task_id} after {self.months} months"


class EffectFigures(models.Model):
    """Of one stage, window and period, as of a night. Read by effect/figures.py."""

    stage = models.ForeignKey(
        Stage, null=True, on_delete=models.PROTECT, related_name="+", help_text="Empty: courtesy stages together."
    )
    months = models.PositiveSmallIntegerField(help_text="The window: Followed.months.")
    period = models.CharField(max_length=5)
    since = models.DateField(help_text="The first month of occasions.")
    until = models.DateField(help_text="The last one.")
    outcomes = models.JSONField(default=dict)
    tries = models.JSONField(default=dict, help_text="Attempts outside of the hold-out, by what they cost.")
    payment_days = models.PositiveSmallIntegerField(help_text="As of which `paid` was judged.")
    reached = models.PositiveIntegerField(default=0, help_text="Attempts that came through to somebody.")
    at = models.DateTimeField()

    class Meta:
        ordering = ["stage"]
        constraints = [
            models.UniqueConstraint(fields=["stage", "months", "period"], name="one_effect", nulls_distinct=False),
        ]

    def __str__(self) -> str:
        return f"{self.stage_id} {self.period}/{self.months}"


class Standing(models.Model):
    """Customers and lines of one tier and product at the end of a month, and what left in it (effect/standing.py)."""

    month = models.DateField()
    tier = models.CharField(max_length=10, choices=Tier.choices, blank=True)
    product = models.CharField(max_length=40, blank=True, help_text="Empty: of all, each customer once.")
    customers = models.PositiveIntegerField(default=0, help_text="With a line that lives, at the month's end.")
    lines = models.PositiveIntegerField(default=0, help_text="Alive at the month's end.")
    began = models.PositiveIntegerField(default=0, help_text="Lines alive when the month began, by the tier then.")
    left = models.PositiveIntegerField(default=0, help_text="Of those, ended in the month.")

    class Meta:
        ordering = ["month"]
        constraints = [models.UniqueConstraint(fields=["month", "tier", "product"], name="one_standing")]

    def __str__(self) -> str:
        return f"{self.month:%Y-%m} {self.tier} {self.product}"
