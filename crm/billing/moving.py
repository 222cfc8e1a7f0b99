"""What of this room goes with a customer's record when it moves or is merged.

ARPU and tier are not moved: the nightly run sees that lines have another customer and counts both anew.
"""

from functools import partial

from crm.billing.models import Bill, CreditNote, ExternalId, Payment, TierChange, TopUp, Usage
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


def _rows(name: str, model: type, move: linking.Move) -> list[int]:
    return move.rows(name, model.objects.all())  # type: ignore[attr-defined]
