"""What of this room goes with a customer's record when it moves or is merged.

ARPU and tier are not moved: handlers.py counts both customers anew, and so does each night.
"""

from functools import partial

from crm.billing.models import Bill, CreditNote, ExternalId, Payment, TierChange, TierOverride, TopUp, Usage
from crm.customers import linking

MOVED = {
    "bills": Bill,
    "payments": Payment,
    "top-ups": TopUp,
    "credit notes": CreditNote,
    "usage": Usage,
    "external ids": ExternalId,
    "tier changes": TierChange,
}


def register_movers() -> None:
    for name, model in MOVED.items():
        linking.register(name, partial(_rows, name, model))
    linking.register("tiers by hand", _overrides)


def _overrides(move: linking.Move) -> list[int]:
    """One is in force (one_override_in_force): where both have one, each keeps its own."""
    decided = TierOverride.objects.filter(customer=move.into, ended_at=None).exists()
    rows = TierOverride.objects.exclude(ended_at=None) if decided else TierOverride.objects.all()
    return move.rows("tiers by hand", rows)


def _rows(name: str, model: type, move: linking.Move) -> list[int]:
    return move.rows(name, model.objects.all())  # type: ignore[attr-defined]
