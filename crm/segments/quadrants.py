"""The quadrant that the two measures make: who is kept, grown, repaired, served at little cost (domain.md §4)."""

from django.db.models import Q, TextChoices
from django.utils.translation import pgettext_lazy

from crm.segments.measuring import measure_in_force


class Quadrant(TextChoices):
    KEEP = "keep", pgettext_lazy("quadrant", "Keep")
    REPAIR = "repair", pgettext_lazy("quadrant", "Repair")
    GROW = "grow", pgettext_lazy("quadrant", "Grow")
    SERVE = "serve", pgettext_lazy("quadrant", "Serve at little cost")


def quadrant_of(transaction: int | None, interaction: int | None) -> Quadrant | None:
    """None while one of the two is not known."""
    if transaction is None or interaction is None:
        return None
    limits = measure_in_force()
    if transaction >= limits.transaction_high:
        return Quadrant.KEEP if interaction >= limits.interaction_high else Quadrant.REPAIR
    return Quadrant.GROW if interaction >= limits.interaction_high else Quadrant.SERVE


def in_quadrant(quadrant: str) -> Q:
    """Of customers."""
    limits = measure_in_force()
    worth = "gte" if quadrant in {Quadrant.KEEP, Quadrant.REPAIR} else "lt"
    close = "gte" if quadrant in {Quadrant.KEEP, Quadrant.GROW} else "lt"
    return Q(
        **{
            f"measured__transaction__{worth}": limits.transaction_high,
            f"measured__interaction__{close}": limits.interaction_high,
        }
    )
