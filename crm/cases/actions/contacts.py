"""Contacts that took place: a customer's message, a logged call or visit, an imported answer."""

import datetime as dt
from collections.abc import Iterable
from typing import Any

from django.db import connection, transaction

from crm.cases.actions.ending import reopen_locked
from crm.cases.actions.locking import change_state, heard_at, lock_case, moment, save_and_record
from crm.cases.actions.opening import PREVIEW, open_case
from crm.cases.actions.snoozing import end_snooze
from crm.cases.actions.waiting import end_waiting
from crm.cases.clocks import next_turn, refresh_due, running_clock, stop_clock
from crm.cases.errors import CaseEnded
from crm.cases.models import Case, CaseInteraction
from crm.cases.promises import rebuild, start_response_clock
from crm.cases.queries import CaseQuerySet
from crm.cases.words import ClockKind, State
from crm.customers.models import Customer
from crm.staff.models import User
from crm.timeline.models import Direction, Interaction


@transaction.atomic
def take_in(*, customer: Customer, channel: str, text: str, at: dt.datetime | None = None, **details: Any) -> Case:
    """Live intake of one customer message: into the running case of its conversation, else a new case.

    The same `external_id` again returns the case it lies in and changes nothing. A settled case reopens; a closed
    one is over, and the message opens a new case.
    """
    account, conversation = details.get("account", ""), details.get("conversation", "")
    external_id, is_archive = details.get("external_id", ""), details.get("is_archive", False)
    one_at_a_time(conversation and ("conversation", channel, account, conversation))
    one_at_a_time(external_id and ("message", channel, account, external_id))
    if known := case_of_message(channel, account, external_id):
        return known
    case = case_of_conversation(customer, channel, account, conversation, is_archive=is_archive)
    if case is None:
        return open_case(customer=customer, channel=channel, text=text, at=at, **details)
    fitting = {k: v for k, v in details.items() if k in NETWORK_FIELDS}
    add_interaction(case=case, direction=Direction.IN, channel=channel, text=text, at=at, **fitting)
    return case


NETWORK_FIELDS = {"account", "conversation", "external_id", "reply_to", "is_public", "subject", "by"}


def one_at_a_time(of: Iterable[str] | str) -> None:
    """Until we commit, nobody else takes in a message of the same conversation, or the same message."""
    if of:
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_xact_lock(hashtextextended(%s, 0))", ["\n".join(of)])


def case_of_message(channel: str, account: str, external_id: str) -> Case | None:
    if not external_id:
        return None
    return Case.objects.filter(
        entries__interaction__channel=channel,
        entries__interaction__account=account,
        entries__interaction__external_id=external_id,
    ).first()


def case_of_conversation(
    customer: Customer, channel: str, account: str, conversation: str, *, is_archive: bool
) -> Case | None:
    """The customer's case in this thread, locked: running or settled, or where it was merged. Live messages never go
    into replayed history, nor replayed ones into live cases."""
    if not conversation:
        return None
    here = Case.objects.select_for_update(no_key=True).filter(
        customer=customer, channel=channel, account=account, conversation=conversation, is_archive=is_archive
    )
    if is_archive:
        return here.filter(merged_into=None).first()
    return here.filter(closed_at=None).first() or _merged_from(here)


def _merged_from(here: CaseQuerySet) -> Case | None:
    """The running or settled case into which this conversation's newest case was merged."""
    case = here.order_by("-pk").first()
    while case is not None and case.merged_into_id:
        case = Case.objects.select_for_update(no_key=True).get(pk=case.merged_into_id)
    return case if case is not None and case.closed_at is None else None


@transaction.atomic
def add_interaction(
    *,
    case: Case,
    direction: str,
    channel: str,
    text: str,
    by: User | None = None,
    at: dt.datetime | None = None,
    version: int | None = None,
    by_person: bool = True,
    staff: User | None = None,
    **details: Any,
) -> Interaction:
    """Attach a contact to the case. The customer's starts a response clock or reopens; a person's answer stops it.

    `details` are Interaction's own fields (is_public, subject, account, conversation, external_id, reply_to,
    signature). Raises StaleVersion, BadTime, CaseEnded.
    """
    case = lock_case(case, version=version)
    at = moment(case, at)
    if direction == Direction.IN and case.closed_at and not case.is_archive:
        raise CaseEnded
    is_late = heard_before(case, at)
    interaction = Interaction.objects.create(
        customer=case.customer, channel=channel, direction=direction, text=text, at=at, by_person=by_person,
        staff=staff or by, **details,
    )  # fmt: skip
    CaseInteraction.objects.create(interaction=interaction, case=case)
    apply_contact(case, interaction, is_late=is_late)
    save_and_record(
        case, "case.contacted", by=by, at=at, interaction=interaction.pk, direction=direction, channel=channel
    )
    return interaction


def heard_before(case: Case, at: dt.datetime) -> bool:
    """Do we know of a contact later than `at`? At one instant, too: only the whole history says which came first."""
    return case.last_message_at is not None and at <= case.last_message_at


def apply_contact(case: Case, interaction: Interaction, *, is_late: bool) -> None:
    """What a contact does to state and clocks, and to the case's newest words."""
    before_settling = case.settled_at is not None and interaction.at <= case.settled_at
    if interaction.is_inbound and not is_late and not before_settling:
        customer_spoke(case, at=interaction.at)
    elif interaction.is_inbound or (interaction.answers and is_late):
        if interaction.is_inbound and case.state == State.SETTLED:  # without having heard this: somebody looks again
            reopen_locked(case, at=heard_at(case, interaction.at))
        rebuild(case, at=heard_at(case, interaction.at), why="late")
    elif interaction.answers:
        person_answered(case, at=interaction.at)
    if not is_late:
        case.preview, case.last_message_at = interaction.text[:PREVIEW], interaction.at
        case.last_direction = interaction.direction
    refresh_due(case)


def customer_spoke(case: Case, *, at: dt.datetime) -> None:
    """The clock runs for the oldest message not yet answered; a message ends waiting and snoozing, and reopens what was
    settled."""
    end_snooze(case, at=at, why="customer")
    if case.state == State.SETTLED:
        reopen_locked(case, at=at)
    elif case.state == State.WAITING and case.waiting_for == "customer":
        end_waiting(case, at=at)
    if case.is_running and running_clock(case, ClockKind.RESPONSE) is None:
        start_response_clock(case, at=at, turn=next_turn(case, ClockKind.RESPONSE))


def person_answered(case: Case, *, at: dt.datetime) -> None:
    running = running_clock(case, ClockKind.RESPONSE)
    if running is not None and at > running.started_at:
        stop_clock(running, at=at, detected_at=heard_at(case, at))
    if case.state == State.NEW:
        change_state(case, "take_up")
