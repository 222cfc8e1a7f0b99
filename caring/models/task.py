"""One piece of work that a stage made for one line or customer; what was tried; what the policy said to it."""

import datetime as dt

import pgtrigger
from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Now
from django.utils import timezone

from caring.models.stage import Stage, StageVersion
from caring.words import Outcome, State, Way, Why, Work
from crm.customers.models import Customer, Subscription
from crm.lib.referring import refers
from crm.messaging.models import Message
from crm.staff.access import may, scope
from crm.staff.models import Office, Role, Team, User


class TaskQuerySet(models.QuerySet["Task"]):
    def by_hand(self) -> "TaskQuerySet":
        """What a person does: calls, visits, scores. Messages leave by themselves."""
        return self.filter(channel__in=Task.BY_HAND)

    def workable_by(self, user: User) -> "TaskQuerySet":
        """Whose work it is: retention of supervisors and the teams that take it, of everybody while none does; visits
        of the office where the customer lives; quality of service quality; the rest of everybody; and what one has
        taken."""
        if not may(user, "caring.work"):
            return self.none()
        if user.role == Role.QUALITY:
            return self.filter(stage__work=Work.QUALITY)
        works = [Work.CARE]
        takers = Team.objects.filter(takes_retention=True)
        if user.role == Role.SUPERVISOR or takers.filter(pk__in=user.team_ids).exists() or not takers.exists():
            works.append(Work.RETENTION)
        visits = _of(user.office) if user.office else Q(pk__in=[])
        return self.filter(Q(stage__work__in=works) | visits | Q(assignee=user))

    def visits_of(self, office: Office) -> "TaskQuerySet":
        """That people of this office are to make, now or on their day."""
        return self.due().filter(_of(office), channel=Way.VISIT)

    def visible_to(self, user: User) -> "TaskQuerySet":
        """Of one's teams, one's own, and those that no team has yet."""
        reach = scope(user)
        if reach.kind == "all":
            return self
        if reach.kind != "teams":
            return self.none()
        return self.filter(Q(team=None) | Q(team__in=reach.team_ids) | Q(assignee=user))

    def running(self) -> "TaskQuerySet":
        return self.filter(state__in=Task.RUNNING)

    def due(self) -> "TaskQuerySet":
        """Still to be done, now or at its time."""
        return self.filter(state__in=Task.DUE)

    def overdue(self, at: dt.datetime) -> "TaskQuerySet":
        return self.due().filter(due_at__lt=at)

    def closed_since(self, at: dt.datetime) -> "TaskQuerySet":
        return self.filter(closed_at__gte=at)


def _of(office: Office) -> Q:
    """Visits in a city with an office are that office's; elsewhere any office calls, or says that it cannot go."""
    others = Q(pk__in=[])
    for region in Office.objects.exclude(region=office.region).values_list("region", flat=True).distinct():
        others |= Q(customer__city__iendswith=region)
    return Q(stage__work=Work.OFFICE) & ~others


class Task(models.Model):
    RUNNING = (State.WAITING, State.OPEN, State.SENT)
    BY_HAND = (Way.CALL, Way.VISIT, Way.FORM)
    DUE = (State.WAITING, State.OPEN)

    # A night writes a million: what they name is looked up once a statement (crm/lib/referring.py).
    stage = models.ForeignKey(
        Stage, on_delete=models.PROTECT, related_name="tasks", db_index=False, db_constraint=False
    )
    version = models.ForeignKey(
        StageVersion, on_delete=models.PROTECT, related_name="+", db_index=False, db_constraint=False
    )
    customer = models.ForeignKey(Customer, on_delete=models.PROTECT, related_name="caring_tasks", db_constraint=False)
    # one_task_an_occasion begins with it.
    subscription = models.ForeignKey(
        Subscription, null=True, blank=True, on_delete=models.PROTECT, related_name="caring_tasks", db_index=False,
        db_constraint=False,
    )  # fmt: skip
    way = models.PositiveSmallIntegerField(default=0, help_text="Which of the rule's ways picked it.")
    occasion = models.CharField(max_length=60, help_text="What it is about: bill:12, usage:2026-10, year:3.")
    facts = models.JSONField(default=dict, help_text="Ids and figures that the rule found; never personal text.")
    state = models.CharField(max_length=10, choices=State.choices, default=State.OPEN)
    why = models.CharField(max_length=14, choices=Why.choices, blank=True, help_text="Of what was left out or put off.")
    is_held_out = models.BooleanField(default=False, help_text="Of the hold-out group: compared, never contacted.")
    channel = models.CharField(max_length=10, choices=Way.choices, blank=True, help_text="To be tried next.")
    tried = models.PositiveSmallIntegerField(default=0)
    value = models.IntegerField(default=0, help_text="ARPU of the line or customer: the dearer goes first.")
    # Without indexes, as stage and version: a night writes a million tasks, and nothing looks them up by these.
    team = models.ForeignKey(
        Team, null=True, blank=True, on_delete=models.PROTECT, related_name="+", db_index=False, db_constraint=False
    )
    office = models.ForeignKey(
        Office, null=True, blank=True, on_delete=models.PROTECT, related_name="+", db_index=False, db_constraint=False
    )
    assignee = models.ForeignKey(
        User, null=True, blank=True, on_delete=models.PROTECT, related_name="+", db_index=False, db_constraint=False
    )
    run = models.ForeignKey(
        "caring.Run", null=True, blank=True, on_delete=models.PROTECT, related_name="+", db_index=False,
        db_constraint=False,
    )  # fmt: skip
    occurred_at = models.DateTimeField(help_text="The occasion.")
    due_at = models.DateTimeField()
    next_at = models.DateTimeField(help_text="Not before: its time, the pause after an attempt, room in the policy.")
    outcome = models.CharField(max_length=20, choices=Outcome.choices, blank=True, help_text="Of the last attempt.")
    reason = models.CharField(max_length=20, blank=True, help_text="Why they leave: a key of the version's reasons.")
    offer = models.CharField(max_length=20, blank=True, help_text="What was offered: a key of the version's offers.")
    offer_taken = models.BooleanField(null=True, help_text="Empty: they think it over, or nothing was offered.")
    created_at = models.DateTimeField(default=timezone.now)
    changed_at = models.DateTimeField(db_default=Now(), editable=False, help_text="Kept by the database.")
    closed_at = models.DateTimeField(null=True, blank=True)

    objects = TaskQuerySet.as_manager()

    class Meta:
        constraints = [
            # The evaluation relies on these two (caring/inserting.py): one occasion, one task, however many runs,
            # workers and doubled events there are. A line keeps its tasks when it changes hands.
            models.UniqueConstraint(fields=["subscription", "stage", "occasion"], name="one_task_an_occasion"),
            models.UniqueConstraint(
                fields=["stage", "customer", "occasion"], condition=Q(subscription__isnull=True),
                name="one_task_an_occasion_of_customer",
            ),
            models.CheckConstraint(
                condition=Q(state__in=["waiting", "open", "sent"]) ^ Q(closed_at__isnull=False),
                name="closed_task_says_when",
            ),
            models.CheckConstraint(condition=~Q(state="suppressed") | ~Q(why=""), name="left_out_says_why"),
            models.CheckConstraint(condition=Q(due_at__gte=F("occurred_at")), name="due_after_its_occasion"),
        ]  # fmt: skip
        indexes = [
            # The worklist, and what becomes open or due to be sent.
            models.Index(fields=["next_at", "id"], condition=Q(state__in=["waiting", "open"]), name="caring_next"),
            # The worklist (caring/worklist.py): the most urgent first, of those the dearer.
            models.Index(
                fields=["due_at", "-value", "id"], name="caring_worklist",
                condition=Q(state="open", channel__in=["call", "visit", "form"]),
            ),
            # What somebody has taken, of the few that anybody takes.
            models.Index(fields=["assignee"], condition=Q(assignee__isnull=False), name="caring_taken"),
            # What ends with its reason, and the programme's counts.
            models.Index(fields=["stage", "state"], condition=Q(state__in=["waiting", "open", "sent"]),
                         name="caring_running"),
            # Lists and counts of what was closed of late: counted without reading the tasks.
            models.Index(fields=["closed_at", "id"], include=["stage", "state", "why", "team", "assignee"],
                         condition=Q(closed_at__isnull=False), name="caring_closed"),
            # Systems that keep in step with the tasks by the API.
            models.Index(fields=["changed_at", "id"], name="caring_changed"),
        ]  # fmt: skip
        triggers = [
            *refers(
                "customer", "subscription", "run", "version", "team", "office", "assignee", also={"version": "stage"}
            ),
            # Whoever writes it, a statement over a million or a person: no change is missed.
            pgtrigger.Trigger(
                name="task_changed",
                when=pgtrigger.Before,
                operation=pgtrigger.Update,
                func="NEW.changed_at = clock_timestamp(); RETURN NEW;",
            ),
        ]

    def __str__(self) -> str:
        return f"caring-{self.stage_id} {self.pk}"

    @property
    def is_running(self) -> bool:
        return self.state in self.RUNNING

    @property
    def channels(self) -> list[str]:
        """In the order of trying: of the way that picked it, else of the stage."""
        return self.version.channels_of(self.way)

    @property
    def next_channel(self) -> str:
        """What is tried when the present one has failed; empty: nothing is left."""
        order = self.channels
        place = order.index(self.channel) + 1 if self.channel in order else 0
        return order[place] if place < len(order) else ""


class Attempt(models.Model):
    """One try to reach somebody: a call, a message, a visit, or a score form."""

    task = models.ForeignKey(Task, on_delete=models.CASCADE, related_name="attempts_made")
    number = models.PositiveSmallIntegerField()
    channel = models.CharField(max_length=10, choices=Way.choices)
    outcome = models.CharField(max_length=20, choices=Outcome.choices, blank=True)
    message = models.ForeignKey(Message, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField(default=timezone.now)
    by = models.ForeignKey(User, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    note = models.TextField(blank=True, help_text="What was said, in a sentence or two.")

    class Meta:
        ordering = ["task", "number"]
        constraints = [
            # Two who note the outcome of the same call: one does.
            models.UniqueConstraint(fields=["task", "number"], name="one_attempt_of_a_number"),
        ]
        indexes = [
            # What somebody did today, above their worklist.
            models.Index(fields=["by", "at"], condition=Q(by__isnull=False), name="caring_tried_by"),
        ]

    def __str__(self) -> str:
        return f"attempt {self.number} of task {self.task_id}"


class Suppression(models.Model):
    """The policy said no to a task, for good or until a time."""

    task = models.ForeignKey(Task, on_delete=models.CASCADE, related_name="suppressions")
    why = models.CharField(max_length=14, choices=Why.choices)
    at = models.DateTimeField(default=timezone.now)
    until = models.DateTimeField(null=True, blank=True, help_text="Empty: for good.")

    class Meta:
        ordering = ["-at", "-id"]

    def __str__(self) -> str:
        return f"{self.why} {self.task_id}"
