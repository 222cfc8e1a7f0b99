import pghistory
from django.contrib.postgres.indexes import GinIndex
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _


@pghistory.track()
class Spelling(models.Model):
    """An everyday word and what it stands for in our articles. Nothing: the word says nothing and is left out."""

    said = models.CharField(_("people write"), max_length=40, unique=True)
    means = models.CharField(_("it means"), max_length=80, blank=True)

    class Meta:
        verbose_name, verbose_name_plural = _("everyday spelling"), _("everyday spellings")
        ordering = ["said"]
        constraints = [
            # search.py looks words up in small letters.
            models.CheckConstraint(condition=Q(said__regex=r"^[a-z0-9]+$"), name="spelling_is_one_small_word"),
        ]

    def __str__(self) -> str:
        return self.said


class Word(models.Model):
    """Every word that has stood in a published article: a typing error is led back to the nearest one."""

    text = models.CharField(max_length=60, unique=True)

    class Meta:
        indexes = [GinIndex(fields=["text"], opclasses=["gin_trgm_ops"], name="word_trigrams")]

    def __str__(self) -> str:
        return self.text
