"""Who a customer is by their papers: sealed, found by a keyed hash, shown masked."""

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from crm.customers.models.customer import Customer
from crm.staff.models import User


class IdentityDocument(models.Model):
    """A paper that somebody of us has seen. The number itself is only in `sealed` (crm/lib/sealed)."""

    class Kind(models.TextChoices):
        NIK = "nik", "NIK"
        KK = "kk", "KK"
        PASSPORT = "passport", _("Passport")
        KITAS = "kitas", "KITAS"
        NPWP = "npwp", "NPWP"

    customer = models.ForeignKey(Customer, on_delete=models.CASCADE, related_name="documents")
    kind = models.CharField(max_length=10, choices=Kind.choices)
    sealed = models.TextField()
    digest = models.CharField(max_length=64, help_text="HMAC-SHA256 of the plain number: for exact search.")
    masked = models.CharField(max_length=40)
    warnings = ArrayField(
        models.CharField(max_length=40), default=list, blank=True, help_text="Codes: disagrees with birth date, sex, …"
    )
    checked_at = models.DateTimeField(default=timezone.now)
    checked_by = models.ForeignKey(User, null=True, blank=True, on_delete=models.PROTECT, related_name="+")

    class Meta:
        constraints = [
            # A customer has one NIK, one passport: a new one replaces it.
            models.UniqueConstraint(fields=["customer", "kind"], name="one_document_of_a_kind"),
        ]
        # By whom it is held; not unique: a family shares a KK, and two records of one person are still to be merged.
        indexes = [models.Index(fields=["digest"], name="identity_digest")]

    def __str__(self) -> str:
        return f"{self.kind} {self.pk}"


class CorrectionQuerySet(models.QuerySet["Correction"]):
    def open(self) -> "CorrectionQuerySet":
        return self.filter(state=Correction.State.OPEN)


class Correction(models.Model):
    """Something on a record that is false or missing: not used for outreach until somebody has seen to it."""

    class State(models.TextChoices):
        OPEN = "open", _("To be corrected")
        CORRECTED = "corrected", _("Corrected")
        ACCEPTED = "accepted", _("Right as it is")

    CONTACT, ADDRESS, PAPER, LINE = "contact", "address", "document", "line"
    customer = models.ForeignKey(Customer, on_delete=models.CASCADE, related_name="corrections")
    flaw = models.CharField(max_length=40, help_text="Code of crm/customers/quality.py, e.g. email_bounces.")
    thing = models.CharField(max_length=20, blank=True, help_text="What it is about: contact, address, document, line.")
    thing_id = models.BigIntegerField(null=True, blank=True)
    state = models.CharField(max_length=10, choices=State.choices, default=State.OPEN)
    found_at = models.DateTimeField(default=timezone.now)
    decided_at = models.DateTimeField(null=True, blank=True)
    decided_by = models.ForeignKey(User, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    remark = models.CharField(max_length=250, blank=True)

    objects = CorrectionQuerySet.as_manager()

    class Meta:
        constraints = [
            # The nightly judgement relies on it: found again, it is not listed again.
            models.UniqueConstraint(
                fields=["customer", "flaw", "thing", "thing_id"],
                condition=models.Q(state="open"),
                name="one_open_correction",
                nulls_distinct=False,
            ),
        ]
        indexes = [
            # The list, oldest first.
            models.Index(fields=["found_at", "id"], condition=models.Q(state="open"), name="correction_to_do"),
            # What was decided, newest first.
            models.Index(fields=["state", "-decided_at", "-id"], name="correction_decided"),
        ]

    def __str__(self) -> str:
        return f"{self.flaw} {self.customer_id}"
