"""Answering: the outbox takes the message, the clock takes the moment at which send was pressed."""

import datetime as dt
import uuid
from collections.abc import Sequence

from django.db import transaction
from django.db.models import Q
from django.utils.translation import gettext as _

from crm.cases import states
from crm.cases.actions.assigning import give
from crm.cases.actions.contacts import apply_contact, heard_before
from crm.cases.actions.ending import reopen_locked
from crm.cases.actions.locking import check_version, lock_case, moment, save_and_record
from crm.cases.actions.promising import say_promises_again, unsay_promises
from crm.cases.actions.undoing import take_back_with
from crm.cases.clocks import refresh_due
from crm.cases.errors import (
    CannotAttach,
    IllegalTransition,
    NothingToSend,
    NoWayToAnswer,
    PersonalDataInPublic,
    SaidMeanwhile,
    TooLateToUndo,
)
from crm.cases.history import still_waits
from crm.cases.marks import subject_for
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
from crm.timeline.models import Attachment, Channel, Direction, Interaction

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
    overridden_by: User | None = None,
    version: int | None = None,
    key: str = "",
    files: Sequence[int] = (),
    takes: bool = False,
    seen: int | None = None,
) -> Message:
    """Answer the customer. The response clock stops at `at` (send pressed); the message leaves after the undo seconds.

    `key` makes a repeated press harmless: the same key returns the message it made. `override_reason` lets personal
    data out in public; the caller has checked that `overridden_by`, else `by`, may (case.override_privacy). `files` are
    attachments that `by` has uploaded. `takes`: a case that nobody has becomes theirs with it. `seen` is the newest
    contact that the writer had before them (None: does not mind). Raises NothingToSend, PersonalDataInPublic,
    NoWayToAnswer, CannotAttach, IllegalTransition, StaleVersion, SaidMeanwhile.
    """
    key = key or uuid.uuid4().hex
    case = lock_case(case)
    if known := Message.objects.filter(key=key).first():  # after the lock: two presses at once wait for each other here
        return known
    check_version(case, version)
    check_seen(case, seen, by=by)
    at = moment(case, at)
    is_late = heard_before(case, at)
    check_text(text, is_public=is_public, override_reason=override_reason)
    if not states.allowed(case.state, "answer"):
        raise IllegalTransition(case.state, "answer")
    channel = channel or case.channel
    recipient = recipient or recipient_of(case, channel)
    subject = subject_for(case, channel, subject) if channels.get(channel).marks_subject else subject
    # On another channel than the case's, its account and its thread mean nothing.
    account, conversation = (case.account, case.conversation) if channel == case.channel else ("", "")
    interaction = Interaction.objects.create(
        customer=case.customer, channel=channel, account=account, direction=Direction.OUT, is_public=is_public,
        staff=by, subject=subject, text=text, at=at, conversation=conversation,
    )  # fmt: skip
    CaseInteraction.objects.create(interaction=interaction, case=case)
    attach(interaction, files, by=by)
    apply_contact(case, interaction, is_late=is_late)
    if takes and case.assignee_id is None and states.allowed(case.state, "assign"):
        give(case, to=by, by=by, at=at, answered=True)
    message = queue_message(
        interaction=interaction, customer=case.customer, channel=channel, account=account, recipient=recipient,
        subject=subject, body=text, is_public=is_public, by=by, send_at=at + dt.timedelta(seconds=UNDO_SECONDS),
        reply_to=newest_inbound(case, channel, is_public=is_public), references=chain_of(case, channel), key=key,
    )  # fmt: skip
    save_and_record(
        case, "case.answered", by=by, at=at, message=message.pk, interaction=interaction.pk, public=is_public
    )
    if override_reason:
        who = overridden_by or by
        record("case.privacy_overridden", subject=case, customer_id=case.customer_id, by=who, at=at, message=message.pk)
        case.notes.create(author=who, text=override_reason, at=at)
    return message


def check_seen(case: Case, seen: int | None, *, by: User) -> None:
    """Nobody talks past the customer or a colleague: what either said that the writer had not before them. The case is
    locked, so nothing can be said between this look and the answer. Raises SaidMeanwhile."""
    if seen is None:
        return
    since = Interaction.objects.filter(in_case__case=case, pk__gt=seen, voided_at=None).exclude(staff=by)
    news = since.filter(Q(direction=Direction.IN) | Q(by_person=True)).select_related("staff").order_by("at", "pk")
    if news:
        raise SaidMeanwhile(list(news))


def check_text(text: str, *, is_public: bool, override_reason: str) -> None:
    """SOP 6: a customer's data is never given away in public, unless a supervisor answers for it."""
    if not text.strip():
        raise NothingToSend
    found = {one.kind for one in personal_data.find(text)} if is_public else set()
    if found and not override_reason.strip():
        raise PersonalDataInPublic(found)


def recipient_of(case: Case, channel: str) -> str:
    """Where the customer last wrote from in this case, else their number, address or handle for this channel, verified
    ones first; logged talks need none."""
    kind = KIND_OF_CONTACT.get(Channel(channel))
    if channels.get(channel).own_addresses:
        return own_address(case, channel)
    if kind is None or channels.get(channel).logs_only:
        return case.customer.name
    heard = Interaction.objects.filter(in_case__case=case, channel=channel, direction=Direction.IN)
    if written_from := heard.exclude(answer_to="").order_by("-at").values_list("answer_to", flat=True).first():
        return str(written_from)
    points = case.customer.contact_points.filter(kind=kind)
    if kind == ContactPoint.Kind.HANDLE:
        points = points.filter(network=channel)
    value = points.order_by("verified_at", "pk").values_list("value", flat=True).first()
    if not value:
        raise NoWayToAnswer
    return str(value)


def own_address(case: Case, channel: str) -> str:
    """Where answers in this case go on a channel that gives each case an address of its own."""
    address = channels.get(channel).address_of(case=case.pk)
    if not address:
        raise NoWayToAnswer
    return address


def newest_inbound(case: Case, channel: str, *, is_public: bool) -> str:
    """What the answer replies to: the network's id of the customer's newest message on that channel, in public to
    a public one, in private to a private one."""
    inbound = Interaction.objects.filter(
        in_case__case=case, channel=channel, direction=Direction.IN, is_public=is_public
    )
    return inbound.exclude(external_id="").order_by("-at").values_list("external_id", flat=True).first() or ""


def chain_of(case: Case, channel: str) -> str:
    """What the other side calls the contacts so far on this channel, oldest first, ours among them."""
    contacts = Interaction.objects.filter(in_case__case=case, channel=channel).order_by("at", "pk")
    names = contacts.values_list("external_id", "message__external_id")
    return " ".join(one for pair in names for one in pair if one and " " not in one)


def attach(interaction: Interaction, files: Sequence[int], *, by: User) -> None:
    """Put uploaded files to an answer. Raises CannotAttach when the channel takes none, or one is not to be had."""
    if not files:
        return
    if not channels.get(interaction.channel).can_attach:
        raise CannotAttach
    loose = Attachment.objects.servable().filter(pk__in=files, by=by, interaction=None)
    if loose.update(interaction=interaction) != len(set(files)):
        raise CannotAttach


@transaction.atomic
def undo_answer(*, message: Message, by: User, at: dt.datetime | None = None) -> Case:
    """Take back an answer within the undo seconds, and what was done with it in the same press: as if it had never
    been given, its files free for another.

    Raises TooLateToUndo.
    """
    interaction = message.interaction
    assert interaction is not None  # answers always have one
    case = lock_case_of(interaction)  # before the message, as every other act takes the two
    try:
        cancel_message(message=message, by=by, at=at)
    except TooLate:
        raise TooLateToUndo from None
    Attachment.objects.filter(interaction=interaction).update(interaction=None)
    take_back_with(case, message, by=by, at=moment(case, at))
    return void_answer(interaction=interaction, at=at, reason="undone", by=by)


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
        unsay_promises(interaction, reason=_("The answer did not reach the customer."), at=at)
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
    void = Interaction.objects.filter(pk=interaction.pk, voided_at__isnull=False)
    unsaid_at = void.values_list("voided_at", flat=True).first()
    if void.update(voided_at=None, at=at) and unsaid_at and interaction.by_person:
        say_promises_again(interaction, unsaid_at=unsaid_at, at=moment(case, None))
        rebuild(case, at=moment(case, None), why="sent again")
        refresh_due(case)
        save_and_record(case, "answer.revived", by=None, at=at, interaction=interaction.pk)
    return case
