"""Entries of a list that somebody edits, and that other rows name: switched off, never deleted."""

from typing import Any

from django.db import models
from django.db.models import Max
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _


class Listed(models.Model):
    """In both languages, in an order of their own."""

    code = models.SlugField(_("code"), unique=True, max_length=10)
    name = models.CharField(_("name"), max_length=60)
    name_en = models.CharField(_("name in English"), max_length=60)
    position = models.PositiveSmallIntegerField(_("position"), default=0)
    is_active = models.BooleanField(_("active"), default=True)

    class Meta:
        abstract = True
        ordering = ["position", "id"]

    def __str__(self) -> str:
        return self.name_en if (get_language() or "").startswith("en") else self.name

    def put_last(self) -> None:
        """Behind all that are there."""
        others: models.QuerySet[Any] = type(self)._default_manager.all()
        self.position = (others.aggregate(last=Max("position"))["last"] or 0) + 1
