"""After the call: what it was about, what becomes of it, and the case."""

import datetime as dt

from django.db import transaction

from crm.calls.actions.presence import owes_wrap_up
from crm.calls.actions.told import lock, put_in_timeline, tell, text_of
from crm.calls.errors import NobodyKnown, NotEnded, NotTheirs, WrappedUp
from crm.calls.models import Call, CallReason
from crm.calls.words import CallState, Result
from crm.cases.actions import add_interaction, open_case
from crm.cases.models import Case
from crm.cases.words import Kind
from crm.lib.moments import database_now
from crm.staff.actions.presence import set_presence
from crm.staff.models import Presence, User
from crm.timeline.models import Channel, Direction, Interaction


@transaction.atomic
def open_case_of(*, call: Call, text: str, by: User, kind: str = Kind.COMPLAINT) -> Case:
    """A case of who calls, theirs who took it; its clocks run from the first word. What they said is the case's first
    contact, and the call's: the timeline shows it once. The same call again gives the same case.

    Raises NobodyKnown, and what open_case raises.
    """
    call = lock(call)
    if call.case is not None:
        return call.case
    if call.customer is None:
        raise NobodyKnown
    at = call.answered_at or call.began_at
    case = open_case(
        customer=call.customer, channel=Channel.CALL, text=text, kind=kind, by=by, at=at, assignee=call.agent or by
    )
    _belongs(call, case, Interaction.objects.get(in_case__case=case))
    call.save()
    tell("call.case_opened", call, by=by, case=case.pk)
    return case


def _belongs(call: Call, case: Case, said: Interaction) -> None:
    bare, call.interaction, call.case = call.interaction, said, case
    call.save(update_fields=["interaction", "case"])
    if bare is not None:
        bare.delete()


@transaction.atomic
def wrap_up(
    *,
    call: Call,
    reason: CallReason,
    by: User,
    result: str = Result.SOLVED,
    note: str = "",
    next_step: str = "",
    case: Case | None = None,
    stays_away: bool = False,
    at: dt.datetime | None = None,
) -> Call:
    """Why they called, how it ended and what comes next. `case`: an open one of theirs that the call was about.

    In a case, what was said on the phone is the answer: its response clock stops. The agent is available again, or
    `stays_away`. Raises NotEnded, WrappedUp, NotTheirs.
    """
    call, at = lock(call), at or database_now()
    if call.state != CallState.ENDED:
        raise NotEnded
    if call.wrapped_at is not None:
        raise WrappedUp
    call.wrapped_at, call.wrapped_by, call.reason, call.result = at, by, reason, result
    call.note, call.next_step = note.strip(), next_step.strip()[:250]
    if case is not None and call.case_id is None:
        _add_to(call, case, by)
    put_in_timeline(call)
    if call.case is not None:
        _answered(call, by)
    call.save()
    tell("call.wrapped_up", call, by=by, at=at, reason=reason.code, result=result)
    _free(call, stays_away=stays_away)
    return call


def _add_to(call: Call, case: Case, by: User) -> None:
    if case.customer_id != call.customer_id or case.closed_at is not None or case.merged_into_id is not None:
        raise NotTheirs
    said = add_interaction(
        case=case, direction=Direction.IN, channel=Channel.CALL, text=text_of(call), subject=str(call.reason),
        by=by, at=call.answered_at or call.began_at,
    )  # fmt: skip
    _belongs(call, case, said)


def _answered(call: Call, by: User) -> None:
    if call.answered_at is not None and call.case is not None and call.case.closed_at is None:
        add_interaction(
            case=call.case, direction=Direction.OUT, channel=Channel.CALL, text=text_of(call), by=by, at=call.ended_at
        )


def _free(call: Call, *, stays_away: bool) -> None:
    """Whoever set another state meanwhile keeps it; one more call to wrap up keeps them where they are."""
    agent = call.agent
    if agent is None or owes_wrap_up(agent.pk):
        return
    agent.refresh_from_db(fields=["presence"])
    if agent.presence == Presence.WRAP_UP:
        set_presence(user=agent, presence=Presence.AWAY if stays_away else Presence.AVAILABLE)
