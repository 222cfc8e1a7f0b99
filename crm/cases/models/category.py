import pghistory
import pgtrigger
from django.db import models
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from crm.cases.words import Kind
from crm.staff.models import Division, Skill

# Moving a category (actions.categories) relies on it. The lock lets one mover of the tree in at a time: two moves at
# once, each right by itself, could close a ring.
NO_RING = """
    PERFORM pg_advisory_xact_lock(hashtextextended('category tree', 0));
    IF NEW.id IN (
        WITH RECURSIVE above AS (
            SELECT id, parent_id FROM cases_category WHERE id = NEW.parent_id
            UNION SELECT c.id, c.parent_id FROM cases_category c JOIN above ON c.id = above.parent_id
        )
        SELECT id FROM above
    ) THEN
        RAISE EXCEPTION 'a category cannot lie beneath itself';
    END IF;
    RETURN NEW;
"""


@pghistory.track()
class Category(models.Model):
    """One node of the editable tree of what cases are about."""

    code = models.SlugField(_("code"), unique=True)
    name = models.CharField(_("name"), max_length=80)
    name_en = models.CharField(_("name in English"), max_length=80)
    parent = models.ForeignKey(
        "self", verbose_name=_("beneath"), null=True, blank=True, on_delete=models.PROTECT, related_name="children"
    )
    kind = models.CharField(
        _("kind"), max_length=12, choices=Kind.choices, blank=True, help_text=_("Proposed for a new case.")
    )
    division = models.ForeignKey(
        Division,
        verbose_name=_("division"),
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        help_text=_("Settles what we cannot. Empty: that of the category above."),
    )
    skill = models.ForeignKey(
        Skill,
        verbose_name=_("skill"),
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        help_text=_("Who has it is asked first."),
    )
    position = models.PositiveSmallIntegerField(_("position"), default=0)
    is_active = models.BooleanField(_("active"), default=True)
    merged_into = models.ForeignKey(
        "self", verbose_name=_("merged into"), null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )

    class Meta:
        verbose_name, verbose_name_plural = _("category"), _("categories")
        ordering = ["position", "id"]
        triggers = [
            pgtrigger.Trigger(
                name="no_ring",
                when=pgtrigger.Before,
                operation=pgtrigger.Insert | pgtrigger.UpdateOf("parent_id"),
                func=NO_RING,
            )
        ]
        constraints = [
            models.CheckConstraint(condition=~models.Q(parent=models.F("id")), name="category_not_its_own_parent"),
            # merge_category relies on it: nothing new is filed under what was merged away.
            models.CheckConstraint(
                condition=models.Q(merged_into__isnull=True)
                | models.Q(is_active=False) & ~models.Q(merged_into=models.F("id")),
                name="merged_category_rests",
            ),
        ]

    def __str__(self) -> str:
        return self.name_en if (get_language() or "").startswith("en") else self.name
