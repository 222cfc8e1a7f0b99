"""Limits that somebody may set: a table of one row, whose defaults hold while nobody has saved any."""

from typing import Self

import pghistory
from django.db import models, transaction
from django.db.models import Q


class OneRow(models.Model):
    """The model is tracked by pghistory, and watched by the audit (staff/audit.py)."""

    id = models.PositiveSmallIntegerField(primary_key=True, default=1)

    class Meta:
        abstract = True
        constraints = [models.CheckConstraint(condition=Q(id=1), name="one_%(class)s")]

    @property
    def title(self) -> str:
        return str(self._meta.verbose_name)

    @classmethod
    def in_force(cls) -> Self:
        """One query."""
        return cls._default_manager.first() or cls(pk=1)


@transaction.atomic
def save_row(row: OneRow, *, by: int) -> None:
    """Two at once: the later one holds, and both stand in the audit."""
    with pghistory.context(by=by):
        row.pk = 1
        row.save()
