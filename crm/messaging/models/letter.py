from django.db import models
from django.db.models import Q
from django.utils import timezone

from crm.messaging.models.message import Message
from crm.staff.access import may
from crm.staff.models import User


class LetterQuerySet(models.QuerySet["Letter"]):
    def visible_to(self, user: User) -> "LetterQuerySet":
        """Whoever looks after the outbox sees every letter, the others their own."""
        return self if may(user, "message.retry") else self.filter(message__author=user)


class Letter(models.Model):
    """A message on paper: made by the sender, then printed and posted by somebody."""

    message = models.OneToOneField(Message, primary_key=True, on_delete=models.CASCADE)
    file = models.FileField(upload_to="letters/%Y/%m", help_text="Never served by path: the view asks who is asking.")
    made_at = models.DateTimeField(default=timezone.now)
    posted_at = models.DateTimeField(null=True, blank=True)
    posted_by = models.ForeignKey(User, null=True, blank=True, on_delete=models.PROTECT)

    objects = LetterQuerySet.as_manager()

    class Meta:
        indexes = [
            # The tray: what still has to be posted.
            models.Index(fields=["made_at"], condition=Q(posted_at__isnull=True), name="letter_to_post"),
        ]

    def __str__(self) -> str:
        return f"letter {self.pk}"
