"""The words of this room that are kept in the database."""

from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy


class Kind(models.TextChoices):
    ARTICLE = "article", _("Article")
    TREE = "tree", _("Troubleshooting tree")


class State(models.TextChoices):
    DRAFT = "draft", pgettext_lazy("article", "Draft")
    REVIEW = "review", pgettext_lazy("article", "In review")
    PUBLISHED = "published", pgettext_lazy("article", "Published")
    REPLACED = "replaced", pgettext_lazy("article", "Replaced")
    RETIRED = "retired", pgettext_lazy("article", "Taken off")
