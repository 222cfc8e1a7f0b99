from django.db import models
from django.utils.translation import get_language

from crm.cases.words import Kind
from crm.staff.models import Division


class Category(models.Model):
    """One node of the editable tree of what cases are about."""

    code = models.SlugField(unique=True)
    name = models.CharField(max_length=80)
    name_en = models.CharField(max_length=80)
    parent = models.ForeignKey("self", null=True, blank=True, on_delete=models.PROTECT, related_name="children")
    kind = models.CharField(max_length=12, choices=Kind.choices, blank=True, help_text="Proposed for a new case.")
    division = models.ForeignKey(
        Division, null=True, blank=True, on_delete=models.PROTECT, help_text="Settles what we cannot."
    )
    position = models.PositiveSmallIntegerField(default=0)
    is_active = models.BooleanField(default=True)

    class Meta:
        ordering = ["position", "id"]
        verbose_name_plural = "categories"
        constraints = [
            models.CheckConstraint(condition=~models.Q(parent=models.F("id")), name="category_not_its_own_parent")
        ]

    def __str__(self) -> str:
        return self.name_en if (get_language() or "").startswith("en") else self.name
