"""How a settled complaint was handled, as service quality scores it: each question 0 to 4, and a comment."""

from django.db import models
from django.db.models import Q
from django.utils import timezone

from caring.models.task import Task
from crm.cases.models import Case
from crm.staff.models import Role, User


class ScoreQuerySet(models.QuerySet["Score"]):
    def visible_to(self, user: User) -> "ScoreQuerySet":
        """Service quality sees all of them, supervisors those of the people of their teams."""
        if user.role == Role.QUALITY:
            return self
        return self.filter(agent__teams__in=user.team_ids).distinct() if user.role == Role.SUPERVISOR else self.none()


class Score(models.Model):
    LOWEST, HIGHEST = 0, 4

    task = models.OneToOneField(Task, on_delete=models.PROTECT, related_name="score")
    case = models.ForeignKey(Case, on_delete=models.PROTECT, related_name="+")
    agent = models.ForeignKey(
        User, null=True, blank=True, on_delete=models.PROTECT, related_name="+", help_text="Whose case it was."
    )
    marks = models.JSONField(help_text="By key of the version's questions: 0 to 4.")
    comment = models.TextField(blank=True)
    by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField(default=timezone.now)

    objects = ScoreQuerySet.as_manager()

    class Meta:
        ordering = ["-at", "-id"]
        indexes = [
            # The report: of the last days, by agent.
            models.Index(fields=["at", "agent"], condition=Q(agent__isnull=False), name="score_of_agent"),
        ]

    def __str__(self) -> str:
        return f"score of case {self.case_id}"
