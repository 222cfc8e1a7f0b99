"""SLA policy: promises by channel, category, kind and tier. A row is one version; running clocks keep theirs."""

import pgtrigger
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q, Value
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from crm.cases.models.category import Category
from crm.cases.words import ClockKind, Kind, Party
from crm.customers.models import Tier
from crm.staff.models import User
from crm.timeline.models import Channel

DAY = 86_400


# What a published policy promises is kept in memory by id (policies.rules_of): the database refuses to change it.
# The lock holds off a publication until whoever writes a part of the draft has committed.
PART_OF_A_DRAFT = """
    PERFORM 1 FROM cases_slapolicy WHERE id IN (OLD.policy_id, NEW.policy_id) FOR SHARE;
    IF EXISTS (
        SELECT 1 FROM cases_slapolicy WHERE id IN (OLD.policy_id, NEW.policy_id) AND published_at IS NOT NULL
    ) THEN
        RAISE EXCEPTION 'a published policy is never edited: make a new version';
    END IF;
    IF TG_OP = 'DELETE' THEN RETURN OLD; END IF;
    RETURN NEW;
"""


# publish_policy says it in words. Where one person alone may publish, that person may.
BY_ANOTHER = """
    IF NEW.published_at IS NOT NULL AND NEW.drafted_by_id IS NOT NULL
        AND NEW.published_by_id IS NOT DISTINCT FROM NEW.drafted_by_id
        AND EXISTS (
            SELECT 1 FROM staff_user
            WHERE is_active AND role IN ('supervisor', 'administrator') AND id <> NEW.drafted_by_id
        )
    THEN
        RAISE EXCEPTION 'a policy is published by another person than the one who drafted it';
    END IF;
    RETURN NEW;
"""


def only_in_drafts() -> pgtrigger.Trigger:
    return pgtrigger.Trigger(
        name="only_in_drafts",
        when=pgtrigger.Before,
        operation=pgtrigger.Insert | pgtrigger.Update | pgtrigger.Delete,
        func=PART_OF_A_DRAFT,
    )


def default_warnings() -> list[int]:
    return [50, 80]


class SlaPolicy(models.Model):
    """Defaults are the SOP: 15 minutes, 3 x 24 hours, nothing pauses (domain.md §2)."""

    version = models.PositiveIntegerField(unique=True)
    note = models.CharField(max_length=250, blank=True)
    created_at = models.DateTimeField(default=timezone.now)
    published_at = models.DateTimeField(null=True, blank=True)
    published_by = models.ForeignKey(User, null=True, blank=True, on_delete=models.PROTECT)
    # Who saved it last, and when: whoever publishes is another (published_by_another).
    drafted_by = models.ForeignKey(User, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    drafted_at = models.DateTimeField(null=True, blank=True)
    warn_percents = ArrayField(models.PositiveSmallIntegerField(), default=default_warnings)
    response_risk_seconds = models.PositiveIntegerField(default=300)
    resolution_risk_seconds = models.PositiveIntegerField(default=4 * 3600)
    pause_for_customer = models.BooleanField(default=False)
    pause_for_division = models.BooleanField(default=False)
    pause_for_appointment = models.BooleanField(default=False)
    remind_after_seconds = models.PositiveIntegerField(default=DAY)
    no_answer_after_seconds = models.PositiveIntegerField(default=2 * DAY)
    close_after_seconds = models.PositiveIntegerField(default=7 * DAY)
    reopen_minimum_seconds = models.PositiveIntegerField(default=4 * 3600)

    class Meta:
        verbose_name = _("SLA policy")
        verbose_name_plural = _("SLA policies")
        triggers = [
            pgtrigger.Protect(
                name="published_is_final",
                operation=pgtrigger.Update | pgtrigger.Delete,
                condition=pgtrigger.Q(old__published_at__isnull=False),
            ),
            pgtrigger.Trigger(
                name="published_by_another",
                when=pgtrigger.Before,
                operation=pgtrigger.Insert | pgtrigger.Update,
                func=BY_ANOTHER,
            ),
        ]
        constraints = [
            # draft_policy relies on it: two who begin at once share one draft.
            models.UniqueConstraint(Value(1), condition=Q(published_at__isnull=True), name="one_draft_at_a_time")
        ]

    def __str__(self) -> str:
        return f"v{self.version}"

    @property
    def stamp(self) -> str:
        """Moves with each save of a draft."""
        return (self.drafted_at or self.created_at).isoformat()


class SlaTarget(models.Model):
    """One promise. Empty conditions match anything; the most specific match wins."""

    policy = models.ForeignKey(SlaPolicy, on_delete=models.CASCADE, related_name="targets")
    channel = models.CharField(max_length=20, choices=Channel.choices, blank=True)
    category = models.ForeignKey(Category, null=True, blank=True, on_delete=models.PROTECT)
    kind = models.CharField(max_length=12, choices=Kind.choices, blank=True)
    tier = models.CharField(max_length=10, choices=Tier.choices, blank=True)
    response_seconds = models.PositiveIntegerField(default=15 * 60)
    resolution_seconds = models.PositiveIntegerField(
        null=True, blank=True, default=3 * DAY, help_text=_("Empty: no settlement clock.")
    )

    class Meta:
        triggers = [only_in_drafts()]
        constraints = [
            models.CheckConstraint(condition=Q(response_seconds__gt=0), name="response_target_positive"),
            models.CheckConstraint(
                condition=Q(resolution_seconds__isnull=True) | Q(resolution_seconds__gt=0),
                name="resolution_target_positive",
            ),
            models.UniqueConstraint(
                fields=["policy", "channel", "category", "kind", "tier"],
                name="one_target_a_condition",
                nulls_distinct=False,
            ),
        ]

    def __str__(self) -> str:
        return f"v{self.policy_id}: {self.response_seconds} s"


class LadderStep(models.Model):
    """When a clock has used `percent` of its time, the case is escalated to this party."""

    policy = models.ForeignKey(SlaPolicy, on_delete=models.CASCADE, related_name="ladder")
    clock = models.CharField(max_length=10, choices=ClockKind.choices)
    percent = models.PositiveSmallIntegerField(default=100)
    party = models.CharField(max_length=10, choices=[c for c in Party.choices if c[0] != Party.TEAM])

    class Meta:
        ordering = ["clock", "percent"]
        triggers = [only_in_drafts()]
        constraints = [
            models.UniqueConstraint(fields=["policy", "clock", "percent"], name="one_step_a_moment"),
            models.CheckConstraint(condition=Q(percent__gt=0), name="ladder_percent_positive"),
        ]

    def __str__(self) -> str:
        return f"{self.clock} {self.percent} % {self.party}"
