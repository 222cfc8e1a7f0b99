"""Visit: somebody who came to a GraPARI, from the queue number to the end. Counter: an open one, and who sits there."""

import datetime as dt

import pghistory
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import F, Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from crm.cases.models import Case
from crm.customers.models import Customer, IdentityDocument
from crm.lib.one_row import OneRow
from crm.staff.models import Office, User
from crm.timeline.models import Interaction
from crm.visits.queries import VisitQuerySet
from crm.visits.words import AT_A_COUNTER, Purpose, Result, VisitState


@pghistory.track()
class WaitRule(OneRow):
    """How long a visitor may wait until the first call: what the centres promise at the door."""

    minutes = models.PositiveSmallIntegerField(
        _("Minutes until a visitor is called"), default=10, validators=[MinValueValidator(1), MaxValueValidator(240)]
    )

    class Meta(OneRow.Meta):
        verbose_name = _("Waiting at a counter")

    def __str__(self) -> str:
        return f"{self.minutes}"


class Counter(models.Model):
    """A counter is open while its row is there."""

    office = models.ForeignKey(Office, on_delete=models.PROTECT, related_name="counters")
    number = models.PositiveSmallIntegerField(_("counter"))
    by = models.OneToOneField(User, on_delete=models.PROTECT, related_name="counter")
    opened_at = models.DateTimeField(default=timezone.now)

    class Meta:
        ordering = ["office", "number"]
        constraints = [
            # Two people never sit at one counter, nor one person at two (by is unique).
            models.UniqueConstraint(fields=["office", "number"], name="one_at_each_counter"),
        ]

    def __str__(self) -> str:
        return f"{self.office_id}/{self.number}"


class Visit(models.Model):
    office = models.ForeignKey(Office, on_delete=models.PROTECT, related_name="visits")
    day = models.DateField(help_text="Of the arrival, in the office's own time zone.")
    series = models.CharField(max_length=2)
    number = models.PositiveSmallIntegerField()
    purpose = models.CharField(_("purpose"), max_length=10, choices=Purpose.choices, default=Purpose.OTHER)
    is_priority = models.BooleanField(default=False, help_text="Elderly, pregnant, disabled: called before others.")
    note = models.CharField(max_length=250, blank=True, help_text="What they told the kiosk or at the door.")
    customer = models.ForeignKey(Customer, null=True, blank=True, on_delete=models.PROTECT, related_name="visits")
    interaction = models.OneToOneField(
        Interaction, null=True, blank=True, on_delete=models.PROTECT, related_name="visit"
    )
    cases = models.ManyToManyField(Case, related_name="visits", help_text="Registered at the counter.")
    external_id = models.CharField(max_length=100, blank=True, help_text="The queue system's own.")
    state = models.CharField(max_length=10, choices=VisitState.choices, default=VisitState.WAITING)
    arrived_at = models.DateTimeField()
    called_at = models.DateTimeField(null=True, blank=True, help_text="For the first time: the wait ends here.")
    calls = models.PositiveSmallIntegerField(default=0)
    started_at = models.DateTimeField(null=True, blank=True)
    ended_at = models.DateTimeField(null=True, blank=True, help_text="Or walked out.")
    counter = models.PositiveSmallIntegerField(null=True, blank=True)
    by = models.ForeignKey(User, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    outcome = models.CharField(max_length=12, choices=Result.choices, blank=True)
    remark = models.CharField(max_length=250, blank=True)
    paper = models.CharField(max_length=10, choices=IdentityDocument.Kind.choices, blank=True)
    paper_at = models.DateTimeField(null=True, blank=True)
    paper_by = models.ForeignKey(User, null=True, blank=True, on_delete=models.PROTECT, related_name="+")

    objects = VisitQuerySet.as_manager()

    class Meta:
        constraints = [
            # The number on the screen of the hall means one person.
            models.UniqueConstraint(fields=["office", "day", "series", "number"], name="ticket_once_a_day"),
            # The queue system may send twice.
            models.UniqueConstraint(
                fields=["office", "external_id"], condition=~Q(external_id=""), name="visit_told_once"
            ),
            # A counter has one person before it.
            models.UniqueConstraint(
                fields=["office", "counter"], condition=Q(state__in=AT_A_COUNTER), name="one_visit_at_a_counter"
            ),
            # The report relies on it: no wait and no service is negative.
            models.CheckConstraint(
                condition=(Q(called_at=None) | Q(called_at__gte=F("arrived_at")))
                & (Q(started_at=None) | Q(started_at__gte=F("called_at")))
                & (Q(ended_at=None) | Q(ended_at__gte=F("arrived_at"))),
                name="visit_in_order",
            ),
            # What each state says of the times, the report and the page believe.
            models.CheckConstraint(
                condition=Q(state="waiting", called_at=None, started_at=None, ended_at=None)
                | Q(state="called", called_at__isnull=False, counter__isnull=False, started_at=None, ended_at=None)
                | Q(state="serving", started_at__isnull=False, counter__isnull=False, ended_at=None)
                | Q(state="ended", started_at__isnull=False, ended_at__isnull=False)
                | Q(state="left", started_at=None, ended_at__isnull=False),
                name="visit_state_and_times",
            ),
            models.CheckConstraint(
                condition=Q(paper="", paper_at=None, paper_by=None) | (~Q(paper="") & Q(paper_at__isnull=False)),
                name="who_saw_which_paper",
            ),
        ]
        indexes = [
            # Whom a counter calls next.
            models.Index(
                fields=["office", "-is_priority", "arrived_at", "id"], condition=Q(state="waiting"), name="visit_queue"
            ),
            # The lists and the report of an office.
            models.Index(fields=["office", "-arrived_at", "-id"], name="visit_of_office"),
            models.Index(fields=["customer", "-arrived_at"], name="visit_of_customer"),
        ]

    def __str__(self) -> str:
        return self.ticket

    @property
    def ticket(self) -> str:
        return f"{self.series}-{self.number:03}"

    @property
    def waited(self) -> dt.timedelta | None:
        """From arrival to the first call; of who walked out uncalled, to the walking out; None while waiting."""
        until = self.called_at or self.ended_at
        return until - self.arrived_at if until else None

    @property
    def served(self) -> dt.timedelta | None:
        return self.ended_at - self.started_at if self.ended_at and self.started_at else None
