"""How a customer is reached, what of it is proven, and every look at it in clear."""

import pghistory
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from crm.customers.models.customer import Customer
from crm.customers.models.identity import Correction, IdentityDocument
from crm.staff.models import User


class ContactPointQuerySet(models.QuerySet["ContactPoint"]):
    def usable(self) -> "ContactPointQuerySet":
        """For what we begin ourselves: nothing false or doubtful, and nobody who asked to be left alone.

        Consent to a purpose is asked for besides.
        """
        doubtful = Correction.objects.open().filter(thing=Correction.CONTACT, thing_id=models.OuterRef("pk"))
        return self.filter(
            ~models.Exists(doubtful), customer__do_not_disturb=False, customer__restricted_at=None,
            customer__erased_at=None, customer__absorbed_into=None,
        )  # fmt: skip


@pghistory.track(
    pghistory.UpdateEvent(condition=pghistory.AnyChange("value", "verified_at"), row=pghistory.Old),
    pghistory.DeleteEvent(),
    fields=["customer", "kind", "network", "value", "verified_at"],
    model_name="ContactPointPast",
)
class ContactPoint(models.Model):
    """A number, address or handle under which a customer reaches us.

    A handle is only a claim until identity is proven in private: `verified_at` stays empty until then.
    """

    class Kind(models.TextChoices):
        MSISDN = "msisdn", _("Number")
        EMAIL = "email", _("E-mail")
        HANDLE = "handle", _("Handle")
        POST = "post", _("Postal address")

    customer = models.ForeignKey(Customer, on_delete=models.CASCADE, related_name="contact_points")
    kind = models.CharField(max_length=10, choices=Kind.choices)
    network = models.CharField(max_length=20, blank=True, help_text="For a handle: x, instagram, …")
    value = models.CharField(max_length=254, help_text="E.164, lower-case e-mail, or handle without @, lower case.")
    display = models.CharField(max_length=254, blank=True)
    verified_at = models.DateTimeField(null=True, blank=True)
    verified_by = models.ForeignKey(User, null=True, blank=True, on_delete=models.PROTECT)
    created_at = models.DateTimeField(default=timezone.now)

    objects = ContactPointQuerySet.as_manager()

    class Meta:
        constraints = [
            # find_or_create_customer relies on it: two workers, one sender, one record.
            models.UniqueConstraint(fields=["kind", "network", "value"], name="contact_point_once"),
        ]
        indexes = [
            # search.find_by_handle: the beginning of a handle.
            models.Index(
                fields=["value"], condition=models.Q(kind="handle"), opclasses=["varchar_pattern_ops"],
                name="handle_begins",
            )
        ]  # fmt: skip

    def __str__(self) -> str:
        return f"{self.kind} {self.pk}"


class Proof(models.Model):
    """Whose a handle is: proven in private, by the number the customer named. With what moved, to be taken back by."""

    point = models.ForeignKey(ContactPoint, on_delete=models.CASCADE, related_name="proofs", help_text="The handle.")
    source = models.ForeignKey(Customer, on_delete=models.PROTECT, related_name="+", help_text="Who had it before.")
    into = models.ForeignKey(Customer, on_delete=models.PROTECT, related_name="proofs")
    number = models.ForeignKey(
        ContactPoint, null=True, blank=True, on_delete=models.SET_NULL, related_name="+", help_text="Proven with it."
    )
    number_is_new = models.BooleanField(default=False)
    moved = models.JSONField(default=dict, help_text="Ids of what moved from source to into, by what it is.")
    by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField(default=timezone.now)
    undone_by = models.ForeignKey(User, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    undone_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            # prove_handle relies on it: of two that prove one handle at once, one does.
            models.UniqueConstraint(fields=["point"], condition=models.Q(undone_at=None), name="one_proof_a_handle"),
        ]

    def __str__(self) -> str:
        return f"proof {self.pk}"

    @property
    def is_link(self) -> bool:
        """Did the handle move to a customer we knew?"""
        return self.source_id != self.into_id


class Reveal(models.Model):
    """One look at something of a customer in clear, and why: a contact, an address, a paper.

    The reason is free text, so it stands here and not in an Event. What was looked at may be gone; the look stays.
    """

    customer = models.ForeignKey(Customer, on_delete=models.CASCADE, related_name="reveals")
    what = models.CharField(max_length=10, help_text="Kind of contact or paper, or 'address'.")
    contact_point = models.ForeignKey(
        ContactPoint, null=True, blank=True, on_delete=models.SET_NULL, related_name="reveals"
    )
    document = models.ForeignKey(
        IdentityDocument, null=True, blank=True, on_delete=models.SET_NULL, related_name="reveals"
    )
    by = models.ForeignKey(User, on_delete=models.PROTECT)
    reason = models.CharField(max_length=250)
    at = models.DateTimeField(default=timezone.now)

    def __str__(self) -> str:
        return f"{self.what} of {self.customer_id} by {self.by_id}"
