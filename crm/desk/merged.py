"""What the desk holds of a case goes along when that is merged into another: open asks, and who follows it."""

from django.db import transaction

from crm.cases.models import Case
from crm.desk.following import follow
from crm.desk.models import Ask
from crm.events.models import Event
from crm.staff.models import User

KINDS = ("case.merged",)


def standing(case: Case) -> Case:
    """The case in which this one's matter goes on, through every merge."""
    while case.merged_into is not None:
        case = case.merged_into
    return case


@transaction.atomic
def follow_merge(event: Event) -> None:
    """Twice the same does no harm. Locks the merged case first, as whoever decides an ask does."""
    source = Case.objects.select_for_update(no_key=True).get(pk=event.subject_id)
    into = standing(source)
    if into.pk == source.pk:
        return
    for ask in Ask.objects.open().filter(case=source).order_by("pk").select_for_update():
        _move(ask, into)
    follow(case=into, users=User.objects.filter(follows__case=source))


def _move(ask: Ask, into: Case) -> None:
    """Of two that one writer asks in the same case, the newer counts (one_open_ask_a_writer)."""
    known = Ask.objects.open().filter(case=into, by=ask.by_id).select_for_update().first()
    if known is not None and known.at > ask.at:
        ask.delete()
        return
    if known is not None:
        known.delete()
    ask.case = into
    ask.save(update_fields=["case"])
