"""What the preview of a merge says is what the merge does."""

import datetime as dt

import pytest
from django.utils import timezone

from crm.cases import actions
from crm.cases.merging import preview_merge
from crm.cases.models import Case, SlaClock
from tests.people import a_case, a_customer, a_member

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("policy")]


def ago(minutes: float) -> dt.datetime:
    return timezone.now() - dt.timedelta(minutes=minutes)


def answered(case: Case) -> None:
    actions.add_interaction(case=case, direction="out", channel="call", text="Halo", by=a_member())


def deadlines(case: Case) -> dict[str, dt.datetime]:
    return dict(SlaClock.objects.filter(case=case, stopped_at__isnull=True).values_list("kind", "due_at"))


@pytest.mark.parametrize(("source", "into"), [(9, 2), (2, 9), (20, 2)])
@pytest.mark.parametrize("are_answered", [(), (0,), (1,), (0, 1)])
def test_the_clocks_are_those_the_merge_keeps(source, into, are_answered):
    rina = a_customer()
    cases = [a_case(ago(minutes), customer=rina) for minutes in (source, into)]
    for which in are_answered:
        answered(cases[which])
    said = preview_merge(*cases)
    actions.merge_cases(source=cases[0], into=cases[1], by=a_member())
    assert {clock.kind: clock.due_at for clock in said.clocks} == deadlines(cases[1])


def test_it_counts_what_moves():
    rina = a_customer()
    first, second = a_case(customer=rina), a_case(customer=rina)
    answered(first)
    actions.add_note(case=first, text="Sektor 3", by=a_member())
    said = preview_merge(first, second)
    assert (said.messages, said.notes, said.promises) == (2, 1, 0)
