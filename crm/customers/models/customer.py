"""One record for each customer of the whole operator."""

import pghistory
from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.indexes import GinIndex
from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from crm.lib.referring import stays
from crm.staff.models import User, Zone


class Tier(models.TextChoices):
    """Value class, from ARPU (domain.md §5)."""

    PLATINUM = "platinum", "Platinum"
    GOLD = "gold", "Gold"
    SILVER = "silver", "Silver"
    BRONZE = "bronze", "Bronze"
    BASIC = "basic", "Basic"


# What people change, before and after: scrubbed by erasure (held.py). Nightly figures leave no trace here.
PERSONAL = (
    "kind", "name", "honorific", "sex", "birth_date", "hobbies", "language", "time_zone", "city", "preferred_channel",
    "do_not_disturb",
)  # fmt: skip


@pghistory.track(
    pghistory.UpdateEvent(condition=pghistory.AnyChange(*PERSONAL), row=pghistory.Old),
    fields=list(PERSONAL),
    model_name="CustomerPast",
)
class Customer(models.Model):
    class Kind(models.TextChoices):
        PERSON = "person", _("Person")
        COMPANY = "company", _("Company")

    class Sex(models.TextChoices):
        FEMALE = "female", _("Female")
        MALE = "male", _("Male")

    kind = models.CharField(max_length=10, choices=Kind.choices, default=Kind.PERSON)
    name = models.CharField(max_length=160, blank=True, help_text="Empty while only a handle is known.")
    honorific = models.CharField(
        max_length=20, blank=True, help_text="Bapak, Ibu, Kak: the customer's choice, never guessed."
    )
    sex = models.CharField(max_length=6, choices=Sex.choices, blank=True)
    birth_date = models.DateField(null=True, blank=True)
    hobbies = ArrayField(models.CharField(max_length=40), default=list, blank=True)
    tier = models.CharField(max_length=10, choices=Tier.choices, blank=True)
    language = models.CharField(max_length=5, default="id")
    time_zone = models.CharField(max_length=40, choices=Zone.choices, default=Zone.WIB)
    city = models.CharField(max_length=80, blank=True)
    since = models.DateField(null=True, blank=True)
    preferred_channel = models.CharField(max_length=20, blank=True, help_text="On which they like to be reached.")
    do_not_disturb = models.BooleanField(default=False, help_text="No proactive contact but what service needs.")
    quality = models.PositiveSmallIntegerField(
        null=True, blank=True, help_text="0–100: complete, valid, up to date, reachable; null: not judged yet."
    )
    restricted_at = models.DateTimeField(
        null=True, blank=True, help_text="UU PDP 27/2022: kept, and used for nothing else, since then."
    )
    erased_at = models.DateTimeField(null=True, blank=True, help_text="Nothing personal is left of the record.")
    absorbed_into = models.ForeignKey(
        "self", null=True, blank=True, on_delete=models.PROTECT, db_index=False,
        help_text="Was provisional; all it had is there now.",
    )  # fmt: skip
    created_at = models.DateTimeField(default=timezone.now)

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(quality__isnull=True) | Q(quality__lte=100), name="quality_in_percent"),
        ]
        indexes = [
            # search.find_by_name: parts of names, and names with typing errors.
            GinIndex(fields=["name"], opclasses=["gin_trgm_ops"], name="customer_name_alike"),
            models.Index(fields=["absorbed_into"], condition=Q(absorbed_into__isnull=False), name="customer_absorbed"),
        ]
        triggers = [stays()]

    def __str__(self) -> str:
        return self.name or f"#{self.pk}"


@pghistory.track(
    pghistory.UpdateEvent(row=pghistory.Old),
    pghistory.DeleteEvent(),
    exclude=["verified_by", "updated_at"],
    model_name="AddressPast",
)
class Address(models.Model):
    """Where a customer lives, works, gets bills or has a line."""

    class Kind(models.TextChoices):
        HOME = "home", _("Home")
        OFFICE = "office", pgettext_lazy("address", "Office")
        BILLING = "billing", _("Bills go there")
        LINE = "line", _("A line is installed there")

    customer = models.ForeignKey(Customer, on_delete=models.CASCADE, related_name="addresses")
    kind = models.CharField(max_length=10, choices=Kind.choices, default=Kind.HOME)
    street = models.CharField(max_length=200)
    rt = models.CharField(max_length=3, blank=True)
    rw = models.CharField(max_length=3, blank=True)
    village = models.CharField(max_length=80, blank=True, help_text="Kelurahan or desa.")
    district = models.CharField(max_length=80, blank=True, help_text="Kecamatan.")
    city = models.CharField(max_length=80, help_text="With its word: Kota Bandung, Kabupaten Bandung.")
    province = models.CharField(max_length=80, blank=True)
    post_code = models.CharField(max_length=5, blank=True)
    verified_at = models.DateTimeField(null=True, blank=True)
    verified_by = models.ForeignKey(User, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    updated_at = models.DateTimeField(default=timezone.now)

    class Meta:
        ordering = ["pk"]
        constraints = [
            # One of each: save_address replaces, and forms know which they edit.
            models.UniqueConstraint(fields=["customer", "kind"], name="one_address_of_a_kind"),
        ]
        # One household (caring/deciding.py): who lives in the same street, by its post code.
        indexes = [models.Index(fields=["post_code", "rt", "rw"], condition=Q(kind="home"), name="homes_of_a_street")]

    def __str__(self) -> str:
        return f"address {self.pk}"

    @property
    def in_full(self) -> str:
        """As on an envelope, below the name."""
        parts = [self.street, f"RT {self.rt}/RW {self.rw}" if self.rt or self.rw else "", self.area]
        return "\n".join(part for part in parts if part)

    @property
    def area(self) -> str:
        """What anybody at the desk may see of it."""
        town = f"{self.city} {self.post_code}".strip()
        return ", ".join(part for part in (self.village, self.district, town, self.province) if part)
