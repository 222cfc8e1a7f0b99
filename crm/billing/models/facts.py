"""Facts from the billing and charging systems, in whole rupiah; told twice they are the same."""

from decimal import Decimal

from django.db import models
from django.db.models import Q
from django.utils import timezone

from crm.customers.models import Customer, Subscription
from crm.lib.referring import refers

FIRST_OF_MONTH = Q(month__day=1)
OF_A_LINE = refers("customer", "subscription")


class Fact(models.Model):
    """Of one line, under the customer who held it: both looked up by each kind's triggers (crm/lib/referring.py)."""

    customer = models.ForeignKey(Customer, on_delete=models.PROTECT, related_name="%(class)ss", db_constraint=False)
    # Each kind has an index that begins with it.
    subscription = models.ForeignKey(
        Subscription, on_delete=models.PROTECT, related_name="%(class)ss", db_index=False, db_constraint=False
    )
    # A load that has written is never deleted.
    load = models.ForeignKey(
        "billing.Load", null=True, blank=True, on_delete=models.DO_NOTHING, related_name="+", db_constraint=False,
        db_index=False, help_text="Wrote it last.",
    )  # fmt: skip
    recorded_at = models.DateTimeField(default=timezone.now)

    class Meta:
        abstract = True


class Bill(Fact):
    """One month of one line. Negative where credit is larger than what was used."""

    number = models.CharField(max_length=60)
    month = models.DateField(help_text="First day of the month it is for.")
    net = models.BigIntegerField()
    tax = models.BigIntegerField(default=0)
    total = models.BigIntegerField()
    issued = models.DateField(null=True, blank=True)
    due = models.DateField(null=True, blank=True)
    paid = models.DateField(null=True, blank=True, help_text="The day on which all of it was paid.")

    class Meta:
        constraints = [
            # Loads write with ON CONFLICT on it. Not unique=True: that adds an index for beginnings of it.
            models.UniqueConstraint(fields=["number"], name="bill_once"),
            # rolling.py and the pages join by month.
            models.CheckConstraint(condition=FIRST_OF_MONTH, name="bill_of_a_month"),
            models.CheckConstraint(condition=Q(total=models.F("net") + models.F("tax")), name="bill_adds_up"),
        ]
        indexes = [
            models.Index(fields=["subscription", "month"], name="bills_of_line"),
        ]
        triggers = OF_A_LINE

    def __str__(self) -> str:
        return f"bill {self.pk}"


class Payment(Fact):
    reference = models.CharField(max_length=60)
    bill = models.ForeignKey(Bill, null=True, blank=True, on_delete=models.SET_NULL, related_name="payments")
    amount = models.BigIntegerField()
    paid_on = models.DateField()
    method = models.CharField(max_length=40, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["reference"], name="payment_once"),
            models.CheckConstraint(condition=Q(amount__gt=0), name="payment_is_money"),
        ]
        indexes = [models.Index(fields=["subscription", "paid_on"], name="payments_of_line")]
        triggers = OF_A_LINE

    def __str__(self) -> str:
        return f"payment {self.pk}"


class TopUp(Fact):
    """Credit bought for a prepaid line."""

    reference = models.CharField(max_length=60)
    amount = models.BigIntegerField()
    bought_on = models.DateField()
    method = models.CharField(max_length=40, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["reference"], name="top_up_once"),
            models.CheckConstraint(condition=Q(amount__gt=0), name="top_up_is_money"),
        ]
        indexes = [models.Index(fields=["subscription", "bought_on"], name="top_ups_of_line")]
        triggers = OF_A_LINE

    def __str__(self) -> str:
        return f"top-up {self.pk}"


class CreditNote(Fact):
    """What was given back, without tax: it lowers the revenue of its month."""

    reference = models.CharField(max_length=60)
    bill = models.ForeignKey(Bill, null=True, blank=True, on_delete=models.SET_NULL, related_name="credit_notes")
    month = models.DateField()
    amount = models.BigIntegerField()
    given_on = models.DateField()
    reason = models.CharField(max_length=120, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["reference"], name="credit_once"),
            models.CheckConstraint(condition=Q(amount__gt=0), name="credit_is_money"),
            models.CheckConstraint(condition=FIRST_OF_MONTH, name="credit_of_a_month"),
        ]
        indexes = [models.Index(fields=["subscription", "month"], name="credits_of_line")]
        triggers = OF_A_LINE

    def __str__(self) -> str:
        return f"credit note {self.pk}"


class Usage(Fact):
    """One line in one month, as the network counted it; null: the network does not say."""

    month = models.DateField()
    minutes_in = models.DecimalField(max_digits=10, decimal_places=2, null=True, blank=True)
    minutes_out = models.DecimalField(max_digits=10, decimal_places=2, null=True, blank=True)
    sms = models.IntegerField(null=True, blank=True)
    megabytes = models.DecimalField(max_digits=12, decimal_places=2, null=True, blank=True)
    charged = models.BigIntegerField(
        null=True, blank=True, help_text="Prepaid: credit used, in rupiah; negative where more came back."
    )
    recharged = models.BigIntegerField(
        null=True, blank=True, help_text="Sum of the top-ups, in rupiah, where the network counts them; no revenue."
    )

    class Meta:
        constraints = [
            # Loads write with ON CONFLICT on it.
            models.UniqueConstraint(fields=["subscription", "month"], name="one_usage_a_month"),
            models.CheckConstraint(condition=FIRST_OF_MONTH, name="usage_of_a_month"),
        ]
        triggers = OF_A_LINE

    def __str__(self) -> str:
        return f"usage {self.pk}"

    @property
    def minutes(self) -> Decimal:
        return (self.minutes_in or Decimal(0)) + (self.minutes_out or Decimal(0))
