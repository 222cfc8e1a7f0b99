"""Opening a case: the record, its two clocks, the contact that began it."""

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass

from django.db import connection, transaction

from crm.cases.actions.locking import not_ahead
from crm.cases.errors import NoPolicy
from crm.cases.knock import knock_to_hand_out
from crm.cases.models import Case, CaseInteraction, Category, Holding, SlaClock
from crm.cases.policies import Rules, rules_of
from crm.cases.promises import first_clocks
from crm.cases.words import Kind, Priority, State
from crm.customers.models import Customer
from crm.events.actions import record
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
    place: str = "",
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
    tier: str | None = None,
) -> Case:
    """Open a case for what the customer brought at `at`; both clocks run from then (SOP 1–3).

    `tier` is the customer's unless given: who is only claimed to be somebody is promised what everybody is.

    Raises BadTime for a future `at`, NoPolicy where no policy is in force.
    """
    around = surroundings(channel)
    at = not_ahead(at, now=around.now)
    case = Case(
        customer=customer,
        tier=customer.tier if tier is None else tier,
        channel=channel,
        account=account,
        conversation=conversation,
        kind=kind,
        subject=subject,
        preview=text[:PREVIEW],
        category=category,
        place=place,
        priority=priority,
        tags=list(tags),
        team_id=team.pk if team else around.team_id,
        assignee=assignee,
        state=State.OPEN if assignee else State.NEW,
        is_archive=is_archive,
        opened_at=at,
        last_message_at=at,
        last_direction=Direction.IN,
    )
    clocks = first_clocks(case, rules=around.rules, at=at)
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
    Holding.objects.create(case=case, team_id=case.team_id, user=assignee, since=at)
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
    )
    if assignee is None and not is_archive and (team.hands_out if team else around.hands_out):
        transaction.on_commit(knock_to_hand_out)
    case.locked_at = around.now  # type: ignore[attr-defined]  # as lock_case gives it: when the database heard of it
    return case


@dataclass(frozen=True)
class Surroundings:
    now: dt.datetime
    rules: Rules
    team_id: int | None
    hands_out: bool


# One question instead of three: opening a case is what a busy day does most.
AROUND = """
SELECT statement_timestamp(),
       (SELECT id FROM cases_slapolicy WHERE published_at IS NOT NULL ORDER BY version DESC LIMIT 1),
       t.id, t.hands_out
FROM (SELECT 1) AS one LEFT JOIN LATERAL (
    SELECT id, hands_out FROM staff_team ORDER BY channels @> ARRAY[%s]::varchar[] DESC, position, id LIMIT 1
) AS t ON true
"""


def surroundings(channel: str) -> Surroundings:
    """The database's time, the policy in force, and the team that takes this channel (else the first team)."""
    with connection.cursor() as cursor:
        cursor.execute(AROUND, [channel])
        now, policy_id, team_id, hands_out = cursor.fetchone()
    if policy_id is None:
        raise NoPolicy
    return Surroundings(now, rules_of(policy_id), team_id, bool(hands_out))
