"""The 24 stages and every version of each: what it asks for, how it reaches people, what it says."""

import pgtrigger
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from caring.words import Kind, Scope, Way, Work
from crm.lib.referring import stays
from crm.staff.models import User


class StageQuerySet(models.QuerySet["Stage"]):
    def running(self) -> "StageQuerySet":
        return self.filter(is_on=True, version__isnull=False)

    def titles(self) -> dict[int, str]:
        """Of each, in the reader's language; one query, without the long texts."""
        language = "en" if (get_language() or "").startswith("en") else "id"
        named = self.values_list("number", f"version__texts__{language}__name")
        return {number: name or f"caring-{number}" for number, name in named}


class Stage(models.Model):
    """One of the 24 of the document. Its number, scope and class stand for good; the rest is the version in force."""

    number = models.PositiveSmallIntegerField(primary_key=True)
    scope = models.CharField(max_length=12, choices=Scope.choices)
    kind = models.CharField(max_length=8, choices=Kind.choices)
    work = models.CharField(max_length=9, choices=Work.choices, default=Work.CARE)
    importance = models.PositiveSmallIntegerField(
        default=50, help_text="Of two courtesy contacts the policy has room for, the higher goes first."
    )
    is_on = models.BooleanField(default=True)
    version = models.ForeignKey(
        "caring.StageVersion", null=True, on_delete=models.PROTECT, related_name="+", help_text="In force."
    )

    objects = StageQuerySet.as_manager()

    class Meta:
        ordering = ["number"]
        constraints = [
            # Pages, texts and the bench count on it.
            models.CheckConstraint(condition=Q(number__range=(1, 24)), name="stages_are_24"),
        ]

    def __str__(self) -> str:
        return f"caring-{self.number}"

    @property
    def title(self) -> str:
        """As the version in force calls it, in the reader's language."""
        return self.version.name if self.version else str(self)

    @property
    def purpose(self) -> str:
        return self.version.text("purpose") if self.version else ""

    @property
    def is_courtesy(self) -> bool:
        return self.kind == Kind.COURTESY


class StageVersion(models.Model):
    """How a stage worked from `at` on. Never changed: a task keeps the version it was made by."""

    stage = models.ForeignKey(Stage, on_delete=models.PROTECT, related_name="versions")
    number = models.PositiveIntegerField()
    rule = models.JSONField(default=list, help_text="Ways to be picked: source and conditions (caring/conditions.py).")
    channels = ArrayField(models.CharField(max_length=10, choices=Way.choices), help_text="In the order of trying.")
    due_hours = models.PositiveIntegerField(help_text="From its occasion to when it should be done.")
    attempts = models.PositiveSmallIntegerField(default=3)
    pause_hours = models.PositiveSmallIntegerField(default=24, help_text="Between two attempts.")
    points = models.PositiveIntegerField(default=0, help_text="A gift to whoever is reached: loyalty books it.")
    texts = models.JSONField(default=dict, help_text="By language: name, purpose, subject, message, script, tips …")
    why = models.CharField(max_length=250, blank=True, help_text="Empty: as it ships.")
    by = models.ForeignKey(User, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField(default=timezone.now)

    class Meta:
        ordering = ["stage", "-number"]
        constraints = [
            # save_version relies on it: of two who change the same version, one does.
            models.UniqueConstraint(fields=["stage", "number"], name="one_version_of_a_number"),
            models.CheckConstraint(condition=Q(attempts__range=(1, 9)), name="attempts_in_reason"),
            models.CheckConstraint(condition=Q(due_hours__range=(1, 24 * 90)), name="due_in_reason"),
        ]
        triggers = [stays(), pgtrigger.ReadOnly(name="of_its_stage", fields=["stage"])]  # tasks name both

    def __str__(self) -> str:
        return f"caring-{self.stage_id} v{self.number}"

    def text(self, name: str, *, language: str = "", prepaid: bool = False) -> str:
        """In the reader's language, else in Indonesian. A prepaid reading where there is one."""
        said = self.texts.get((language or get_language() or "id")[:2]) or self.texts.get("id", {})
        reading = said.get("prepaid", {}) if prepaid else {}
        return str(reading.get(name) or said.get(name, ""))

    def channels_of(self, way: int) -> list[str]:
        """A way may have an order of its own."""
        own = self.rule[way].get("channels") if way < len(self.rule) else None
        return list(own or self.channels)

    @property
    def name(self) -> str:
        return self.text("name") or str(_("Stage %(number)s") % {"number": self.stage_id})
