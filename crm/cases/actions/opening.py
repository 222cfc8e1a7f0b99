"""Opening a case: the record, its two clocks, the contact that began it."""

import datetime as dt
from collections.abc import Sequence

from django.db import transaction

from crm.cases.actions.locking import not_ahead
from crm.cases.models import Case, CaseInteraction, Category, Holding, SlaClock
from crm.cases.promises import first_clocks
from crm.cases.words import Kind, Priority, State
from crm.customers.models import Customer
from crm.events.actions import record
from crm.lib.moments import database_now
from crm.staff.models import Team, User
from crm.timeline.models import Direction, Interaction

PREVIEW = 160


@transaction.atomic
def open_case(
    *,
    customer: Customer,
    channel: str,
    text: str,
    kind: str = Kind.QUESTION,
    subject: str = "",
    category: Category | None = None,
    priority: str = Priority.NORMAL,
    tags: Sequence[str] = (),
    by: User | None = None,
    at: dt.datetime | None = None,
    account: str = "",
    conversation: str = "",
    external_id: str = "",
    reply_to: str = "",
    is_public: bool = False,
    team: Team | None = None,
    assignee: User | None = None,
    is_archive: bool = False,
    recorded_by_client: str = "",
) -> Case:
    """Open a case for what the customer brought at `at`; both clocks run from then (SOP 1–3).

    Raises BadTime for a future `at`, NoPolicy where no policy is in force.
    """
    at = not_ahead(at, now=database_now())
    case = Case(
        customer=customer,
        tier=customer.tier,
        channel=channel,
        account=account,
        conversation=conversation,
        kind=kind,
        subject=subject,
        preview=text[:PREVIEW],
        category=category,
        priority=priority,
        tags=list(tags),
        team=team or team_for(channel),
        assignee=assignee,
        state=State.OPEN if assignee else State.NEW,
        is_archive=is_archive,
        opened_at=at,
        last_message_at=at,
        last_direction=Direction.IN,
    )
    clocks = first_clocks(case, at=at)
    case.save()
    SlaClock.objects.bulk_create(clocks)
    interaction = Interaction.objects.create(
        customer=customer,
        channel=channel,
        account=account,
        direction=Direction.IN,
        is_public=is_public,
        staff=by,
        subject=subject,
        text=text,
        at=at,
        external_id=external_id,
        conversation=conversation,
        reply_to=reply_to,
    )
    CaseInteraction.objects.create(interaction=interaction, case=case)
    Holding.objects.create(case=case, team=case.team, user=assignee, since=at)
    record(
        "case.opened",
        subject=case,
        customer_id=customer.pk,
        by=by,
        at=at,
        channel=channel,
        kind=kind,
        team=case.team_id,
        interaction=interaction.pk,
        **({"client": recorded_by_client} if recorded_by_client else {}),
    )
    return case


def team_for(channel: str) -> Team | None:
    """The team that takes this channel; else the first team."""
    teams: list[Team] = list(Team.objects.all())
    return next((team for team in teams if channel in team.channels), teams[0] if teams else None)
