from __future__ import annotations

import datetime as dt
from typing import Any

from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.indexes import GinIndex
from django.contrib.postgres.search import SearchVector, SearchVectorField
from django.db import models
from django.db.models import Count, Exists, F, OuterRef, Q, Subquery
from django.db.models.functions import Coalesce
from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from crm.knowledge.models.use import Use
from crm.knowledge.words import Kind, State
from crm.staff.models import User

# After so long without a look, what we say may no longer be so.
FRESH_FOR = dt.timedelta(days=183)
OPEN = (State.DRAFT, State.REVIEW)


class Article(models.Model):
    """One thing that we know. What it says stands in its versions, of which one at most is published."""

    kind = models.CharField(_("kind"), max_length=10, choices=Kind.choices, default=Kind.ARTICLE)
    made_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    made_at = models.DateTimeField(default=timezone.now)
    looked_at = models.DateTimeField(default=timezone.now, help_text="Somebody last said that it is still right.")
    looked_by = models.ForeignKey(User, null=True, blank=True, on_delete=models.PROTECT, related_name="+")

    def __str__(self) -> str:
        return f"article {self.pk}"


class VersionQuerySet(models.QuerySet[Any]):
    def published(self) -> VersionQuerySet:
        return self.filter(state=State.PUBLISHED)

    def valid(self, day: dt.date) -> VersionQuerySet:
        """Published, and not past its day."""
        return self.published().filter(Q(valid_until__isnull=True) | Q(valid_until__gte=day))

    def stale(self, at: dt.datetime) -> VersionQuerySet:
        """Published and past its day, or looked at by nobody for too long."""
        day = timezone.localdate(at)
        return self.published().filter(Q(valid_until__lt=day) | Q(article__looked_at__lt=at - FRESH_FOR))

    def to_review(self) -> VersionQuerySet:
        return self.filter(state=State.REVIEW)

    def with_uses(self) -> VersionQuerySet:
        """`used`: in how many cases; `helped` and `judged`: of those who said so, how many it helped."""
        uses = Use.objects.filter(article=OuterRef("article")).order_by().values("article")

        def count(condition: Q) -> Coalesce:
            return Coalesce(Subquery(uses.annotate(n=Count("pk", filter=condition)).values("n")), 0)

        return self.annotate(
            used=count(Q(used=True)), helped=count(Q(helped=True)), judged=count(Q(helped__isnull=False))
        )

    def with_next(self) -> VersionQuerySet:
        """`has_next`: somebody works at a newer version."""
        return self.annotate(has_next=Exists(Version.objects.filter(article=OuterRef("article"), state__in=OPEN)))


class Version(models.Model):
    """What an article said, says or shall say, in both languages. Written by one person, published by another."""

    article = models.ForeignKey(Article, on_delete=models.CASCADE, related_name="versions")
    number = models.PositiveIntegerField()
    state = models.CharField(max_length=10, choices=State.choices, default=State.DRAFT)
    title_id = models.CharField(_("title in Indonesian"), max_length=140, blank=True)
    title_en = models.CharField(_("title in English"), max_length=140, blank=True)
    body_id = models.TextField(_("text in Indonesian"), max_length=20_000, blank=True)
    body_en = models.TextField(_("text in English"), max_length=20_000, blank=True)
    answer_id = models.TextField(_("for the customer, in Indonesian"), max_length=2_000, blank=True)
    answer_en = models.TextField(_("for the customer, in English"), max_length=2_000, blank=True)
    steps_id = models.TextField(_("steps in Indonesian"), max_length=20_000, blank=True)
    steps_en = models.TextField(_("steps in English"), max_length=20_000, blank=True)
    products = ArrayField(models.CharField(max_length=40), verbose_name=_("products"), default=list, blank=True)
    regions = ArrayField(models.CharField(max_length=80), verbose_name=_("regions"), default=list, blank=True)
    categories = ArrayField(models.CharField(max_length=50), verbose_name=_("categories"), default=list, blank=True)
    is_public = models.BooleanField(_("customers may read it"), default=False)
    valid_until = models.DateField(_("valid until"), null=True, blank=True)
    author = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    made_at = models.DateTimeField(default=timezone.now)
    asked_at = models.DateTimeField(null=True, blank=True)
    published_at = models.DateTimeField(null=True, blank=True)
    published_by = models.ForeignKey(User, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    ended_at = models.DateTimeField(null=True, blank=True)
    remark = models.CharField(max_length=500, blank=True, help_text="Why it was sent back.")
    words: models.GeneratedField = models.GeneratedField(
        expression=SearchVector("title_id", weight="A", config="indonesian")
        + SearchVector("title_en", weight="A", config="english")
        + SearchVector("answer_id", weight="B", config="indonesian")
        + SearchVector("answer_en", weight="B", config="english")
        + SearchVector("body_id", "steps_id", weight="C", config="indonesian")
        + SearchVector("body_en", "steps_en", weight="C", config="english"),
        output_field=SearchVectorField(),
        db_persist=True,
    )

    objects = VersionQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["article", "number"], name="version_number_once"),
            # save_draft and publish rely on both.
            models.UniqueConstraint(
                fields=["article"], condition=Q(state__in=["draft", "review"]), name="one_version_in_work"
            ),
            models.UniqueConstraint(fields=["article"], condition=Q(state="published"), name="one_version_published"),
            models.CheckConstraint(
                condition=Q(published_by__isnull=True) | ~Q(published_by=F("author")),
                name="another_person_published_it",
            ),
            models.CheckConstraint(
                condition=Q(state__in=["draft", "review"], published_at__isnull=True)
                | Q(
                    state__in=["published", "replaced", "retired"],
                    published_at__isnull=False,
                    published_by__isnull=False,
                ),
                name="published_version_says_by_whom",
            ),
        ]
        indexes = [
            GinIndex(fields=["words"], name="version_words"),
            models.Index(fields=["-published_at", "-id"], condition=Q(state="published"), name="version_published"),
        ]  # fmt: skip

    def __str__(self) -> str:
        return self.title

    def said(self, name: str, language: str = "") -> str:
        """A text in this language (the reader's when none is named); where it is missing, in the other."""
        first = "en" if (language or get_language() or "id").startswith("en") else "id"
        other = "id" if first == "en" else "en"
        return getattr(self, f"{name}_{first}") or getattr(self, f"{name}_{other}") or ""

    @property
    def title(self) -> str:
        return self.said("title")

    @property
    def body(self) -> str:
        return self.said("body")

    @property
    def answer(self) -> str:
        return self.said("answer")

    @property
    def steps(self) -> str:
        return self.said("steps")

    @property
    def is_tree(self) -> bool:
        return self.article.kind == Kind.TREE

    def is_past(self, at: dt.datetime) -> bool:
        return self.valid_until is not None and self.valid_until < timezone.localdate(at)

    def is_stale(self, at: dt.datetime) -> bool:
        return self.state == State.PUBLISHED and (self.is_past(at) or self.article.looked_at < at - FRESH_FOR)
