"""What is done to each case of a problem in turn: told, or settled and told. One transaction for one case."""

import datetime as dt
from typing import NamedTuple

from django.db import transaction
from django.db.models import F
from django.utils import timezone

from crm.cases.actions.answering import answer_case
from crm.cases.actions.ending import settle_case
from crm.cases.actions.locking import lock_case
from crm.cases.clocks import first_waiting
from crm.cases.errors import CannotTell, CaseEnded, FirstReplyMissing, NotHanging, WroteMeanwhile
from crm.cases.models import Case, Problem, ProblemCase
from crm.cases.telling import ways
from crm.cases.words import Outcome
from crm.events.actions import record
from crm.messaging.models import Message
from crm.staff.models import User
from crm.timeline.models import Direction


class Settled(NamedTuple):
    """`message` is None where the customer could not be told; `why_not` says why: somebody calls."""

    message: Message | None
    why_not: str = ""
    was_settled: bool = False


@transaction.atomic
def tell_hanging(
    *, problem: Problem, case: Case, text: str, by: User, key: str, at: dt.datetime | None = None
) -> Message:
    """Answer the customer of one case with the message to all. The same `key` again sends nothing.

    `at` is when it was said to all: the reply clock stops then. Raises NotHanging, CannotTell with the reason, and what
    answer_case raises.
    """
    case = lock_case(case)
    if known := Message.objects.filter(key=key).first():
        return known
    if not ProblemCase.objects.filter(problem=problem, case=case).exists():
        raise NotHanging
    way = ways([case])[0]
    filled = way.filled(text, problem)
    if refused := way.refusal(filled):
        raise CannotTell(refused)
    return answer_case(
        case=case, text=filled, by=by, at=at, channel=case.channel, is_public=way.is_public,
        recipient=way.recipient, key=key,
    )  # fmt: skip


@transaction.atomic
def settle_hanging(
    *, problem: Problem, case: Case, text: str, by: User, key: str, at: dt.datetime | None = None
) -> Settled:
    """Tell the customer that it is solved, and settle the case: each clock is judged by its own timestamps.

    The message answers first, so that a customer without a first reply has had one. Raises FirstReplyMissing where
    they could not be told either, WroteMeanwhile for whoever has written since `at`, CaseEnded, NotHanging.
    """
    case = lock_case(case)
    at = at or case.locked_at  # type: ignore[attr-defined]
    if case.closed_at is not None:
        raise CaseEnded
    if case.last_direction == Direction.IN and case.last_message_at and case.last_message_at > at:
        raise WroteMeanwhile
    if case.last_message_at and case.last_message_at >= at:  # a colleague's word came in between
        at = case.locked_at  # type: ignore[attr-defined]
    message, why_not = _tell(problem, case, text, by=by, key=key, at=at)
    if not case.is_running:
        return Settled(message, why_not, was_settled=True)
    if message is None and first_waiting(case):
        raise FirstReplyMissing(f"{FirstReplyMissing.sentence} {why_not}")
    settle_case(case=case, outcome=Outcome.SOLVED, text=problem.solution, by=by, at=at)
    return Settled(message, why_not)


def _tell(
    problem: Problem, case: Case, text: str, *, by: User, key: str, at: dt.datetime
) -> tuple[Message | None, str]:
    try:
        message = tell_hanging(problem=problem, case=case, text=text, by=by, key=key, at=at)
    except CannotTell as refused:
        return None, str(refused)
    hanging = ProblemCase.objects.filter(problem=problem, case=case)
    hanging.update(told_at=at, told_with=message.interaction_id)
    return message, ""


@transaction.atomic
def told_by_voice(*, hanging: ProblemCase, by: User, at: dt.datetime | None = None) -> ProblemCase:
    """Somebody called: the customer knows that it is solved. Said twice, it changes nothing."""
    hanging = ProblemCase.objects.select_for_update(no_key=True, of=("self",)).get(pk=hanging.pk)
    at, case = at or timezone.now(), hanging.case
    waiting = ProblemCase.objects.not_told().filter(pk=hanging.pk)
    if waiting.exists():
        ProblemCase.objects.filter(pk=hanging.pk).update(told_at=at, told_with=None)
        number = Problem.objects.values_list(F("number"), flat=True).get(pk=hanging.problem_id)
        record("case.told", subject=case, customer_id=case.customer_id, by=by, at=at, number=number)
    return hanging
