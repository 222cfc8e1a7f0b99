"""What of this room goes with a customer's record when it moves or is merged. Measures are counted anew each night."""

from crm.customers import linking
from crm.segments.models import Referral


def register_movers() -> None:
    linking.register("referrals", _brought)
    linking.register("referral", _was_brought)


def _brought(move: linking.Move) -> list[int]:
    """Those whom the record brought in; that it brought in the other one says nothing once they are one."""
    if move.only is None:
        Referral.objects.filter(customer=move.source, brought=move.into).delete()
        Referral.objects.filter(customer=move.into, brought=move.source).delete()
    return move.rows("referrals", Referral.objects.all())


def _was_brought(move: linking.Move) -> list[int]:
    """Who brought the record in; where both were, the survivor's own stays."""
    theirs = Referral.objects.filter(brought=move.source)
    if move.only is not None:
        theirs = theirs.filter(pk__in=move.only.get("referral", []))
    if Referral.objects.filter(brought=move.into).exists() and move.only is None:
        return []
    ids = list(theirs.values_list("pk", flat=True))
    Referral.objects.filter(pk__in=ids).update(brought=move.into)
    return ids
