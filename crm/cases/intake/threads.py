"""Which case a mail belongs to."""

from dataclasses import dataclass

from crm.cases.marks import number_in
from crm.cases.models import Case
from crm.messaging.mail.parse import Mail
from crm.messaging.models import Message
from crm.timeline.models import Channel, Direction, Interaction


@dataclass(frozen=True)
class Found:
    """`is_sure`: the mail names one of ours by its Message-ID, which nobody knows but whoever got it."""

    case: Case
    is_sure: bool


def find_case(mail: Mail) -> Found | None:
    """By the mails that it answers, the nearest first; else by the mark in its subject. Locked; where it was merged."""
    ours, theirs = _cases_of_ours(mail.answered_ids), _cases_of_theirs(mail.answered_ids)
    for one in mail.answered_ids:
        case = ours.get(one) or theirs.get(one)
        if case is not None:
            return Found(_where_it_is_now(case), is_sure=case in ours.values())
    number = number_in(mail.subject)
    marked = Case.objects.filter(number=number).first() if number is not None else None
    return Found(_where_it_is_now(marked), is_sure=False) if marked else None


def _cases_of_ours(ids: list[str]) -> dict[str, Case]:
    sent = Message.objects.filter(channel=Channel.EMAIL, external_id__in=ids, interaction__in_case__isnull=False)
    return {one.external_id: _case_of(one.interaction) for one in sent.select_related("interaction__in_case__case")}


def _cases_of_theirs(ids: list[str]) -> dict[str, Case]:
    came = Interaction.objects.filter(
        channel=Channel.EMAIL, direction=Direction.IN, external_id__in=ids, in_case__isnull=False
    )
    return {one.external_id: _case_of(one) for one in came.select_related("in_case__case")}


def _case_of(interaction: Interaction | None) -> Case:
    case: Case = interaction.in_case.case  # type: ignore[union-attr]
    return case


def _where_it_is_now(case: Case) -> Case:
    case = Case.objects.select_for_update(no_key=True).get(pk=case.pk)
    while case.merged_into_id:
        case = Case.objects.select_for_update(no_key=True).get(pk=case.merged_into_id)
    return case
