"""When the programme may contact somebody at all (domain.md §4)."""

import datetime as dt

import pghistory
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from crm.timeline.models import Channel


@pghistory.track()
class ContactPolicy(models.Model):
    """One row, changed on screen; every value before is kept."""

    most = models.PositiveSmallIntegerField(
        _("Courtesy contacts"), default=2, help_text=_("At most so many to one customer in the days below.")
    )
    days = models.PositiveSmallIntegerField(_("In so many days"), default=7)
    quiet_from = models.TimeField(_("Quiet from"), default=dt.time(20), help_text=_("The customer's own time."))
    quiet_until = models.TimeField(_("Quiet until"), default=dt.time(8))
    hold_out_per_mille = models.PositiveSmallIntegerField(
        _("Hold-out group"), default=50,
        help_text=_("Of 1,000 customers so many get no courtesy contacts, so that their effect is known."),
    )  # fmt: skip

    # Of the programme's messages together, whatever stage they are of. 0: none leaves.
    sms_a_minute = models.PositiveIntegerField(
        _("SMS a minute"),
        default=3000,
        db_default=3000,
        help_text=_("At most so many; the others wait. 0: none leaves."),
    )
    email_a_minute = models.PositiveIntegerField(_("E-mails a minute"), default=1000, db_default=1000)
    other_a_minute = models.PositiveIntegerField(
        _("On every other channel a minute"), default=300, db_default=300,
        help_text=_("Letters and answers on the networks, each for itself."),
    )  # fmt: skip

    class Meta:
        verbose_name, verbose_name_plural = _("Contact policy"), _("Contact policy")
        constraints = [
            models.CheckConstraint(condition=Q(id=1), name="one_contact_policy"),
            models.CheckConstraint(condition=Q(days__range=(1, 90)), name="policy_days_in_reason"),
            models.CheckConstraint(condition=Q(hold_out_per_mille__lte=500), name="hold_out_in_reason"),
        ]

    def __str__(self) -> str:
        return "contact policy"

    def a_minute(self, channel: str) -> int:
        """At most so many messages of the programme leave on this channel."""
        own = {Channel.SMS: self.sms_a_minute, Channel.EMAIL: self.email_a_minute}
        return own.get(Channel(channel), self.other_a_minute)
