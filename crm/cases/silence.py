"""What time does to cases that nobody touches: a silent customer, an appointment that has come, a settled case.

Each act is done by its action in a transaction of its own; a second worker finds the state moved and passes over.
"""

import datetime as dt
import logging
from collections.abc import Callable
from typing import Any

from django.db import transaction
from django.db.models import Q
from django.utils import timezone, translation
from django.utils.translation import gettext as _

from crm.cases.actions.answering import chain_of, newest_inbound, recipient_of
from crm.cases.actions.ending import close_case, settle_case
from crm.cases.actions.locking import lock_case, save_and_record
from crm.cases.actions.waiting import resume_case
from crm.cases.errors import CaseError, IllegalTransition, NoWayToAnswer
from crm.cases.marks import subject_for
from crm.cases.models import Case, CaseInteraction
from crm.cases.policies import rules_in_force
from crm.cases.words import Outcome, State, Waiting
from crm.messaging.actions import queue_message
from crm.messaging.channels import get
from crm.messaging.errors import MessagingError
from crm.timeline.models import Direction, Interaction

log = logging.getLogger(__name__)
BATCH = 500
PROPOSED_FOR = dt.timedelta(hours=24)
BEFORE_THE_DEADLINE = dt.timedelta(minutes=15)


def end_silence(at: dt.datetime | None = None) -> int:
    """One pass; returns how many cases were touched."""
    at = at or timezone.now()
    policy = rules_in_force().policy
    silent = Case.objects.live().filter(waiting_for=Waiting.CUSTOMER)
    remind_before = at - dt.timedelta(seconds=policy.remind_after_seconds)
    propose_before = at - dt.timedelta(seconds=policy.no_answer_after_seconds)
    appointments = Case.objects.live().filter(waiting_for=Waiting.APPOINTMENT, waiting_until__lte=at)
    return (
        _each(silent.filter(reminded_at=None, proposed_at=None, waiting_since__lte=remind_before), remind, at)
        + _each(silent.filter(proposed_at=None, waiting_since__lte=propose_before), propose, at)
        + _each(silent.filter(_taken_up_by_nobody(at)), settle_silent, at)
        + _each(appointments, appointment_came, at)
    )


def close_settled(at: dt.datetime | None = None) -> int:
    at = at or timezone.now()
    before = at - dt.timedelta(seconds=rules_in_force().policy.close_after_seconds)
    return _each(Case.objects.filter(state=State.SETTLED, settled_at__lte=before), close, at)


def _each(cases: "object", act: Callable[[Case, dt.datetime], bool], at: dt.datetime) -> int:
    touched = 0
    for case in list(cases.order_by("pk")[:BATCH]):  # type: ignore[attr-defined]
        try:
            touched += act(case, at)
        except IllegalTransition:  # somebody moved it meanwhile
            continue
        except CaseError:
            log.exception("case passed over", extra={"case": case.pk})
    return touched


@transaction.atomic
def remind(case: Case, at: dt.datetime) -> bool:
    """After 24 h of silence: a reminder on the case's channel. Automatic, so it answers nothing (SOP 2)."""
    case = lock_case(case)
    if case.waiting_for != Waiting.CUSTOMER or case.reminded_at:
        return False
    case.reminded_at = at
    sent = _send_reminder(case, at)
    save_and_record(case, "case.reminded", by=None, at=at, message=sent)
    return True


def _send_reminder(case: Case, at: dt.datetime) -> int | None:
    """The message's id; None where the channel can't carry one, and the agent's list shows the case instead."""
    try:
        recipient, channel = recipient_of(case, case.channel), get(case.channel)
    except (NoWayToAnswer, MessagingError):
        return None
    if channel.logs_only:
        return None
    with translation.override(case.customer.language):
        text = _("We asked you something about your case #%(number)s. May we hear from you?") % {"number": case.number}
    interaction = Interaction.objects.create(
        customer=case.customer, channel=case.channel, account=case.account, direction=Direction.OUT,
        by_person=False, text=text, at=at, conversation=case.conversation,
    )  # fmt: skip
    CaseInteraction.objects.create(interaction=interaction, case=case)
    message = queue_message(
        interaction=interaction, customer=case.customer, channel=case.channel, account=case.account,
        recipient=recipient, body=text, by=None, send_at=at, key=f"reminder:{case.pk}:{case.waiting_since:%s}",
        **(_thread(case) if channel.marks_subject else {"subject": case.subject}),
    )  # fmt: skip
    return message.pk


def _thread(case: Case) -> dict[str, Any]:
    """Under the customer's own mail, and back to the case when they reply."""
    return {
        "subject": subject_for(case, case.channel),
        "reply_to": newest_inbound(case, case.channel, is_public=False),
        "references": chain_of(case, case.channel),
    }


@transaction.atomic
def propose(case: Case, at: dt.datetime) -> bool:
    """After 48 h: proposed for settling as *no answer*."""
    case = lock_case(case)
    if case.waiting_for != Waiting.CUSTOMER or case.proposed_at:
        return False
    case.proposed_at = at
    save_and_record(case, "case.no_answer_proposed", by=None, at=at)
    return True


def _taken_up_by_nobody(at: dt.datetime) -> Q:
    """A proposal is carried out after a day, or shortly before the deadline: silence is no breach."""
    about_to_breach = Q(due_at__gt=at, due_at__lte=at + BEFORE_THE_DEADLINE)
    return Q(proposed_at__lte=at - PROPOSED_FOR) | Q(proposed_at__isnull=False) & about_to_breach


def settle_silent(case: Case, at: dt.datetime) -> bool:
    settle_case(case=case, outcome=Outcome.NO_ANSWER, by=None, at=at, version=case.version)
    return True


def appointment_came(case: Case, at: dt.datetime) -> bool:
    resume_case(case=case, by=None, at=at, version=case.version)
    return True


def close(case: Case, at: dt.datetime) -> bool:
    close_case(case=case, at=at)
    return True
