from __future__ import annotations

import pghistory
from django.db import models
from django.db.models import Case as Choice
from django.db.models import F, IntegerField, OuterRef, Q, Subquery, Sum, Value, When
from django.db.models.functions import Coalesce, Lower
from django.utils.translation import gettext_lazy as _

from crm.desk.models.view import Sharing
from crm.staff import access
from crm.staff.models import Role, Team, User


class CannedReplyQuerySet(models.QuerySet["CannedReply"]):
    def active(self) -> CannedReplyQuerySet:
        return self.filter(is_active=True)

    def visible_to(self, user: User) -> CannedReplyQuerySet:
        """One's own, one's teams' and everybody's; an administrator sees those of every team. Nobody reads another's
        own."""
        if not access.is_working(user):
            return self.none()
        teams = Q(sharing=Sharing.TEAM)
        if user.role != Role.ADMINISTRATOR:
            teams &= Q(team__in=user.team_ids)
        return self.filter(teams | Q(sharing=Sharing.ALL) | Q(owner=user))

    def matching(self, text: str) -> CannedReplyQuerySet:
        """Every word of `text` somewhere in shortcut, title or text."""
        found = self
        for word in text.split():
            found = found.filter(Q(shortcut__icontains=word) | Q(title__icontains=word) | Q(text__icontains=word))
        return found

    def best_for(self, user: User, *, language: str, text: str = "") -> CannedReplyQuerySet:
        """What somebody most likely wants first: a shortcut that begins as typed, the customer's language, what they
        use most, then what everybody does."""
        mine = CannedUse.objects.filter(reply=OuterRef("pk"), user=user).values("times")
        begins = Q(shortcut__istartswith=text) if text else Q(pk__isnull=True)
        return self.with_uses().annotate(
            mine=Coalesce(Subquery(mine), 0),
            near=Choice(When(begins, then=Value(0)), default=Value(1), output_field=IntegerField()),
            foreign=Choice(When(language=language, then=Value(0)), default=Value(1), output_field=IntegerField()),
        ).order_by("foreign", "near", "-mine", F("used").desc(), "title", "pk")  # fmt: skip

    def with_uses(self) -> CannedReplyQuerySet:
        """`used`: how often, by everybody together."""
        uses = CannedUse.objects.filter(reply=OuterRef("pk")).order_by().values("reply")
        total = Subquery(uses.annotate(total=Sum("times")).values("total"))
        return self.annotate(used=Coalesce(total, 0))


def history_visible_to(rows: models.QuerySet[models.Model], user: User) -> models.QuerySet[models.Model]:
    """Of the history: as `visible_to`, by what each row says. Nobody reads how another worked at their own texts."""
    teams = Q(sharing=Sharing.TEAM)
    if user.role != Role.ADMINISTRATOR:
        teams &= Q(team__in=user.team_ids)
    return rows.filter(teams | Q(sharing=Sharing.ALL) | Q(owner=user))


@pghistory.track()
class CannedReply(models.Model):
    """A text written once and used often, with fields in braces that are filled in before it is sent.

    `{name}` and the other known fields fill themselves in; any other stands open until the agent has written it.
    """

    shortcut = models.SlugField(_("shortcut"), max_length=30)
    title = models.CharField(_("title"), max_length=80)
    text = models.TextField(_("text"), max_length=4000)
    language = models.CharField(_("language"), max_length=5, default="id")
    sharing = models.CharField(_("for"), max_length=4, choices=Sharing.choices, default=Sharing.OWN)
    owner = models.ForeignKey(User, null=True, blank=True, on_delete=models.CASCADE, related_name="canned_replies")
    team = models.ForeignKey(Team, verbose_name=_("team"), null=True, blank=True, on_delete=models.CASCADE)
    is_active = models.BooleanField(_("active"), default=True)

    objects = CannedReplyQuerySet.as_manager()

    class Meta:
        verbose_name, verbose_name_plural = _("canned reply"), _("canned replies")
        ordering = ["title", "id"]
        constraints = [
            # Within its circle a shortcut finds one text.
            models.UniqueConstraint(
                Lower("shortcut"), "language", "sharing", "owner", "team",
                condition=Q(is_active=True), nulls_distinct=False, name="shortcut_once",
            ),
            models.CheckConstraint(
                condition=Q(sharing="own", owner__isnull=False, team__isnull=True)
                | Q(sharing="team", owner__isnull=True, team__isnull=False)
                | Q(sharing="all", owner__isnull=True, team__isnull=True),
                name="canned_reply_has_its_circle",
            ),
        ]  # fmt: skip

    def __str__(self) -> str:
        return self.title

    @property
    def circle(self) -> str:
        """Whose it is, in a word or two."""
        return self.team.name if self.team else self.get_sharing_display()


class CannedUse(models.Model):
    """How often somebody used a text: what is used comes first."""

    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="+")
    reply = models.ForeignKey(CannedReply, on_delete=models.CASCADE, related_name="uses")
    times = models.PositiveIntegerField(default=1)
    last_at = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["user", "reply"], name="canned_use_once")]

    def __str__(self) -> str:
        return f"{self.user_id}: {self.reply_id}"
