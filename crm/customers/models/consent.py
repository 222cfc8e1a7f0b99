"""What a customer allowed us to do with their data, with the proof (UU PDP 27/2022)."""

from django.db import models
from django.db.models import F, Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from crm.customers.models.customer import Customer
from crm.staff.models import User


class Purpose(models.TextChoices):
    """Service itself needs no consent: it is the contract."""

    OFFERS = "offers", _("Offers and promotion")
    CARE = "care", _("Courtesy calls and greetings")
    SURVEY = "survey", _("Surveys")
    PROFILING = "profiling", _("Analysis of use, for offers that fit")
    PARTNERS = "partners", _("Passing on to partners")


class ConsentQuerySet(models.QuerySet["Consent"]):
    def standing(self) -> "ConsentQuerySet":
        return self.filter(withdrawn_at__isnull=True)


class Consent(models.Model):
    """One yes, until it is withdrawn; given again it is another row. No row: it was never given."""

    customer = models.ForeignKey(Customer, on_delete=models.CASCADE, related_name="consents")
    purpose = models.CharField(max_length=12, choices=Purpose.choices)
    text = models.TextField(help_text="What the customer was read or shown.")
    version = models.CharField(max_length=20, help_text="Of the text.")
    given_at = models.DateTimeField(default=timezone.now)
    channel = models.CharField(max_length=20, help_text="On which it was given.")
    by = models.ForeignKey(User, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    withdrawn_at = models.DateTimeField(null=True, blank=True)
    withdrawn_channel = models.CharField(max_length=20, blank=True)
    withdrawn_by = models.ForeignKey(User, null=True, blank=True, on_delete=models.PROTECT, related_name="+")

    objects = ConsentQuerySet.as_manager()

    class Meta:
        ordering = ["-given_at", "-id"]
        constraints = [
            # give_consent relies on it: two counters that record the same yes keep one.
            models.UniqueConstraint(
                fields=["customer", "purpose"], condition=Q(withdrawn_at__isnull=True), name="one_standing_consent"
            ),
            models.CheckConstraint(
                condition=Q(withdrawn_at__isnull=True) | Q(withdrawn_at__gte=F("given_at")),
                name="withdrawn_after_it_was_given",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.purpose} {self.customer_id}"
