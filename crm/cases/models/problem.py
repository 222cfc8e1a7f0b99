from __future__ import annotations

from typing import Any

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q
from django.db.models.expressions import Func
from django.utils.translation import gettext_lazy as _

from crm.cases.models.case import Case
from crm.cases.models.category import Category
from crm.staff.access import is_working
from crm.staff.models import Division, Role, User
from crm.timeline.models import Interaction


class NextProblem(Func):
    template = "nextval('problem_number')"
    output_field = models.BigIntegerField()


class ProblemQuerySet(models.QuerySet[Any]):
    def visible_to(self, user: User | None) -> ProblemQuerySet:
        """Agents read what has been found to be a problem, a division its own; who decides reads proposals too."""
        if not is_working(user):
            return self.none()
        found = self.filter(state__in=[Problem.State.OPEN, Problem.State.SOLVED])
        match user.role:
            case Role.AGENT:
                return found
            case Role.DIVISION:
                return found.filter(division=user.division_id) if user.division_id else self.none()
            case _:
                return self.all()


class Problem(models.Model):
    """One underlying cause of many cases: what is wrong, where, since when (SOP 8). Shown as P-112."""

    class State(models.TextChoices):
        PROPOSED = "proposed", _("Proposed")
        OPEN = "open", _("Open")
        SOLVED = "solved", _("Solved")
        DISMISSED = "dismissed", _("Not a problem")

    number = models.BigIntegerField(unique=True, db_default=NextProblem(), editable=False)
    state = models.CharField(max_length=10, choices=State.choices, default=State.OPEN)
    title = models.CharField(max_length=160)
    place = models.CharField(max_length=80, blank=True)
    category = models.ForeignKey(Category, null=True, blank=True, on_delete=models.PROTECT)
    since = models.DateTimeField(help_text="When it began, as far as we know.")
    division = models.ForeignKey(Division, null=True, blank=True, on_delete=models.PROTECT)
    owner = models.ForeignKey(User, null=True, blank=True, on_delete=models.PROTECT, related_name="problems")
    # A proposal's own mark (what is alike): a "no" is remembered for thirty days by it.
    likeness = models.CharField(max_length=200, blank=True)
    why = ArrayField(
        models.CharField(max_length=120), default=list, blank=True, help_text="Codes of why it was proposed."
    )
    # The cases that gathered. They do not hang on it until somebody says so.
    alike = ArrayField(models.BigIntegerField(), default=list, blank=True)
    opened_at = models.DateTimeField()
    opened_by = models.ForeignKey(User, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    ended_at = models.DateTimeField(null=True, blank=True)
    ended_by = models.ForeignKey(User, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    solution = models.TextField(blank=True)

    objects = ProblemQuerySet.as_manager()

    class Meta:
        ordering = ["-opened_at", "-id"]
        constraints = [
            # The proposer relies on it: two workers propose one thing once.
            models.UniqueConstraint(
                fields=["likeness"], condition=Q(state="proposed") & ~Q(likeness=""), name="proposed_once"
            ),
            models.CheckConstraint(
                condition=Q(state__in=["solved", "dismissed"], ended_at__isnull=False)
                | Q(state__in=["proposed", "open"], ended_at__isnull=True),
                name="ended_problem_says_when",
            ),
        ]
        indexes = [
            models.Index(fields=["state", "-opened_at", "-id"], name="problem_list"),
            # "No" to these cases, remembered: the proposer asks who ended it lately.
            models.Index(fields=["ended_at"], condition=Q(state="dismissed"), name="problem_dismissed"),
        ]

    def __str__(self) -> str:
        return f"P-{self.number}"


class ProblemCaseQuerySet(models.QuerySet[Any]):
    def not_told(self) -> ProblemCaseQuerySet:
        """Nobody has told them that it is solved, or the channel gave the message back."""
        return self.filter(Q(told_at__isnull=True) | Q(told_with__voided_at__isnull=False))


class ProblemCase(models.Model):
    """A case that hangs on a problem; on one at most."""

    case = models.OneToOneField(Case, primary_key=True, on_delete=models.CASCADE, related_name="hangs_on")
    problem = models.ForeignKey(Problem, on_delete=models.PROTECT, related_name="hanging")
    by = models.ForeignKey(User, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField()
    told_at = models.DateTimeField(null=True, blank=True, help_text="The customer was told that it is solved.")
    # Void when the channel refused it for good: then nobody was told. Empty when somebody called.
    told_with = models.ForeignKey(Interaction, null=True, blank=True, on_delete=models.PROTECT, related_name="+")

    objects = ProblemCaseQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(told_with__isnull=True) | Q(told_at__isnull=False), name="told_with_says_when"
            )
        ]

    def __str__(self) -> str:
        return f"{self.case_id} on {self.problem_id}"


class ProblemNote(models.Model):
    """What the people who look after a problem write to each other. Never leaves the house."""

    problem = models.ForeignKey(Problem, on_delete=models.CASCADE, related_name="notes")
    author = models.ForeignKey(User, on_delete=models.PROTECT)
    text = models.TextField()
    at = models.DateTimeField()

    class Meta:
        ordering = ["at", "id"]

    def __str__(self) -> str:
        return f"{self.problem_id}: note {self.pk}"


class Gathering(models.Model):
    """When cases count as gathered: one row, set on screen. [ours] the defaults."""

    cases = models.PositiveSmallIntegerField(default=5, help_text="Of as many customers.")
    hours = models.PositiveSmallIntegerField(default=6)
    times_usual = models.PositiveSmallIntegerField(default=3, help_text="And so many times what is usual there.")
    repeats = models.PositiveSmallIntegerField(default=3, help_text="Complaints of one customer about one thing.")
    repeat_days = models.PositiveSmallIntegerField(default=90)
    remembered_days = models.PositiveSmallIntegerField(default=30, help_text="How long a no is remembered.")

    class Meta:
        constraints = [
            # propose_problems relies on it: one row rules.
            models.CheckConstraint(condition=Q(pk=1), name="one_gathering"),
            models.CheckConstraint(
                condition=Q(cases__gte=2, hours__gte=1, repeats__gte=2, repeat_days__gte=1), name="gathering_of_several"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.cases} in {self.hours} h"
