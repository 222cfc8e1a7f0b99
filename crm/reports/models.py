"""Reports that are made in the background, once or on a schedule."""

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from crm.staff.models import User


class Format(models.TextChoices):
    CSV = "csv", "CSV"
    XLSX = "xlsx", "XLSX"
    PDF = "pdf", "PDF"


class Schedule(models.Model):
    """A report that is mailed by itself: every day, week or month, for the period before."""

    class Every(models.TextChoices):
        DAY = "day", _("Every day")
        WEEK = "week", _("Every Monday")
        MONTH = "month", _("Every first of the month")

    class Stopped(models.TextChoices):
        OWNER = "owner", _("Its owner may no longer have reports mailed")
        RECIPIENT = "recipient", _("None of its recipients may receive it any more")

    name = models.CharField(_("name"), max_length=80)
    report = models.CharField(max_length=40)
    query = models.JSONField(default=dict, help_text="Filters, as the report's address names them; without its period.")
    every = models.CharField(_("how often"), max_length=5, choices=Every.choices, default=Every.WEEK)
    hour = models.PositiveSmallIntegerField(_("hour"), default=7, help_text=_("In the owner's time zone."))
    format = models.CharField(_("format"), max_length=4, choices=Format.choices, default=Format.XLSX)
    recipients = ArrayField(models.EmailField(), verbose_name=_("recipients"), default=list)
    owner = models.ForeignKey(User, on_delete=models.CASCADE, related_name="report_schedules")
    is_active = models.BooleanField(_("active"), default=True)
    next_at = models.DateTimeField()
    stopped = models.CharField(
        max_length=10, choices=Stopped.choices, blank=True, help_text="Why it stopped by itself."
    )
    created_at = models.DateTimeField(default=timezone.now)

    class Meta:
        ordering = ["name", "id"]
        constraints = [
            models.CheckConstraint(condition=Q(hour__lt=24), name="schedule_hour_of_a_day"),
            models.CheckConstraint(condition=Q(recipients__len__gt=0), name="schedule_has_recipients"),
        ]
        indexes = [models.Index(fields=["next_at"], condition=Q(is_active=True), name="schedule_due")]

    def __str__(self) -> str:
        return self.name


class Export(models.Model):
    """One file of a report: asked for, made by a worker, kept for a while for whoever asked."""

    class State(models.TextChoices):
        WAITING = "waiting", _("Waiting")
        DONE = "done", _("Done")
        FAILED = "failed", _("Failed")

    by = models.ForeignKey(User, on_delete=models.CASCADE, related_name="exports")
    schedule = models.ForeignKey(Schedule, null=True, blank=True, on_delete=models.SET_NULL, related_name="exports")
    report = models.CharField(max_length=40)
    about = models.CharField(max_length=200, blank=True, help_text="Period and filters in words.")
    query = models.JSONField(default=dict)
    format = models.CharField(max_length=4, choices=Format.choices)
    state = models.CharField(max_length=7, choices=State.choices, default=State.WAITING)
    done_rows = models.PositiveIntegerField(default=0)
    total_rows = models.PositiveIntegerField(null=True, blank=True)
    file = models.CharField(max_length=200, blank=True, help_text="Beneath the folder of private files.")
    size = models.PositiveBigIntegerField(default=0)
    error = models.CharField(max_length=200, blank=True)
    tries = models.PositiveSmallIntegerField(default=0)
    key = models.CharField(max_length=60, unique=True, help_text="A doubled press, or knock, makes one file.")
    created_at = models.DateTimeField(default=timezone.now)
    ended_at = models.DateTimeField(null=True, blank=True)
    # A scheduled one is mailed: tried again at mail_at until mailed_at; neither of them once we have given up.
    mail_at = models.DateTimeField(null=True, blank=True)
    mailed_at = models.DateTimeField(null=True, blank=True)
    mail_tries = models.PositiveSmallIntegerField(default=0)
    mail_error = models.CharField(max_length=120, blank=True, help_text="Kind and place of the last failure.")

    class Meta:
        ordering = ["-created_at", "-id"]
        constraints = [models.CheckConstraint(condition=~Q(state="done") | ~Q(file=""), name="done_export_has_a_file")]
        indexes = [
            models.Index(fields=["id"], condition=Q(state="waiting"), name="export_to_make"),
            models.Index(fields=["mail_at"], condition=Q(mail_at__isnull=False), name="export_to_mail"),
            models.Index(fields=["by", "-id"], name="export_mine"),
        ]

    def __str__(self) -> str:
        return f"{self.report} {self.pk}"
