"""A case's state as plain data, and a case put back to it: what undo needs. The caller holds the case's lock."""

import datetime as dt
from typing import Any

from django.db.models import Model, QuerySet

from crm.cases.clocks import set_wake
from crm.cases.models import Case, ClockPause, Escalation, Holding, SlaClock
from crm.cases.models import Promise as Promised
from crm.cases.words import Verdict

OF_A_CASE = (
    "state", "kind", "category_id", "priority", "assignee_id", "team_id", "party", "division_id", "waiting_for",
    "waiting_since", "waiting_until", "reminded_at", "proposed_at", "snoozed_until", "snoozed_by_id", "outcome",
    "settled_at", "closed_at", "due_at", "due_kind",
)  # fmt: skip
OF_A_CLOCK = ("started_at", "due_at", "wake_at", "wake_for", "marks_passed", "paused_at", "stopped_at", "verdict")
OF_A_PROMISE = ("keeper_id", "wake_at", "warned_at", "kept_at", "kept_by_id", "broken_at", "withdrawn_at",
                "withdrawn_by_id")  # fmt: skip
FATES = ("kept_at", "broken_at", "withdrawn_at")


def picture_of(case: Case) -> dict[str, Any]:
    """What settling, assigning or waiting may change."""
    return {
        "case": _plain(case, OF_A_CASE),
        "clocks": _rows(case.clocks.filter(stopped_at=None), OF_A_CLOCK),
        "promises": _rows(case.promises.open(), OF_A_PROMISE),
        "pauses": _ids(ClockPause.objects.filter(clock__case=case, resumed_at=None)),
        "holdings": _ids(case.holdings.all()),
        "held": _ids(case.holdings.filter(until=None)),
        "escalations": _ids(case.escalations.filter(ended_at=None)),
    }


def promises_of(picture: dict[str, Any]) -> list[dict[str, Any]]:
    """The picture's promises as the act has left them. They live on without their case's version: `left` tells what of
    them was the act's, and what came about since."""
    return _rows(Promised.objects.filter(pk__in=[row["id"] for row in picture["promises"]]), OF_A_PROMISE)


def put_back(case: Case, picture: dict[str, Any]) -> None:
    """The case and everything of it as the picture shows. The caller saves the case.

    A deadline that passed meanwhile is not lost: its clock wakes in the past, and the sweep takes it at once.
    """
    _fill(case, picture["case"])
    case.settlement = ""
    for row in picture["clocks"]:
        _put_clock_back(SlaClock.objects.select_for_update(no_key=True).get(pk=row["id"]), row)
    left = {row["id"]: row for row in picture.get("left", picture["promises"])}
    for row in picture["promises"]:
        _put_promise_back(Promised.objects.select_for_update(no_key=True).get(pk=row["id"]), row, left[row["id"]])
    ClockPause.objects.filter(pk__in=picture["pauses"]).update(resumed_at=None)
    Escalation.objects.filter(pk__in=picture["escalations"]).update(ended_at=None)
    Holding.objects.filter(case=case).exclude(pk__in=picture["holdings"]).delete()
    Holding.objects.filter(pk__in=picture["held"]).update(until=None)


def _put_clock_back(stopped: SlaClock, row: dict[str, Any]) -> None:
    """Missed stays missed: it was late before it was settled, whether or not the sweep had seen it. A mark that the
    sweep has passed since is not told again."""
    was_missed, passed = stopped.verdict == Verdict.MISSED, stopped.marks_passed
    _fill(stopped, row)
    stopped.verdict = Verdict.MISSED if was_missed else stopped.verdict
    if passed > stopped.marks_passed:
        stopped.marks_passed = passed
        set_wake(stopped)
    stopped.save()


def _put_promise_back(promise: Promised, row: dict[str, Any], left: dict[str, Any]) -> None:
    """Only what the act itself changed of it, and nothing where its fate was decided since."""
    if _plain(promise, FATES) != {name: left[name] for name in FATES}:
        return
    _fill(promise, {name: row[name] for name in OF_A_PROMISE if row[name] != left[name]})
    promise.save()


def _rows(found: QuerySet, names: tuple[str, ...]) -> list[dict[str, Any]]:
    return [{"id": row.pk} | _plain(row, names) for row in found.order_by("pk")]


def _ids(found: QuerySet) -> list[int]:
    return list(found.order_by("pk").values_list("pk", flat=True))


def _plain(row: Model, names: tuple[str, ...]) -> dict[str, Any]:
    """Times with their microseconds: a verdict may hang on one."""
    values = {name: getattr(row, name) for name in names}
    return {name: value.isoformat() if isinstance(value, dt.datetime) else value for name, value in values.items()}


def _fill(row: Model, values: dict[str, Any]) -> None:
    for name, value in values.items():
        if name == "id":
            continue
        is_time = isinstance(value, str) and name.endswith(("_at", "_since", "_until"))
        setattr(row, name, dt.datetime.fromisoformat(value) if is_time else value)
