"""Taking an act back: settled, assigned or set to wait by a slip, the case gets the very state it had."""

import datetime as dt
from collections.abc import Callable
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from crm.cases.actions.locking import lock_case, moment, save_and_record
from crm.cases.errors import ActedMeanwhile, TooLateToUndo
from crm.cases.models import Case, Undo
from crm.cases.picture import picture_of, promises_of, put_back
from crm.events.models import Event
from crm.messaging.models import Message
from crm.staff.models import User

# The page offers it for ten; a slow line must not make those a lie.
WITHIN = dt.timedelta(seconds=30)
TOLD = {"settle": "case.settled", "assign": "case.assigned", "wait": "case.waiting"}


@transaction.atomic
def undoably(act: str, do: Callable[[], Case], *, case: Case, by: User, message: Message | None = None) -> Undo:
    """Perform `do` on the case and remember what was there before. `message` went out in the same press: undoing the
    one undoes the other. Raises what `do` raises."""
    before = picture_of(lock_case(case))
    acted = do()
    told = newest(act, case)
    values = {
        "act": act, "by": by, "at": told.at, "version": acted.version, "event_id": told.pk,
        "message": message, "before": before | {"left": promises_of(before)},
    }  # fmt: skip
    return Undo.objects.update_or_create(case=acted, defaults=values)[0]


def newest(act: str, case: Case) -> Event:
    """What told of the act. Of a locked case on which nothing was done since: of this very act."""
    return Event.objects.filter(subject_type="case", subject_id=case.pk, kind=TOLD[act]).latest("pk")


@transaction.atomic
def undo_act(*, case: Case, act: str, by: User, at: dt.datetime | None = None) -> Case:
    """Take `by`'s newest act on the case back. Raises TooLateToUndo, ActedMeanwhile; nothing has changed then."""
    case = lock_case(case)
    at = moment(case, at)
    undo = Undo.objects.filter(case=case, act=act, by=by).first()
    if undo is None or at > undo.at + WITHIN:
        raise TooLateToUndo(_("It is too late to take that back."))
    if undo.version != case.version:
        raise ActedMeanwhile
    take_back(case, undo, by=by, at=at)
    return case


@transaction.atomic
def put_case_back(
    *, case: Case, act: str, picture: dict[str, Any], by: User, version: int, at: dt.datetime | None = None
) -> Case:
    """An act done among many never was: the case gets what `picture` shows. `version` is the act's own: raises
    StaleVersion when anything was done since."""
    case = lock_case(case, version=version)
    at = moment(case, at)
    put_back(case, picture)
    save_and_record(case, f"{TOLD[act]}_undone", by=by, at=at, event=newest(act, case).pk)
    return case


def take_back(case: Case, undo: Undo, *, by: User | None, at: dt.datetime) -> None:
    """The act of a locked case never was: its event stays, and the one that says so is beside it."""
    put_back(case, undo.before)
    save_and_record(case, f"{TOLD[undo.act]}_undone", by=by, at=at, event=undo.event_id)
    undo.delete()


def take_back_with(case: Case, message: Message, *, by: User | None, at: dt.datetime) -> None:
    """The act that was done in the same press as an answer that is taken back, unless somebody acted since."""
    undo = Undo.objects.filter(case=case, message=message).first()
    if undo is not None and undo.version == case.version:
        take_back(case, undo, by=by, at=at)
