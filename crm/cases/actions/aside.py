"""What is no case: spam and noise are put aside with a reason, never lost."""

import datetime as dt

from django.db import transaction

from crm.cases.actions.ending import reject_case
from crm.cases.models import Case
from crm.events.actions import record
from crm.staff.models import User
from crm.timeline.models import Direction, Interaction, NotACase


@transaction.atomic
def set_aside(
    *, interaction: Interaction, reason: str, by: User | None, remark: str = "", at: dt.datetime | None = None
) -> NotACase:
    """Put a contact aside. If it opened a case, that case is rejected; its clocks are not counted."""
    aside, new = NotACase.objects.get_or_create(
        interaction=interaction, defaults={"reason": reason, "remark": remark, "by": by}
    )
    if new:
        record("interaction.set_aside", subject=interaction, customer_id=interaction.customer_id, by=by, reason=reason)
        _reject_its_case(interaction, aside, by=by, at=at)
    return aside


def _reject_its_case(interaction: Interaction, aside: NotACase, *, by: User | None, at: dt.datetime | None) -> None:
    case = Case.objects.running().filter(entries__interaction=interaction).first()
    if case is None:
        return
    others = case.entries.filter(interaction__direction=Direction.IN).exclude(interaction=interaction)
    if not others.exists():
        reject_case(case=case, by=by, at=at, reason=str(aside.get_reason_display()))
