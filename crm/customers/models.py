"""One record for each customer of the whole operator, and the lines they hold."""

from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from crm.staff.models import User, Zone


class Tier(models.TextChoices):
    """Value class, from ARPU (domain.md §5)."""

    PLATINUM = "platinum", "Platinum"
    GOLD = "gold", "Gold"
    SILVER = "silver", "Silver"
    BRONZE = "bronze", "Bronze"
    BASIC = "basic", "Basic"


class Customer(models.Model):
    class Kind(models.TextChoices):
        PERSON = "person", _("Person")
        COMPANY = "company", _("Company")

    kind = models.CharField(max_length=10, choices=Kind.choices, default=Kind.PERSON)
    name = models.CharField(max_length=160, blank=True, help_text="Empty while only a handle is known.")
    honorific = models.CharField(
        max_length=20, blank=True, help_text="Bapak, Ibu, Kak: the customer's choice, never guessed."
    )
    tier = models.CharField(max_length=10, choices=Tier.choices, blank=True)
    language = models.CharField(max_length=5, default="id")
    time_zone = models.CharField(max_length=40, choices=Zone.choices, default=Zone.WIB)
    city = models.CharField(max_length=80, blank=True)
    since = models.DateField(null=True, blank=True)
    created_at = models.DateTimeField(default=timezone.now)

    def __str__(self) -> str:
        return self.name or f"#{self.pk}"


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

    class Meta:
        constraints = [
            # find_or_create_customer relies on it: two workers, one sender, one record.
            models.UniqueConstraint(fields=["kind", "network", "value"], name="contact_point_once"),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.pk}"


class Reveal(models.Model):
    """One look at a contact in clear, and why. The reason is free text, so it stands here and not in an Event."""

    contact_point = models.ForeignKey(ContactPoint, on_delete=models.CASCADE, related_name="reveals")
    by = models.ForeignKey(User, on_delete=models.PROTECT)
    reason = models.CharField(max_length=250)
    at = models.DateTimeField(default=timezone.now)

    def __str__(self) -> str:
        return f"{self.contact_point_id} by {self.by_id}"


class Subscription(models.Model):
    """One MSISDN or line that a customer holds."""

    class State(models.TextChoices):
        ACTIVE = "active", _("Active")
        SUSPENDED = "suspended", _("Suspended")
        REMOVED = "removed", _("Removed")

    customer = models.ForeignKey(Customer, on_delete=models.CASCADE, related_name="subscriptions")
    msisdn = models.CharField(max_length=20, unique=True)
    product = models.CharField(max_length=40)
    postpaid = models.BooleanField(default=False)
    state = models.CharField(max_length=10, choices=State.choices, default=State.ACTIVE)
    arpu = models.PositiveIntegerField(default=0, help_text="Rupiah a month, mean of the last three full months.")
    activated_on = models.DateField(null=True, blank=True)

    def __str__(self) -> str:
        return f"{self.product} {self.pk}"
