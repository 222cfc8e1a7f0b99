"""What a customer allowed us to do with their data, with the proof (UU PDP 27/2022)."""

from django.db import models
from django.db.models import F, Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from crm.customers.models.customer import Customer
from crm.staff.models import User


class Purpose(models.TextChoices):
    """Service itself needs no consent: it is the contract."""

    OFFERS = "offers", _("Offers and promotion")
    CARE = "care", _("Courtesy calls and greetings")
    SURVEY = "survey", _("Surveys")
    PROFILING = "profiling", _("Analysis of use, for offers that fit")
    PARTNERS = "partners", _("Passing on to partners")


class ConsentText(models.Model):
    """What is read or shown before somebody answers. A version is never changed: a new one is published."""

    purpose = models.CharField(max_length=12, choices=Purpose.choices)
    version = models.PositiveIntegerField()
    text = models.TextField(help_text="Indonesian.")
    text_en = models.TextField()
    why = models.CharField(max_length=250)
    by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    published_at = models.DateTimeField(default=timezone.now)

    class Meta:
        ordering = ["-published_at", "-id"]
        constraints = [
            # publish_text relies on it: of two who publish after the same version, one does.
            models.UniqueConstraint(fields=["purpose", "version"], name="one_text_of_a_version"),
        ]

    def __str__(self) -> str:
        return f"{self.purpose} v{self.version}"


class ConsentQuerySet(models.QuerySet["Consent"]):
    def standing(self) -> "ConsentQuerySet":
        return self.filter(answer=Consent.Answer.YES, withdrawn_at__isnull=True)


class Consent(models.Model):
    """One answer: a yes, until it is withdrawn, or a no. Given again it is another row. No row: never asked."""

    class Answer(models.TextChoices):
        YES = "yes", pgettext_lazy("consent", "Yes")
        NO = "no", pgettext_lazy("consent", "No")

    customer = models.ForeignKey(Customer, on_delete=models.CASCADE, related_name="consents")
    purpose = models.CharField(max_length=12, choices=Purpose.choices)
    answer = models.CharField(max_length=3, choices=Answer.choices, default=Answer.YES)
    text = models.TextField(help_text="What the customer was read or shown.")
    version = models.CharField(max_length=20, help_text="Of the text.")
    language = models.CharField(max_length=5, default="id", help_text="In which it was read or shown.")
    given_at = models.DateTimeField(default=timezone.now)
    channel = models.CharField(max_length=20, help_text="On which it was given.")
    by = models.ForeignKey(User, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    withdrawn_at = models.DateTimeField(null=True, blank=True)
    withdrawn_channel = models.CharField(
        max_length=20, blank=True, help_text="Empty: nobody took it back, a yes to a newer text took its place."
    )
    withdrawn_by = models.ForeignKey(User, null=True, blank=True, on_delete=models.PROTECT, related_name="+")

    objects = ConsentQuerySet.as_manager()

    class Meta:
        ordering = ["-given_at", "-id"]
        constraints = [
            # give_consent relies on it: two counters that record the same yes keep one.
            models.UniqueConstraint(
                fields=["customer", "purpose"],
                condition=Q(answer="yes", withdrawn_at__isnull=True),
                name="one_standing_consent",
            ),
            models.CheckConstraint(
                condition=Q(withdrawn_at__isnull=True) | Q(withdrawn_at__gte=F("given_at")),
                name="withdrawn_after_it_was_given",
            ),
            # The history words a row by its answer: a no is not taken back, it is followed by a yes.
            models.CheckConstraint(
                condition=Q(answer="yes") | Q(withdrawn_at__isnull=True), name="only_a_yes_is_withdrawn"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.purpose} {self.customer_id}"


class Restriction(models.Model):
    """Why a customer's data rests, from when until when. The reason is free text, so it stands here, not in an Event.

    `Customer.restricted_at` says the same of the open one, where every page and query has it at hand.
    """

    customer = models.ForeignKey(Customer, on_delete=models.CASCADE, related_name="restrictions")
    reason = models.CharField(max_length=250)
    at = models.DateTimeField(default=timezone.now)
    by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    lifted_at = models.DateTimeField(null=True, blank=True)
    lifted_by = models.ForeignKey(User, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    lifted_reason = models.CharField(max_length=250, blank=True)

    class Meta:
        ordering = ["-at", "-id"]
        constraints = [
            # restrict relies on it: two who restrict at once keep one.
            models.UniqueConstraint(
                fields=["customer"], condition=Q(lifted_at__isnull=True), name="one_open_restriction"
            ),
        ]

    def __str__(self) -> str:
        return f"restriction {self.pk}"
