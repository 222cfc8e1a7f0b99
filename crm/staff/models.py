"""The people of the customer-care division and where they work."""

import datetime as dt

from django.contrib.auth.base_user import AbstractBaseUser
from django.contrib.auth.models import PermissionsMixin, UserManager
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.utils import timezone
from django.utils.functional import cached_property
from django.utils.translation import gettext_lazy as _


class Zone(models.TextChoices):
    """Indonesia's three clocks."""

    WIB = "Asia/Jakarta", "WIB"
    WITA = "Asia/Makassar", "WITA"
    WIT = "Asia/Jayapura", "WIT"


class Role(models.TextChoices):
    AGENT = "agent", _("Agent")
    QUALITY = "quality", _("Service quality")
    SUPERVISOR = "supervisor", _("Supervisor")
    DIVISION = "division", _("Division staff")
    ADMINISTRATOR = "administrator", _("Administrator")


class Presence(models.TextChoices):
    AVAILABLE = "available", _("Available")
    BUSY = "busy", _("Busy")
    WRAP_UP = "wrap_up", _("Wrap-up")
    AWAY = "away", _("Away")


class Division(models.Model):
    """A department that settles what customer care cannot: network, billing, products, IT, legal."""

    code = models.SlugField(unique=True)
    name = models.CharField(max_length=80)
    name_en = models.CharField(max_length=80)

    def __str__(self) -> str:
        return self.name


class Office(models.Model):
    """A GraPARI: the operator's walk-in service centre."""

    code = models.SlugField(unique=True)
    name = models.CharField(max_length=80)
    region = models.CharField(max_length=80)
    time_zone = models.CharField(max_length=40, choices=Zone.choices, default=Zone.WIB)

    def __str__(self) -> str:
        return self.name


class Team(models.Model):
    """Takes the cases of its channels. `channels` holds channel codes; a channel nobody takes goes to the first team."""

    code = models.SlugField(unique=True)
    name = models.CharField(max_length=80)
    channels = ArrayField(models.CharField(max_length=20), default=list, blank=True)
    office = models.ForeignKey(Office, null=True, blank=True, on_delete=models.PROTECT)
    position = models.PositiveSmallIntegerField(default=0)

    class Meta:
        ordering = ["position", "id"]

    def __str__(self) -> str:
        return self.name


class User(AbstractBaseUser, PermissionsMixin):
    """One member of staff; never shared, never deleted (cases and events point at them), only deactivated."""

    username = models.CharField(max_length=60, unique=True)
    email = models.EmailField(unique=True)
    staff_number = models.CharField(max_length=20, unique=True, null=True, blank=True)
    name = models.CharField(max_length=120)
    role = models.CharField(max_length=20, choices=Role.choices, default=Role.AGENT)
    teams = models.ManyToManyField(Team, blank=True, related_name="members")
    team = models.ForeignKey(Team, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    division = models.ForeignKey(Division, null=True, blank=True, on_delete=models.PROTECT)
    office = models.ForeignKey(Office, null=True, blank=True, on_delete=models.PROTECT)
    language = models.CharField(max_length=5, choices=[("id", "Bahasa Indonesia"), ("en", "English")], default="id")
    time_zone = models.CharField(max_length=40, choices=Zone.choices, default=Zone.WIB)
    theme = models.CharField(max_length=5, choices=[("auto", "auto"), ("light", "light"), ("dark", "dark")], default="auto")
    signature = models.CharField(max_length=20, blank=True)
    presence = models.CharField(max_length=10, choices=Presence.choices, default=Presence.AWAY)
    presence_since = models.DateTimeField(default=timezone.now)
    capacity = models.PositiveSmallIntegerField(default=25)
    is_active = models.BooleanField(default=True)
    is_staff = models.BooleanField(default=False)
    date_joined = models.DateTimeField(default=timezone.now)

    objects = UserManager()
    USERNAME_FIELD = "username"
    EMAIL_FIELD = "email"
    REQUIRED_FIELDS = ["email", "name"]

    def __str__(self) -> str:
        return self.name

    def get_full_name(self) -> str:
        return self.name

    def get_short_name(self) -> str:
        return self.name.split(" ")[0]

    @cached_property
    def team_ids(self) -> frozenset[int]:
        """The teams whose cases are this person's. Kept for the life of the object: one request asks many times."""
        return frozenset(self.teams.values_list("pk", flat=True))


class Shift(models.Model):
    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="shifts")
    starts_at = models.DateTimeField()
    ends_at = models.DateTimeField()

    class Meta:
        ordering = ["starts_at"]
        constraints = [
            models.CheckConstraint(condition=models.Q(ends_at__gt=models.F("starts_at")), name="shift_ends_after_it_starts")
        ]

    def __str__(self) -> str:
        return f"{self.user_id} {self.starts_at:%F %H:%M}"

    @property
    def length(self) -> dt.timedelta:
        return self.ends_at - self.starts_at
