from django.db import models
from django.db.models import F, Q

from crm.cases.breaches import BreachQuerySet
from crm.cases.models.case import Case
from crm.cases.models.cause import Cause
from crm.cases.models.clock import SlaClock
from crm.cases.words import ClockKind, Party, ReviewState
from crm.staff.models import Division, Team, User


class Breach(models.Model):
    """A clock that ran past its deadline. It waits for a supervisor's review (SOP 7)."""

    clock = models.OneToOneField(SlaClock, on_delete=models.CASCADE)
    case = models.ForeignKey(Case, on_delete=models.CASCADE, related_name="breaches")
    kind = models.CharField(max_length=10, choices=ClockKind.choices)
    due_at = models.DateTimeField()
    detected_at = models.DateTimeField()
    party = models.CharField(
        max_length=10, choices=Party.choices, default=Party.TEAM, help_text="Who held the case then."
    )
    team = models.ForeignKey(Team, null=True, blank=True, on_delete=models.PROTECT)
    division = models.ForeignKey(Division, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    holder = models.ForeignKey(User, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    is_archive = models.BooleanField(default=False)
    withdrawn_at = models.DateTimeField(null=True, blank=True, help_text="An answer given in time was recorded late.")
    # Somebody has begun to write; what they wrote is theirs (ReviewDraft).
    begun_at = models.DateTimeField(null=True, blank=True)
    begun_by = models.ForeignKey(User, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    reviewed_at = models.DateTimeField(null=True, blank=True)
    reviewed_by = models.ForeignKey(User, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    cause = models.TextField(blank=True)
    prevention = models.TextField(blank=True)
    cause_code = models.ForeignKey(Cause, null=True, blank=True, on_delete=models.PROTECT, related_name="breaches")
    excusable = models.BooleanField(null=True, blank=True)
    excuse = models.TextField(db_default="", blank=True, help_text="Why it is excusable.")
    # The review's own due date; the reminder is sent once.
    review_due_at = models.DateTimeField(null=True, blank=True)
    reminded_at = models.DateTimeField(null=True, blank=True)
    # What is done so that it does not happen again (`prevention`): by whom, until when, and that it was done.
    action_owner = models.ForeignKey(User, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    action_due_on = models.DateField(null=True, blank=True)
    action_done_at = models.DateTimeField(null=True, blank=True)
    action_note = models.TextField(db_default="", blank=True)
    action_reminded_at = models.DateTimeField(null=True, blank=True)
    signed_at = models.DateTimeField(null=True, blank=True)
    signed_by = models.ForeignKey(User, null=True, blank=True, on_delete=models.PROTECT, related_name="+")

    objects = BreachQuerySet.as_manager()

    class Meta:
        verbose_name_plural = "breaches"
        constraints = [
            models.CheckConstraint(
                condition=Q(reviewed_at__isnull=True, reviewed_by__isnull=True)
                | Q(reviewed_at__isnull=False, reviewed_by__isnull=False) & ~Q(cause=""),
                name="review_is_signed_and_says_why",
            ),
            # A review is signed off by a second person.
            models.CheckConstraint(
                condition=Q(signed_at__isnull=True, signed_by__isnull=True)
                | Q(signed_at__isnull=False, signed_by__isnull=False, reviewed_at__isnull=False)
                & ~Q(signed_by=F("reviewed_by")),
                name="signed_off_by_another",
            ),
            models.CheckConstraint(condition=~Q(excusable=True) | ~Q(excuse=""), name="excused_with_reason"),
            # The list of actions relies on it: what somebody owes has a date, and what was done says what.
            models.CheckConstraint(
                condition=Q(action_owner__isnull=True, action_due_on__isnull=True, action_done_at__isnull=True)
                | Q(action_owner__isnull=False, action_due_on__isnull=False)
                & (Q(action_done_at__isnull=True) | ~Q(action_note="")),
                name="action_has_owner_and_date",
            ),
        ]
        indexes = [
            models.Index(
                fields=["-due_at", "-id"],
                condition=Q(reviewed_at__isnull=True, withdrawn_at__isnull=True, is_archive=False),
                name="breach_to_review",
            ),
            models.Index(fields=["-due_at", "-id"], name="breach_newest"),
            # Whose reminder is due, and what everybody owes.
            models.Index(
                fields=["review_due_at"],
                condition=Q(reviewed_at__isnull=True, reminded_at__isnull=True, is_archive=False),
                name="breach_review_due",
            ),
            models.Index(
                fields=["action_due_on", "id"],
                condition=Q(action_owner__isnull=False, action_done_at__isnull=True),
                name="breach_action_open",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.case_id} {self.kind}"

    @property
    def number(self) -> str:
        return f"B-{self.pk:04}"

    @property
    def state(self) -> ReviewState:
        """A review of the time before causes had codes needed one signature, and has it."""
        if self.reviewed_at is None:
            return ReviewState.IN_REVIEW if self.begun_at else ReviewState.TO_REVIEW
        return ReviewState.TO_SIGN if self.signed_at is None and self.cause_code_id else ReviewState.SIGNED

    @property
    def has_open_action(self) -> bool:
        return self.action_owner_id is not None and self.action_done_at is None and self.reviewed_at is not None


class ReviewDraft(models.Model):
    """What one person has typed into a review, as typed; nobody else's writing touches it."""

    breach = models.ForeignKey(Breach, on_delete=models.CASCADE, related_name="drafts")
    by = models.ForeignKey(User, on_delete=models.CASCADE, related_name="+")
    fields = models.JSONField(default=dict)
    at = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["breach", "by"], name="one_review_draft_each")]

    def __str__(self) -> str:
        return f"{self.breach_id} {self.by_id}"


class BreachQuestion(models.Model):
    """Something asked about a breach: an account of somebody who held the case, or the signer's question."""

    class Kind(models.TextChoices):
        ACCOUNT = "account"
        SENT_BACK = "sent_back"

    breach = models.ForeignKey(Breach, on_delete=models.CASCADE, related_name="questions")
    kind = models.CharField(max_length=9, choices=Kind.choices)
    by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    to = models.ForeignKey(User, on_delete=models.PROTECT, related_name="breach_questions")
    text = models.TextField()
    at = models.DateTimeField()
    answer = models.TextField(db_default="", blank=True)
    answered_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["at", "id"]
        constraints = [
            # ask_account relies on it: pressed twice, somebody is asked once.
            models.UniqueConstraint(
                fields=["breach", "to", "kind"], condition=Q(answered_at__isnull=True), name="asked_once"
            ),
            models.CheckConstraint(
                condition=Q(answered_at__isnull=True) | Q(kind="sent_back") | ~Q(answer=""),
                name="account_says_something",
            ),
        ]
        indexes = [models.Index(fields=["to"], condition=Q(answered_at__isnull=True), name="question_open")]

    def __str__(self) -> str:
        return f"{self.breach_id} {self.kind} {self.to_id}"
