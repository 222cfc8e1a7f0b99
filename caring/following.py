"""What an agent says of a call or visit, and what follows from it, follows by itself."""

import datetime as dt
from collections.abc import Callable
from dataclasses import dataclass

from django.db import transaction
from django.utils.translation import gettext as _

from caring.attempts import close, fall_through, finish, try_again
from caring.deciding import quiet_until
from caring.models import Attempt, Task
from caring.policy import policy_in_force
from caring.reach import case_of, recipient_of
from caring.refusals import WorkRefused
from caring.words import Outcome, State, Way, Why
from crm.cases.actions import add_interaction, make_promise, open_case, reopen_case
from crm.cases.errors import IllegalTransition
from crm.cases.models import Case, Category
from crm.cases.words import Kind
from crm.customers.consenting import withdraw_consent
from crm.customers.correcting import report_wrong_number
from crm.customers.models import Purpose
from crm.customers.restricting import set_do_not_disturb
from crm.staff.models import User
from crm.timeline.models import Channel, Direction, Interaction

ASKS_SATISFIED = (10, 17, 18)
ASKS_REASON = (16,)
OFFERS = (14, 16)
CHECKS_IN, CHECKS, BETWEEN = 20, 3, dt.timedelta(days=30)
A_MOMENT = dt.timedelta(seconds=1)  # they speak first, then we answer
# Somebody was spoken to: it stands among the customer's contacts.
SPOKEN = (Outcome.REACHED, Outcome.CALL_BACK, Outcome.REFUSED, Outcome.NEEDS_CASE)
BY_PERSON = (*SPOKEN, Outcome.NO_ANSWER, Outcome.WRONG_NUMBER)
CHANNEL: dict[str, str] = {Way.CALL: Channel.CALL, Way.VISIT: Channel.COUNTER}


@dataclass(frozen=True)
class Said:
    """What the agent notes besides the outcome; which of it is wanted depends on stage and outcome."""

    note: str = ""
    when: dt.datetime | None = None  # to call back
    satisfied: bool | None = None
    reason: str = ""
    offer: str = ""
    offer_taken: bool | None = None
    wants: str = ""  # of who refuses: "" | "do_not_disturb" | "no_courtesy"
    words: str = ""  # of a case
    kind: str = Kind.COMPLAINT
    category: Category | None = None
    promise: str = ""
    promise_due: dt.datetime | None = None


@dataclass
class Noted:
    """An outcome as it is being noted, and what came of it."""

    task: Task
    attempt: Attempt
    said: Said
    by: User
    at: dt.datetime
    case: Case | None = None
    due_before: dt.datetime | None = None  # where the outcome moved it
    later: bool = False  # the time asked for lies in quiet hours: moved to when they end


def check(task: Task, outcome: str, said: Said, at: dt.datetime) -> None:
    if outcome not in BY_PERSON:
        raise WorkRefused(_("Choose what came of it."), "outcome")
    if outcome == Outcome.CALL_BACK and (said.when is None or said.when <= at):
        raise WorkRefused(_("Say when to call back: a time to come."), "when")
    if outcome == Outcome.NEEDS_CASE and not said.words.strip():
        raise WorkRefused(_("Write down what the customer says."), "words")
    if outcome == Outcome.NEEDS_CASE and said.promise.strip() and (said.promise_due is None or said.promise_due <= at):
        raise WorkRefused(_("Say until when: a time to come."), "promise_due")
    if outcome == Outcome.REACHED:
        _check_answers(task, said)


def _check_answers(task: Task, said: Said) -> None:
    if task.stage_id in ASKS_SATISFIED and said.satisfied is None:
        raise WorkRefused(_("Say whether the customer is satisfied."), "satisfied")
    if said.satisfied is False and not said.note.strip():
        raise WorkRefused(
            _("Note in the customer's words what is still wrong: the case is opened again with it."), "note"
        )
    if task.stage_id in ASKS_REASON and said.reason not in keys_of(task, "reasons"):
        raise WorkRefused(_("Choose the reason for leaving."), "reason")
    if said.offer and said.offer not in keys_of(task, "offers"):
        raise WorkRefused(_("Choose one of the offers."), "offer")


def keys_of(task: Task, name: str) -> list[str]:
    """What the version in use has by this name: reasons, offers."""
    return [one["key"] for one in task.version.texts.get("id", {}).get(name, [])]


def speak(noted: Noted) -> None:
    task = noted.task
    Interaction.objects.create(
        customer=task.customer, channel=CHANNEL[task.channel], direction=Direction.OUT, staff=noted.by,
        subject=task.version.name, text=noted.attempt.note, at=noted.at,
    )  # fmt: skip


def _reached(noted: Noted) -> None:
    task, said = noted.task, noted.said
    task.reason, task.offer = said.reason, said.offer
    task.offer_taken = said.offer_taken if said.offer else None
    finish(task, at=noted.at, by=noted.by)
    if task.stage_id in ASKS_SATISFIED and said.satisfied is False:
        noted.case = _open_again(task, noted.attempt.note, noted.by, noted.at)
        _remember(task, opened=noted.case.pk)


def _open_again(task: Task, words: str, by: User, at: dt.datetime) -> Case:
    """The case that they are not satisfied with; a new one where that has been closed for good."""
    case = case_of(task)
    if case is not None:
        try:
            with transaction.atomic():
                return reopen_case(case=case, by=by, reason=words, at=at)
        except IllegalTransition:
            pass
    kind, category = (case.kind, case.category) if case else (Kind.COMPLAINT, None)
    return open_case(
        customer=task.customer, channel=Channel.CALL, text=words, kind=kind, category=category, by=by, at=at
    )


def _no_answer(noted: Noted) -> None:
    try_again(noted.task, at=noted.at, by=noted.by)
    _not_in_quiet_hours(noted)


def _call_back(noted: Noted) -> None:
    """When they asked for; that is its due time then."""
    try_again(noted.task, at=noted.at, by=noted.by, when=noted.said.when)
    _not_in_quiet_hours(noted)
    task = noted.task
    noted.due_before, task.due_at = task.due_at, max(task.due_at, task.next_at)
    task.save(update_fields=["due_at"])


def _not_in_quiet_hours(noted: Noted) -> None:
    task = noted.task
    if task.state != State.WAITING:
        return
    ends = quiet_until(task.customer, policy_in_force(), task.next_at)
    if ends is not None:
        noted.later, task.next_at = True, ends
        task.save(update_fields=["next_at"])


def _wrong_number(noted: Noted) -> None:
    """On the list of corrections; another number of theirs is tried at once, else the next channel."""
    task = noted.task
    if task.channel == Way.CALL:
        number = recipient_of(task, Way.CALL)
        report_wrong_number(customer=task.customer, number=number, by=noted.by, at=noted.at)
        task.assignee = None
        if recipient_of(task, Way.CALL) not in ("", number) and task.tried < task.version.attempts:
            task.next_at = noted.at
            task.save()
            return
    task.assignee = None
    fall_through(task, at=noted.at, by=noted.by)


def _refused(noted: Noted) -> None:
    task, by, at = noted.task, noted.by, noted.at
    task.why = Why.REFUSED
    close(task, State.ENDED, at=at, by=by)
    task.save()
    if noted.said.wants:
        _remember(task, wants=noted.said.wants)
    if noted.said.wants == "do_not_disturb":
        set_do_not_disturb(customer=task.customer, on=True, by=by, at=at)
    elif noted.said.wants == "no_courtesy":
        withdraw_consent(customer=task.customer, purpose=Purpose.CARE, channel=Channel.CALL, by=by, at=at)


def _needs_case(noted: Noted) -> None:
    """Opened where they said it, theirs who heard it; what was said on the phone is its first answer."""
    task, said, by, at = noted.task, noted.said, noted.by, noted.at
    case = open_case(
        customer=task.customer, channel=CHANNEL[task.channel], text=said.words.strip(), kind=said.kind,
        category=said.category, by=by, at=at - A_MOMENT, assignee=by,
    )  # fmt: skip
    answer = noted.attempt.note or task.version.name
    spoken = add_interaction(
        case=case, direction=Direction.OUT, channel=case.channel, text=answer, subject=task.version.name, by=by, at=at
    )
    if said.promise.strip() and said.promise_due:
        make_promise(case=case, text=said.promise, due_at=said.promise_due, by=by, interaction=spoken, at=at)
    _remember(task, opened=case.pk)
    finish(task, at=at, by=by)
    noted.case = case


FOLLOWS: dict[str, Callable[[Noted], None]] = {
    Outcome.REACHED: _reached, Outcome.NO_ANSWER: _no_answer, Outcome.CALL_BACK: _call_back,
    Outcome.WRONG_NUMBER: _wrong_number, Outcome.REFUSED: _refused, Outcome.NEEDS_CASE: _needs_case,
}  # fmt: skip


def next_check(task: Task) -> str:
    """The occasion of the check-in after this one; empty: it was the last."""
    first, _plus, place = task.occasion.partition("+")
    following = int(place or 1) + 1
    return f"{first}+{following}" if following <= CHECKS else ""


def check_in_again(task: Task, at: dt.datetime) -> None:
    """Thirty days on, three in all: watch:7, watch:7+2, watch:7+3. The database keeps each to one."""
    following = next_check(task)
    if not following:
        return
    begins = at + BETWEEN
    Task.objects.get_or_create(
        stage=task.stage, customer=task.customer, subscription=task.subscription, occasion=following,
        defaults={
            "version": task.version, "way": task.way, "facts": task.facts, "state": State.WAITING,
            "channel": task.channels[0], "value": task.value, "occurred_at": begins, "next_at": begins,
            "due_at": begins + dt.timedelta(hours=task.version.due_hours),
        },
    )  # fmt: skip


def _remember(task: Task, **facts: int | str) -> None:
    """What came of it elsewhere: such an outcome is not taken back (undoing.py)."""
    task.facts = task.facts | facts
    task.save(update_fields=["facts"])
