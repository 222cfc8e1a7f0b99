"""Contacts that took place: a customer's message, a logged call or visit, an imported answer."""

import datetime as dt
from typing import Any

from django.db import transaction

from crm.cases.actions.ending import reopen_locked
from crm.cases.actions.locking import change_state, heard_at, lock_case, moment, save_and_record
from crm.cases.actions.opening import PREVIEW, open_case
from crm.cases.actions.waiting import end_waiting
from crm.cases.clocks import next_turn, refresh_due, running_clock, stop_clock
from crm.cases.models import Case, CaseInteraction
from crm.cases.promises import rebuild, start_response_clock
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
    network = {"channel": channel, "account": details.get("account", ""), "external_id": details.get("external_id", "")}
    known = Case.objects.filter(**{f"entries__interaction__{k}": v for k, v in network.items()}).first()
    if network["external_id"] and known:
        return known
    case = case_of_conversation(customer, channel, details.get("account", ""), details.get("conversation", ""))
    if case is None:
        return open_case(customer=customer, channel=channel, text=text, at=at, **details)
    fitting = {k: v for k, v in details.items() if k in NETWORK_FIELDS}
    add_interaction(case=case, direction=Direction.IN, channel=channel, text=text, at=at, **fitting)
    return case


NETWORK_FIELDS = {"account", "conversation", "external_id", "reply_to", "is_public", "subject", "by"}


def case_of_conversation(customer: Customer, channel: str, account: str, conversation: str) -> Case | None:
    """The customer's case in this thread: running or settled, or replayed history."""
    if not conversation:
        return None
    here = Case.objects.filter(customer=customer, channel=channel, account=account, conversation=conversation)
    return here.filter(merged_into=None, closed_at=None).first() or here.filter(is_archive=True).first()


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
    signature). Raises StaleVersion, BadTime.
    """
    case = lock_case(case, version=version)
    at = moment(case, at)
    # At one instant, too: only the whole history says whether the answer or the message came first.
    is_late = case.last_message_at is not None and at <= case.last_message_at
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


def apply_contact(case: Case, interaction: Interaction, *, is_late: bool) -> None:
    """What a contact does to state and clocks, and to the case's newest words."""
    if interaction.is_inbound and not is_late:
        customer_spoke(case, at=interaction.at)
    elif interaction.is_inbound or (interaction.answers and is_late):
        rebuild(case, at=heard_at(case, interaction.at), why="late")
    elif interaction.answers:
        person_answered(case, at=interaction.at)
    if not is_late:
        case.preview, case.last_message_at = interaction.text[:PREVIEW], interaction.at
        case.last_direction = interaction.direction
    refresh_due(case)


def customer_spoke(case: Case, *, at: dt.datetime) -> None:
    """The clock runs for the oldest message not yet answered; a message ends waiting, and reopens what was settled."""
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
