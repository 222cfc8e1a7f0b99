from __future__ import annotations

from typing import Any

import pghistory
from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.db import models
from django.db.models import Q
from django.db.models.functions import Lower
from django.utils import timezone
from django.utils.crypto import salted_hmac
from django.utils.functional import cached_property
from django.utils.translation import gettext_lazy as _

from crm.lib.referring import stays
from crm.staff.models.places import Division, Office, Team
from crm.staff.models.skill import Skill
from crm.staff.queries import UserQuerySet
from crm.staff.words import Language, Presence, Role, Theme, Zone

# Secrets, and what people choose for themselves every day.
NOT_HISTORY = [
    "password", "last_login", "session_epoch", "presence", "presence_since", "team", "language", "theme", "signature",
    "letter_keys",
]  # fmt: skip


class UserManager(BaseUserManager.from_queryset(UserQuerySet)):  # type: ignore[misc]
    def create_user(self, username: str, email: str, password: str | None = None, **fields: Any) -> User:
        """Without a password nobody can sign in to the account with one."""
        user = self.model(username=username, email=self.normalize_email(email), **fields)
        user.set_password(password)
        user.save(using=self._db)
        return user

    def create_superuser(self, username: str, email: str, password: str | None = None, **fields: Any) -> User:
        """What `manage.py createsuperuser` makes: an administrator."""
        return self.create_user(username, email, password, **{"role": Role.ADMINISTRATOR, **fields})


@pghistory.track(exclude=NOT_HISTORY)
class User(AbstractBaseUser):
    """One member of staff; never shared, never deleted (cases and events point at them), only deactivated.

    What they may do follows from `role` alone (crm/staff/access.py): there are no groups and no single permissions.
    """

    username = models.CharField(_("user name"), max_length=60, unique=True)
    email = models.EmailField(_("e-mail"), unique=True)
    staff_number = models.CharField(_("staff number"), max_length=20, unique=True, null=True, blank=True)
    extension = models.CharField(
        _("extension"), max_length=20, unique=True, null=True, blank=True,
        help_text=_("Of their telephone: the exchange says with it whose call it is."),
    )  # fmt: skip
    name = models.CharField(_("name"), max_length=120)
    role = models.CharField(_("role"), max_length=20, choices=Role.choices, default=Role.AGENT)
    teams = models.ManyToManyField(Team, verbose_name=_("teams"), blank=True, related_name="members")
    team = models.ForeignKey(
        Team, verbose_name=_("desk today"), null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    division = models.ForeignKey(Division, verbose_name=_("division"), null=True, blank=True, on_delete=models.PROTECT)
    office = models.ForeignKey(
        Office, verbose_name=_("GraPARI office"), null=True, blank=True, on_delete=models.PROTECT
    )
    language = models.CharField(_("language"), max_length=5, choices=Language.choices, blank=True)
    time_zone = models.CharField(_("time zone"), max_length=40, choices=Zone.choices, default=Zone.WIB)
    theme = models.CharField(_("colours"), max_length=5, choices=Theme.choices, default=Theme.AUTO)
    letter_keys = models.BooleanField(
        _("single keys"), default=True, help_text=_("j, k, r and the others act without Ctrl.")
    )
    signature = models.CharField(_("signature"), max_length=20, blank=True)
    presence = models.CharField(_("state"), max_length=10, choices=Presence.choices, default=Presence.AWAY)
    presence_since = models.DateTimeField(default=timezone.now)
    capacity = models.PositiveSmallIntegerField(_("capacity"), default=25)
    channel_capacity = models.JSONField(
        _("capacity by channel"), default=dict, blank=True, help_text=_("At most so many cases of a channel at once.")
    )
    skills = models.ManyToManyField(Skill, verbose_name=_("skills"), blank=True, related_name="people")
    is_active = models.BooleanField(_("active"), default=True)
    # Part of what a session is checked against: raising it ends every session of this person.
    session_epoch = models.PositiveIntegerField(default=0, editable=False)
    date_joined = models.DateTimeField(default=timezone.now, editable=False)

    objects = UserManager()
    USERNAME_FIELD = "username"
    EMAIL_FIELD = "email"
    REQUIRED_FIELDS = ["email", "name"]

    class Meta:
        verbose_name, verbose_name_plural = _("member of staff"), _("staff")
        ordering = ["name", "id"]
        triggers = [stays()]
        constraints = [
            # StaffBackend looks a name up without regard to case and must find one person.
            models.UniqueConstraint(Lower("username"), name="user_name_once"),
            models.UniqueConstraint(Lower("email"), name="user_email_once"),
            models.UniqueConstraint(Lower("staff_number"), name="user_number_once"),
            # A user name that looks like an address could be somebody else's address.
            models.CheckConstraint(condition=~Q(username__contains="@"), name="user_name_is_no_address"),
        ]

    def __str__(self) -> str:
        return self.name

    def get_full_name(self) -> str:
        return self.name

    def get_short_name(self) -> str:
        """The first word that is a name of its own: Wayan of I Wayan Sudarma."""
        return next((word for word in self.name.split() if len(word) > 1), self.name)

    @cached_property
    def team_ids(self) -> frozenset[int]:
        """The teams whose cases are this person's. Kept for the life of the object: one request asks many times."""
        return frozenset(team.pk for team in self.teams.all())

    @property
    def is_staff(self) -> bool:
        """What Django's admin calls whoever it lets in."""
        return self.is_active and self.role == Role.ADMINISTRATOR

    def has_perm(self, _perm: str, _obj: object = None) -> bool:
        """Django's admin asks by permission; here an administrator may use all of it and nobody else any."""
        return self.is_staff

    def has_module_perms(self, _app_label: str) -> bool:
        return self.is_staff

    def get_session_auth_hash(self) -> str:
        """A session ends when the password changes or `session_epoch` moves."""
        return salted_hmac("crm.staff.session", f"{self.password}{self.session_epoch}", algorithm="sha256").hexdigest()
