"""What follows from the facts: the last months of each line, each customer's ARPU and tier, and how it came about."""

import pghistory
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from crm.customers.models import Customer, Subscription, Tier
from crm.lib.referring import refers
from crm.staff.models import User


class LineMonths(models.Model):
    """Rolling row of one line, kept by whoever writes facts (rolling.py), read by the nightly run.

    Arrays begin with month `newest` and go back; null: nothing is known of that month. Months are counted as
    crm/billing/months.py does. Whole rupiah, minutes and megabytes.
    """

    subscription = models.OneToOneField(
        Subscription, primary_key=True, on_delete=models.PROTECT, related_name="months", db_constraint=False
    )
    customer_id = models.BigIntegerField(null=True, help_text="Whose ARPU it went into last.")
    newest = models.IntegerField()
    first = models.IntegerField(help_text="First month of which anything is known.")
    revenue = ArrayField(models.IntegerField(null=True), default=list)
    minutes_in = ArrayField(models.IntegerField(null=True), default=list)
    minutes_out = ArrayField(models.IntegerField(null=True), default=list)
    megabytes = ArrayField(models.IntegerField(null=True), default=list)
    before = models.BigIntegerField(
        null=True, blank=True, help_text="Revenue before all facts that we hold, as an import said."
    )

    class Meta:
        triggers = refers("subscription")

    def __str__(self) -> str:
        return f"months of line {self.subscription_id}"


class Touched(models.Model):
    """Customers whose lines' ARPU has moved and who are still to be judged; a killed nightly run finds them again.

    Many in one row: a night in which everything changes notes a million.
    """

    low = models.BigIntegerField()
    high = models.BigIntegerField()
    customers = ArrayField(models.BigIntegerField())

    def __str__(self) -> str:
        return f"touched {self.low} to {self.high}"


class Value(models.Model):
    """A customer's ARPU over all lines, and the tier that follows from it (tiers.py), before any override."""

    customer = models.OneToOneField(Customer, primary_key=True, on_delete=models.CASCADE, related_name="value")
    arpu = models.BigIntegerField(default=0)
    tier = models.CharField(max_length=10, choices=Tier.choices, blank=True)
    below_since = models.DateField(null=True, blank=True, help_text="Grace runs: the tier is kept although too low.")

    def __str__(self) -> str:
        return f"value of customer {self.customer_id}"


@pghistory.track()
class TierScale(models.Model):
    """From which ARPU a tier is given, and how slowly it is lost. One row."""

    platinum_from = models.BigIntegerField(_("Platinum from"), default=1_000_000)
    gold_from = models.BigIntegerField(_("Gold from"), default=500_001)
    silver_from = models.BigIntegerField(_("Silver from"), default=150_001)
    bronze_from = models.BigIntegerField(_("Bronze from"), default=50_001)
    margin_percent = models.PositiveSmallIntegerField(
        _("Margin"), default=10,
        help_text=_("A tier is kept without question down to so many per cent below its limit."),
    )  # fmt: skip
    grace_days = models.PositiveSmallIntegerField(
        _("Grace"), default=60, help_text=_("Below that it is kept for so many days more.")
    )

    class Meta:
        verbose_name, verbose_name_plural = _("Tier limits"), _("Tier limits")
        constraints = [
            models.CheckConstraint(condition=Q(id=1), name="one_tier_scale"),
            # tiers.plain goes from the highest down.
            models.CheckConstraint(
                condition=Q(platinum_from__gt=F("gold_from"), gold_from__gt=F("silver_from"))
                & Q(silver_from__gt=F("bronze_from"), bronze_from__gt=0),
                name="tiers_in_order",
            ),
            models.CheckConstraint(condition=Q(margin_percent__lte=50), name="tier_margin_in_reason"),
        ]

    def __str__(self) -> str:
        return "tier limits"


class TierOverride(models.Model):
    """A supervisor's own decision, for a time."""

    customer = models.ForeignKey(Customer, on_delete=models.CASCADE, related_name="tier_overrides")
    tier = models.CharField(max_length=10, choices=Tier.choices)
    reason = models.CharField(max_length=250)
    until = models.DateField(help_text="Last day.")
    by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    created_at = models.DateTimeField(default=timezone.now)
    ended_at = models.DateTimeField(null=True, blank=True)
    ended_by = models.ForeignKey(User, null=True, blank=True, on_delete=models.PROTECT, related_name="+")

    class Meta:
        constraints = [
            # The nightly run joins on it: of all overrides of a customer one is in force.
            models.UniqueConstraint(fields=["customer"], condition=Q(ended_at=None), name="one_override_in_force"),
        ]

    def __str__(self) -> str:
        return f"override {self.pk}"


class TierChange(models.Model):
    """The tier a customer has changed: why, and on what figures."""

    class Why(models.TextChoices):
        FIRST = "first", pgettext_lazy("tier", "First figures")
        UP = "up", pgettext_lazy("tier", "ARPU reached the limit")
        DOWN = "down", pgettext_lazy("tier", "ARPU stayed below the limit for all of the grace")
        OVERRIDE = "override", pgettext_lazy("tier", "Set by hand")
        ENDED = "ended", pgettext_lazy("tier", "What was set by hand has ended")

    customer = models.ForeignKey(Customer, on_delete=models.CASCADE, related_name="tier_changes", db_index=False)
    before = models.CharField(max_length=10, choices=Tier.choices, blank=True)
    after = models.CharField(max_length=10, choices=Tier.choices)
    why = models.CharField(max_length=10, choices=Why.choices)
    arpu = models.BigIntegerField()
    month = models.DateField(help_text="Newest full month at that time.")
    at = models.DateTimeField(default=timezone.now)
    by = models.ForeignKey(User, null=True, blank=True, on_delete=models.PROTECT, related_name="+")

    class Meta:
        ordering = ["-at", "-id"]
        indexes = [models.Index(fields=["customer", "-at"], name="tiers_of_customer")]

    def __str__(self) -> str:
        return f"tier change {self.pk}"
