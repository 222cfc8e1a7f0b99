import pghistory
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from crm.lib.referring import stays
from crm.staff.words import Zone


@pghistory.track()
class Division(models.Model):
    """A department that settles what customer care cannot: network, billing, products, IT, legal."""

    code = models.SlugField(_("code"), unique=True)
    name = models.CharField(_("name"), max_length=80)
    name_en = models.CharField(_("name in English"), max_length=80)

    class Meta:
        verbose_name, verbose_name_plural = _("division"), _("divisions")
        ordering = ["name", "id"]

    def __str__(self) -> str:
        return self.name_en if (get_language() or "").startswith("en") else self.name


@pghistory.track()
class Office(models.Model):
    """A GraPARI: the operator's walk-in service centre."""

    code = models.SlugField(_("code"), unique=True)
    name = models.CharField(_("name"), max_length=80)
    region = models.CharField(_("region"), max_length=80)
    time_zone = models.CharField(_("time zone"), max_length=40, choices=Zone.choices, default=Zone.WIB)

    class Meta:
        verbose_name, verbose_name_plural = _("GraPARI office"), _("GraPARI offices")
        ordering = ["name", "id"]
        triggers = [stays()]

    def __str__(self) -> str:
        return self.name


@pghistory.track()
class Team(models.Model):
    """Takes the cases of its channels; a channel that no team takes goes to the first team."""

    code = models.SlugField(_("code"), unique=True)
    name = models.CharField(_("name"), max_length=80)
    channels = ArrayField(models.CharField(max_length=20), verbose_name=_("channels"), default=list, blank=True)
    office = models.ForeignKey(
        Office, verbose_name=_("GraPARI office"), null=True, blank=True, on_delete=models.PROTECT
    )
    position = models.PositiveSmallIntegerField(_("position"), default=0)
    hands_out = models.BooleanField(
        _("hands out by itself"), default=False, help_text=_("New cases go to whoever fits and has room.")
    )
    takes_retention = models.BooleanField(
        _("takes retention calls"), default=False,
        help_text=_("Caring stages of retention go to such teams; to everybody while there is none."),
    )  # fmt: skip
    # All in minutes but the share; 0 means never. crm/staff/absence.py and crm/cases/taking_back.py read them.
    wrap_up_minutes = models.PositiveSmallIntegerField(
        _("wrap-up ends after"),
        default=3,
        help_text=_("Minutes until somebody in wrap-up is available again; 0: never."),
    )
    gone_minutes = models.PositiveSmallIntegerField(
        _("away when gone for"),
        default=5,
        help_text=_("Minutes without an open page until somebody counts as away; 0: never."),
    )
    idle_minutes = models.PositiveSmallIntegerField(
        _("away when idle for"),
        default=20,
        help_text=_("Minutes without a sign until somebody counts as away; 0: never."),
    )
    take_back_minutes = models.PositiveSmallIntegerField(
        _("taken back when away for"),
        default=5,
        help_text=_("Minutes away until unanswered cases are taken back; 0: never."),
    )
    take_back_percent = models.PositiveSmallIntegerField(
        _("taken back when unanswered for"),
        default=50,
        help_text=_("Percent of the reply time that was left when the case was given; 0: never."),
    )

    class Meta:
        verbose_name, verbose_name_plural = _("team"), _("teams")
        ordering = ["position", "id"]
        triggers = [stays()]
        constraints = [
            # taking_back relies on it: past the deadline nothing is left to take back in time.
            models.CheckConstraint(condition=Q(take_back_percent__lte=100), name="take_back_within_the_clock"),
        ]

    def __str__(self) -> str:
        return self.name
