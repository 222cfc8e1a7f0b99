import secrets
from typing import Any

import pghistory
from django.db import models
from django.db.models.functions import Lower
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from crm.lib.sealed import seal, unseal
from crm.timeline.models import Channel


def new_hook() -> str:
    return secrets.token_urlsafe(32)


class ConnectionQuerySet(models.QuerySet["Connection"]):
    def active(self) -> "ConnectionQuerySet":
        return self.filter(is_active=True)

    def of(self, channel: str, account: str = "") -> "ConnectionQuerySet":
        """The active ones of a channel; of one account of ours where it is named."""
        here = self.active().filter(channel=channel)
        return here.filter(account__iexact=account) if account else here


# Secrets, and what the network tells us all day long.
NOT_HISTORY = [
    "sealed", "hook", "cursor", "paused_until", "last_in_at", "last_out_at", "last_ok_at", "fault", "fault_at",
    "fault_since",
]  # fmt: skip


@pghistory.track(exclude=NOT_HISTORY)
class Connection(models.Model):
    """One account of ours on one channel: an official handle, a mailbox, an SMS centre. With how it does."""

    class Condition(models.TextChoices):
        OFF = "off", _("Switched off")
        PAUSED = "paused", _("Paused by the network")
        FAULTY = "faulty", _("Faulty")
        UNUSED = "unused", _("Never used")
        WORKS = "works", _("Works")

    channel = models.CharField(max_length=20, choices=Channel.choices)
    account = models.CharField(max_length=80, help_text="Handle without @, address or sender, as contacts name it.")
    name = models.CharField(max_length=120, blank=True)
    is_active = models.BooleanField(default=True)
    options = models.JSONField(default=dict, blank=True, help_text="What the adapter's fields ask, secrets excepted.")
    sealed = models.TextField(blank=True, help_text="The secrets, sealed (crm/lib/sealed.py).")
    hook = models.CharField(
        max_length=64, unique=True, default=new_hook, help_text="Part of the callback address that nobody can guess."
    )
    cursor = models.CharField(max_length=255, blank=True, help_text="Up to where the network was read.")
    paused_until = models.DateTimeField(null=True, blank=True, help_text="The network said: not before.")
    last_in_at = models.DateTimeField(null=True, blank=True)
    last_out_at = models.DateTimeField(null=True, blank=True)
    last_ok_at = models.DateTimeField(null=True, blank=True, help_text="The network last did as asked.")
    fault = models.CharField(max_length=250, blank=True, help_text="Why it does not, since the last success.")
    fault_at = models.DateTimeField(null=True, blank=True)
    fault_since = models.DateTimeField(null=True, blank=True)
    created_at = models.DateTimeField(default=timezone.now)

    objects = ConnectionQuerySet.as_manager()

    class Meta:
        verbose_name, verbose_name_plural = _("account of ours"), _("accounts of ours")
        ordering = ["channel", "account"]
        constraints = [
            # Adapters look a connection up by channel and account, in any case.
            models.UniqueConstraint("channel", Lower("account"), name="connection_once"),
            models.CheckConstraint(
                condition=models.Q(fault="") ^ models.Q(fault_since__isnull=False),
                name="connection_fault_says_since",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.get_channel_display()} {self.account}"

    @property
    def secrets(self) -> dict[str, str]:
        """Raises sealed.Unreadable when this process has not the key."""
        return unseal(self.sealed)

    @secrets.setter
    def secrets(self, values: dict[str, str]) -> None:
        self.sealed = seal(values) if values else ""

    @property
    def condition(self) -> Condition:
        """The one word about it; a pause says more than the fault that led to it."""
        if not self.is_active:
            return self.Condition.OFF
        if self.paused_until and self.paused_until > timezone.now():
            return self.Condition.PAUSED
        if self.fault:
            return self.Condition.FAULTY
        is_used = self.last_ok_at or self.last_in_at or self.last_out_at
        return self.Condition.WORKS if is_used else self.Condition.UNUSED

    def option(self, name: str, default: Any = "") -> Any:
        value = self.options.get(name)
        return default if value in (None, "") else value
