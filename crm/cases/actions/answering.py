"""Answering: the outbox takes the message, the clock takes the moment at which send was pressed."""

import datetime as dt
import uuid

from django.db import transaction

from crm.cases import states
from crm.cases.actions.contacts import apply_contact, heard_before
from crm.cases.actions.ending import reopen_locked
from crm.cases.actions.locking import check_version, lock_case, moment, save_and_record
from crm.cases.clocks import refresh_due
from crm.cases.errors import IllegalTransition, NothingToSend, NoWayToAnswer, PersonalDataInPublic, TooLateToUndo
from crm.cases.history import still_waits
from crm.cases.models import Case, CaseInteraction
from crm.cases.promises import rebuild
from crm.cases.words import State
from crm.customers import personal_data
from crm.customers.models import ContactPoint
from crm.events.actions import record
from crm.messaging import channels
from crm.messaging.actions import UNDO_SECONDS, cancel_message, queue_message
from crm.messaging.errors import TooLate
from crm.messaging.models import Message
from crm.staff.models import User
from crm.timeline.models import Channel, Direction, Interaction

KIND_OF_CONTACT = {
    Channel.EMAIL: ContactPoint.Kind.EMAIL,
    Channel.SMS: ContactPoint.Kind.MSISDN,
    Channel.WHATSAPP: ContactPoint.Kind.MSISDN,
    Channel.LETTER: ContactPoint.Kind.POST,
    Channel.X: ContactPoint.Kind.HANDLE,
    Channel.INSTAGRAM: ContactPoint.Kind.HANDLE,
    Channel.FACEBOOK: ContactPoint.Kind.HANDLE,
}


@transaction.atomic
def answer_case(
    *,
    case: Case,
    text: str,
    by: User,
    at: dt.datetime | None = None,
    channel: str = "",
    is_public: bool = False,
    recipient: str = "",
    subject: str = "",
    override_reason: str = "",
    version: int | None = None,
    key: str = "",
) -> Message:
    """Answer the customer. The response clock stops at `at` (send pressed); the message leaves after the undo seconds.

    `key` makes a repeated press harmless: the same key returns the message it made. `override_reason` lets personal
    data out in public; the caller has checked that `by` may (access: case.override_privacy). Raises NothingToSend,
    PersonalDataInPublic, NoWayToAnswer, IllegalTransition, StaleVersion.
    """
    key = key or uuid.uuid4().hex
    case = lock_case(case)
    if known := Message.objects.filter(key=key).first():  # after the lock: two presses at once wait for each other here
        return known
    check_version(case, version)
    at = moment(case, at)
    is_late = heard_before(case, at)
    check_text(text, is_public=is_public, override_reason=override_reason)
    if not states.allowed(case.state, "answer"):
        raise IllegalTransition(case.state, "answer")
    channel = channel or case.channel
    recipient = recipient or recipient_of(case, channel)
    interaction = Interaction.objects.create(
        customer=case.customer, channel=channel, account=case.account, direction=Direction.OUT, is_public=is_public,
        staff=by, subject=subject, text=text, at=at, conversation=case.conversation,
    )  # fmt: skip
    CaseInteraction.objects.create(interaction=interaction, case=case)
    apply_contact(case, interaction, is_late=is_late)
    message = queue_message(
        interaction=interaction, customer=case.customer, channel=channel, account=case.account, recipient=recipient,
        subject=subject, body=text, is_public=is_public, by=by, send_at=at + dt.timedelta(seconds=UNDO_SECONDS),
        reply_to=newest_inbound(case, channel), key=key,
    )  # fmt: skip
    save_and_record(
        case, "case.answered", by=by, at=at, message=message.pk, interaction=interaction.pk, public=is_public
    )
    if override_reason:
        record("case.privacy_overridden", subject=case, customer_id=case.customer_id, by=by, at=at, message=message.pk)
        case.notes.create(author=by, text=override_reason, at=at)
    return message


def check_text(text: str, *, is_public: bool, override_reason: str) -> None:
    """SOP 6: a customer's data is never given away in public, unless a supervisor answers for it."""
    if not text.strip():
        raise NothingToSend
    found = {one.kind for one in personal_data.find(text)} if is_public else set()
    if found and not override_reason.strip():
        raise PersonalDataInPublic(found)


def recipient_of(case: Case, channel: str) -> str:
    """The customer's number, address or handle for this channel, verified ones first; logged talks need none."""
    kind = KIND_OF_CONTACT.get(Channel(channel))
    if kind is None or channels.get(channel).logs_only:
        return case.customer.name
    points = case.customer.contact_points.filter(kind=kind)
    if kind == ContactPoint.Kind.HANDLE:
        points = points.filter(network=channel)
    value = points.order_by("verified_at", "pk").values_list("value", flat=True).first()
    if not value:
        raise NoWayToAnswer
    return str(value)


def newest_inbound(case: Case, channel: str) -> str:
    """What the answer replies to: the network's id of the customer's newest message on that channel."""
    inbound = Interaction.objects.filter(in_case__case=case, channel=channel, direction=Direction.IN)
    return inbound.exclude(external_id="").order_by("-at").values_list("external_id", flat=True).first() or ""


@transaction.atomic
def undo_answer(*, message: Message, by: User, at: dt.datetime | None = None) -> Case:
    """Take back an answer within the undo seconds: as if it had never been given. Raises TooLateToUndo."""
    try:
        message = cancel_message(message=message, by=by, at=at)
    except TooLate:
        raise TooLateToUndo from None
    assert message.interaction is not None  # answers always have one
    return void_answer(interaction=message.interaction, at=at, reason="undone", by=by)


@transaction.atomic
def void_answer(
    *, interaction: Interaction, reason: str, at: dt.datetime | None = None, by: User | None = None
) -> Case:
    """The answer did not happen: undone, or refused for good. The clock runs on from the customer's message.

    What was settled on the strength of it is open again: the customer still waits.
    """
    case = lock_case_of(interaction)
    at = moment(case, at)
    voided = Interaction.objects.filter(pk=interaction.pk, voided_at__isnull=True).update(voided_at=at)
    if voided and interaction.by_person:
        if case.state == State.SETTLED and still_waits(case):
            reopen_locked(case, at=at)
        rebuild(case, at=at, why=reason)
        refresh_due(case)
        save_and_record(case, "answer.voided", by=by, at=at, interaction=interaction.pk, reason=reason)
    return case


def lock_case_of(interaction: Interaction) -> Case:
    """The case in which a contact lies, locked. A merge may move it while we wait for the lock."""
    entries = CaseInteraction.objects.select_related("case").filter(interaction=interaction)
    case = lock_case(entries.get().case)
    while (now_in := entries.get().case).pk != case.pk:
        case = lock_case(now_in)
    return case


@transaction.atomic
def revive_answer(*, interaction: Interaction, at: dt.datetime) -> Case:
    """A refused answer was sent again and arrived: it counts, from the moment at which it left this time."""
    case = lock_case_of(interaction)
    revived = Interaction.objects.filter(pk=interaction.pk, voided_at__isnull=False).update(voided_at=None, at=at)
    if revived and interaction.by_person:
        rebuild(case, at=moment(case, None), why="sent again")
        refresh_due(case)
        save_and_record(case, "answer.revived", by=None, at=at, interaction=interaction.pk)
    return case
