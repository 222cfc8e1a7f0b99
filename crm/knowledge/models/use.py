from django.db import models
from django.db.models import Q
from django.utils import timezone

from crm.staff.models import User


class Use(models.Model):
    """An article and a case: put into an answer there, or judged there. Without a case: judged by its reader.

    Cases lie above this room: the case is a plain number, its id.
    """

    article = models.ForeignKey("knowledge.Article", on_delete=models.CASCADE, related_name="uses")
    case = models.BigIntegerField(null=True, blank=True)
    by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField(default=timezone.now)
    used = models.BooleanField(default=False)
    helped = models.BooleanField(null=True, blank=True)

    class Meta:
        constraints = [
            # "Used in N cases" counts each case once; so does the opinion of a reader without one.
            models.UniqueConstraint(
                fields=["article", "case"], condition=Q(case__isnull=False), name="used_once_a_case"
            ),
            models.UniqueConstraint(
                fields=["article", "by"], condition=Q(case__isnull=True), name="judged_once_a_reader"
            ),
        ]
        indexes = [models.Index(fields=["case"], name="articles_of_case")]  # fmt: skip

    def __str__(self) -> str:
        return f"article {self.article_id} in case {self.case}"
