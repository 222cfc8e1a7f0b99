"""How each customer is measured, with which weights, and the groups of customers that somebody has described."""

import pghistory
from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from crm.customers.models import Customer
from crm.staff.models import Team, User


@pghistory.track()
class Measure(models.Model):
    """What counts how much in the two measures (terms.py), and from where on each is high. One row."""

    revenue = models.PositiveSmallIntegerField(_("Revenue"), default=50)
    revenue_full = models.PositiveIntegerField(
        _("Revenue that counts 100"), default=1_000_000, help_text=_("Rupiah a month, of all lines.")
    )
    on_time = models.PositiveSmallIntegerField(_("Paid on time"), default=25)
    credits = models.PositiveSmallIntegerField(_("Few credit notes"), default=10)
    credit_costs = models.PositiveSmallIntegerField(
        _("A credit note costs"), default=25, help_text=_("Of 100, each one in the last twelve months.")
    )
    referrals = models.PositiveSmallIntegerField(_("Brings in others"), default=15)
    referrals_full = models.PositiveSmallIntegerField(_("Customers brought in that count 100"), default=3)
    contacts = models.PositiveSmallIntegerField(_("Two-way contact"), default=30)
    contacts_full = models.PositiveSmallIntegerField(
        _("Exchanges that count 100"), default=12, help_text=_("In the last twelve months.")
    )
    complaints = models.PositiveSmallIntegerField(_("Complaints, and how they ended"), default=40)
    complaint_costs = models.PositiveSmallIntegerField(
        _("A complaint costs"), default=10, help_text=_("Of 100, each one in the last twelve months.")
    )
    bad_end_costs = models.PositiveSmallIntegerField(
        _("One that was late or not solved costs"), default=25, help_text=_("On top of that.")
    )
    stay = models.PositiveSmallIntegerField(_("Length of stay"), default=30)
    stay_full = models.PositiveSmallIntegerField(_("Months that count 100"), default=60)
    transaction_high = models.PositiveSmallIntegerField(_("Transaction measure is high from"), default=50)
    interaction_high = models.PositiveSmallIntegerField(_("Interaction measure is high from"), default=50)

    class Meta:
        verbose_name, verbose_name_plural = _("Measures"), _("Measures")
        constraints = [
            models.CheckConstraint(condition=Q(id=1), name="one_measure"),
            # measuring.py and terms.py divide by them.
            models.CheckConstraint(
                condition=Q(revenue_full__gt=0, referrals_full__gt=0, contacts_full__gt=0, stay_full__gt=0),
                name="measure_has_a_full_mark",
            ),
            models.CheckConstraint(
                condition=Q(revenue__gt=0) & (Q(contacts__gt=0) | Q(complaints__gt=0)), name="measure_weighs_something"
            ),
            models.CheckConstraint(
                condition=Q(transaction_high__range=(1, 100), interaction_high__range=(1, 100)),
                name="measure_high_in_percent",
            ),
        ]

    def __str__(self) -> str:
        return "measures"


class Measured(models.Model):
    """One customer's figures of the last twelve months and what they come to; written each night by measuring.py."""

    customer = models.OneToOneField(Customer, primary_key=True, on_delete=models.CASCADE, related_name="measured")
    revenue = models.BigIntegerField(null=True, help_text="ARPU of all lines; null: never billed.")
    bills = models.IntegerField(default=0, help_text="That fell due.")
    bills_on_time = models.IntegerField(default=0)
    credit_notes = models.IntegerField(default=0)
    referrals = models.IntegerField(default=0, help_text="Customers brought in, ever.")
    exchanges = models.IntegerField(default=0, help_text="Contacts from the customer that one of us answered, at most.")
    complaints = models.IntegerField(default=0)
    bad_ends = models.IntegerField(default=0, help_text="Complaints that ran past a deadline or were not solved.")
    months = models.IntegerField(null=True, help_text="Since the first line; null: not known.")
    transaction = models.PositiveSmallIntegerField(null=True)
    interaction = models.PositiveSmallIntegerField(null=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=(Q(transaction=None) | Q(transaction__lte=100))
                & (Q(interaction=None) | Q(interaction__lte=100)),
                name="measured_in_percent",
            ),
        ]
        # The quadrants: how many, and who.
        indexes = [models.Index(fields=["transaction", "interaction", "customer"], name="measured_quadrant")]

    def __str__(self) -> str:
        return f"measures of customer {self.customer_id}"


class Referral(models.Model):
    """Who brought a customer in, as they told us."""

    customer = models.ForeignKey(Customer, on_delete=models.CASCADE, related_name="referrals", help_text="Brought in.")
    brought = models.OneToOneField(Customer, on_delete=models.CASCADE, related_name="referral")
    by = models.ForeignKey(User, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField(default=timezone.now)

    class Meta:
        constraints = [
            models.CheckConstraint(condition=~Q(customer=models.F("brought")), name="nobody_brings_in_themselves"),
        ]

    def __str__(self) -> str:
        return f"referral {self.pk}"


class SegmentQuerySet(models.QuerySet["Segment"]):
    def visible_to(self, user: User) -> "SegmentQuerySet":
        """One's own, those of one's teams, and everybody's."""
        mine = Q(owner=user) | Q(sharing=Segment.Sharing.ALL)
        return self.filter(mine | Q(sharing=Segment.Sharing.TEAM, team__in=user.team_ids))


@pghistory.track(exclude=["counted", "counted_at"])
class Segment(models.Model):
    """Customers described by conditions (conditions.py); who they are is asked each time, never kept."""

    class Sharing(models.TextChoices):
        OWN = "own", pgettext_lazy("segment", "Only I")
        TEAM = "team", pgettext_lazy("segment", "My team")
        ALL = "all", pgettext_lazy("segment", "Everybody")

    name = models.CharField(_("Name"), max_length=80)
    about = models.CharField(_("What it is for"), max_length=250, blank=True)
    conditions = models.JSONField(default=list)
    owner = models.ForeignKey(User, on_delete=models.PROTECT, related_name="segments")
    sharing = models.CharField(_("Who sees it"), max_length=4, choices=Sharing.choices, default=Sharing.OWN)
    team = models.ForeignKey(Team, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    counted = models.IntegerField(null=True, help_text="Customers when somebody last looked; null: never counted.")
    counted_at = models.DateTimeField(null=True)
    created_at = models.DateTimeField(default=timezone.now)
    changed_at = models.DateTimeField(default=timezone.now)

    objects = SegmentQuerySet.as_manager()

    class Meta:
        ordering = ["name", "pk"]
        verbose_name, verbose_name_plural = _("Segment"), _("Segments")
        constraints = [
            models.CheckConstraint(condition=~Q(sharing="team") | Q(team__isnull=False), name="segment_of_a_team"),
            # Its name is how people speak of it; save_segment says so.
            models.UniqueConstraint(fields=["owner", "name"], name="segment_name_once"),
        ]

    def __str__(self) -> str:
        return self.name
