from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.indexes import GinIndex
from django.db import models
from django.db.models import F, Q
from django.db.models.expressions import Func
from django.db.models.functions import Coalesce
from django.utils import timezone

from crm.cases.models.category import Category
from crm.cases.queries import CaseQuerySet
from crm.cases.words import RUNNING_STATES, ClockKind, Kind, Outcome, Party, Priority, State, Waiting
from crm.customers.models import Customer
from crm.staff.models import Division, Team, User
from crm.timeline.models import Channel, Direction, Interaction


class NextNumber(Func):
    template = "nextval('case_number')"
    output_field = models.BigIntegerField()


class Case(models.Model):
    """One question, problem, complaint, suggestion or request that we must answer and settle."""

    number = models.BigIntegerField(unique=True, db_default=NextNumber(), editable=False)
    kind = models.CharField(max_length=12, choices=Kind.choices, default=Kind.QUESTION)
    state = models.CharField(max_length=10, choices=State.choices, default=State.NEW)
    waiting_for = models.CharField(max_length=12, choices=Waiting.choices, blank=True)
    waiting_since = models.DateTimeField(null=True, blank=True)
    waiting_until = models.DateTimeField(null=True, blank=True, help_text="An appointment's time.")
    reminded_at = models.DateTimeField(null=True, blank=True)
    proposed_at = models.DateTimeField(
        null=True, blank=True, help_text="Proposed for settling: the customer is silent."
    )
    # Hidden from its queues until then, at latest its deadline; what the customer writes ends it (actions.snoozing).
    snoozed_until = models.DateTimeField(null=True, blank=True)
    snoozed_by = models.ForeignKey(User, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    subject = models.CharField(max_length=250, blank=True)
    preview = models.CharField(max_length=160, blank=True, help_text="First words of the newest message.")
    category = models.ForeignKey(Category, null=True, blank=True, on_delete=models.PROTECT)
    place = models.CharField(max_length=80, blank=True, help_text="Where it is wrong: a district, a street, a cell.")
    priority = models.CharField(max_length=6, choices=Priority.choices, default=Priority.NORMAL)
    tags = ArrayField(models.CharField(max_length=40), default=list, blank=True)
    customer = models.ForeignKey(Customer, on_delete=models.PROTECT, related_name="cases")
    tier = models.CharField(max_length=10, blank=True, help_text="The customer's tier when the case was opened.")
    channel = models.CharField(max_length=20, choices=Channel.choices)
    account = models.CharField(max_length=80, blank=True)
    conversation = models.CharField(max_length=120, blank=True)
    team = models.ForeignKey(Team, null=True, blank=True, on_delete=models.PROTECT)
    assignee = models.ForeignKey(User, null=True, blank=True, on_delete=models.PROTECT, related_name="cases")
    division = models.ForeignKey(Division, null=True, blank=True, on_delete=models.PROTECT, help_text="Holds it now.")
    party = models.CharField(max_length=10, choices=Party.choices, default=Party.TEAM, help_text="Who holds it now.")
    is_archive = models.BooleanField(default=False, help_text="Replayed history: invisible to the live sweep.")
    opened_at = models.DateTimeField()
    settled_at = models.DateTimeField(null=True, blank=True)
    closed_at = models.DateTimeField(null=True, blank=True)
    outcome = models.CharField(max_length=12, choices=Outcome.choices, blank=True)
    settlement = models.TextField(blank=True)
    reopened = models.PositiveSmallIntegerField(default=0)
    merged_into = models.ForeignKey("self", null=True, blank=True, on_delete=models.PROTECT)
    # The nearest running deadline, kept by the clock actions: queues sort by it without a join.
    due_at = models.DateTimeField(null=True, blank=True)
    due_kind = models.CharField(max_length=10, choices=ClockKind.choices, blank=True)
    last_message_at = models.DateTimeField(null=True, blank=True)
    last_direction = models.CharField(max_length=3, choices=Direction.choices, blank=True)
    version = models.PositiveIntegerField(default=1, help_text="Moves with each act; If-Match compares it.")
    created_at = models.DateTimeField(default=timezone.now)

    objects = CaseQuerySet.as_manager()

    class Meta:
        constraints = [
            # take_in relies on it: one customer in one network conversation is one case until that is closed;
            # replayed history stands beside it.
            models.UniqueConstraint(
                fields=["channel", "account", "conversation", "customer", "is_archive"],
                condition=~Q(conversation="")
                & Q(merged_into__isnull=True)
                & (Q(closed_at__isnull=True) | Q(is_archive=True)),
                name="one_case_a_conversation",
            ),
            models.CheckConstraint(
                condition=Q(state=State.WAITING, waiting_since__isnull=False) & ~Q(waiting_for="")
                | ~Q(state=State.WAITING) & Q(waiting_for=""),
                name="waiting_says_for_whom",
            ),
            models.CheckConstraint(
                condition=Q(snoozed_until__isnull=True) | Q(snoozed_by__isnull=False), name="snoozed_by_somebody"
            ),
            models.CheckConstraint(condition=~Q(merged_into=F("id")), name="not_merged_into_itself"),
        ]
        indexes = [
            # Queues: running cases by nearest deadline, of one team, of one agent, of all.
            models.Index(
                fields=["team", "due_at", "id"], condition=Q(state__in=RUNNING_STATES), name="case_queue_team"
            ),
            models.Index(
                fields=["assignee", "due_at", "id"], condition=Q(state__in=RUNNING_STATES), name="case_queue_agent"
            ),
            models.Index(fields=["due_at", "id"], condition=Q(state__in=RUNNING_STATES), name="case_queue_all"),
            models.Index(
                fields=["team", "due_at", "id"],
                condition=Q(state__in=RUNNING_STATES, assignee__isnull=True),
                name="case_queue_unassigned",
            ),
            models.Index(fields=["team", "due_at", "id"], condition=Q(state=State.WAITING), name="case_queue_waiting"),
            models.Index(
                fields=["division", "due_at", "id"], condition=Q(division__isnull=False), name="case_queue_division"
            ),
            # The API's default order, and reports by opening time.
            models.Index(fields=["-opened_at", "-id"], name="case_newest"),
            # Reports: when a case ended, and which had not ended at a moment.
            models.Index(Coalesce("settled_at", "closed_at"), name="case_ended"),
            # close_settled_cases and end_silent_waits.
            models.Index(fields=["settled_at"], condition=Q(state=State.SETTLED), name="case_to_close"),
            models.Index(fields=["waiting_since"], condition=Q(waiting_for="customer"), name="case_silent"),
            # end_snoozes, and the queue of what is snoozed.
            models.Index(fields=["snoozed_until"], condition=Q(snoozed_until__isnull=False), name="case_snoozed"),
            GinIndex(fields=["tags"], name="case_tags"),
        ]

    def __str__(self) -> str:
        return f"#{self.number}"

    @property
    def is_running(self) -> bool:
        return self.state in RUNNING_STATES

    @property
    def is_with_quality(self) -> bool:
        return self.party == Party.QUALITY


class CaseInteraction(models.Model):
    """Which case a contact belongs to. Interactions lie below cases and do not know them; a merge moves these rows."""

    interaction = models.OneToOneField(Interaction, primary_key=True, on_delete=models.CASCADE, related_name="in_case")
    case = models.ForeignKey(Case, on_delete=models.PROTECT, related_name="entries")
    moved_from = models.ForeignKey(Case, null=True, blank=True, on_delete=models.PROTECT, related_name="+")

    def __str__(self) -> str:
        return f"{self.case_id}: {self.interaction_id}"


class Note(models.Model):
    """An internal note. Never leaves the house, so it is no Interaction."""

    case = models.ForeignKey(Case, on_delete=models.CASCADE, related_name="notes")
    author = models.ForeignKey(User, null=True, on_delete=models.PROTECT)
    text = models.TextField()
    key = models.CharField(max_length=64, null=True, blank=True, unique=True, help_text="A doubled press is one.")
    mentions = ArrayField(
        models.BigIntegerField(), default=list, blank=True, help_text="Staff whom the text names by @user_name."
    )
    at = models.DateTimeField(default=timezone.now)

    class Meta:
        ordering = ["at", "id"]
        # Reports by time.
        indexes = [models.Index(fields=["at"], name="note_at")]

    def __str__(self) -> str:
        return f"{self.case_id}: note {self.pk}"


class CaseLink(models.Model):
    """Two cases that belong together, told by a person. Stored once, smaller id first."""

    case = models.ForeignKey(Case, on_delete=models.CASCADE, related_name="links_forward")
    other = models.ForeignKey(Case, on_delete=models.CASCADE, related_name="links_back")
    by = models.ForeignKey(User, null=True, on_delete=models.PROTECT)
    at = models.DateTimeField(default=timezone.now)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["case", "other"], name="linked_once"),
            models.CheckConstraint(condition=Q(case__lt=F("other")), name="link_smaller_first"),
        ]

    def __str__(self) -> str:
        return f"{self.case_id}–{self.other_id}"
