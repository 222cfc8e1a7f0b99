from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from crm.staff.models import Team, User


class Sharing(models.TextChoices):
    """Who else may use it."""

    OWN = "own", _("Only me")
    TEAM = "team", _("My team")
    ALL = "all", _("Everybody")


class ViewQuerySet(models.QuerySet["View"]):
    def visible_to(self, user: User) -> "ViewQuerySet":
        """Own ones, those shared with one of their teams, and those for everybody."""
        shared = Q(sharing=Sharing.ALL) | Q(sharing=Sharing.TEAM, team__in=user.team_ids)
        return self.filter(Q(owner=user) | shared, deleted_at__isnull=True)


class View(models.Model):
    """A queue with filters under a name of one's own: saved, shared, pinned."""

    name = models.CharField(_("name"), max_length=60)
    owner = models.ForeignKey(User, on_delete=models.CASCADE, related_name="views")
    sharing = models.CharField(_("shared with"), max_length=4, choices=Sharing.choices, default=Sharing.OWN)
    team = models.ForeignKey(Team, null=True, blank=True, on_delete=models.CASCADE)
    query = models.JSONField(default=dict, help_text="Queue and filters, as the desk's address names them.")
    created_at = models.DateTimeField(auto_now_add=True)
    deleted_at = models.DateTimeField(null=True, blank=True, help_text="Kept for a day, so that it can be undone.")

    objects = ViewQuerySet.as_manager()

    class Meta:
        ordering = ["name", "id"]
        constraints = [
            models.UniqueConstraint(
                fields=["owner", "name"], condition=Q(deleted_at__isnull=True), name="view_name_once"
            ),
            models.CheckConstraint(condition=~Q(sharing="team") | Q(team__isnull=False), name="shared_view_names_team"),
        ]

    def __str__(self) -> str:
        return self.name


class Pin(models.Model):
    """A view that stands among somebody's queues."""

    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="pins")
    view = models.ForeignKey(View, on_delete=models.CASCADE, related_name="pins")
    position = models.PositiveSmallIntegerField(default=0)

    class Meta:
        ordering = ["position", "id"]
        constraints = [models.UniqueConstraint(fields=["user", "view"], name="pinned_once")]

    def __str__(self) -> str:
        return f"{self.user_id}: {self.view_id}"
