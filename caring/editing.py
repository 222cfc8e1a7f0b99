"""How supervisors change the programme: a stage in a new version, its switch, the contact policy.

A version is never changed: a task keeps the one it was made by, and a change holds for new tasks.
"""

import datetime as dt
from typing import Any

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from caring.conditions import BadRule, WayRead, read_rule
from caring.differing import EDITED, same
from caring.errors import CannotSave, StaleVersion
from caring.models import ContactPolicy, Stage, StageVersion
from caring.texts import KNOWN, check_texts
from caring.words import Way, Work
from crm.events.actions import record
from crm.staff.access import require
from crm.staff.models import User

LONGEST_DUE, MOST_ATTEMPTS, LONGEST_PAUSE = 24 * 90, 9, 24 * 30
LONGEST_WHY, MOST_POINTS = 250, 1_000_000


@transaction.atomic
def save_version(
    *, stage: Stage, seen: int, rule: Any, channels: list[str], due_hours: int, attempts: int, pause_hours: int,
    points: int, texts: dict[str, Any], why: str, by: User, at: dt.datetime | None = None,
) -> StageVersion:  # fmt: skip
    """A new version in force, beginning with the next task. `seen`: number of the version that was open.

    Raises BadRule, BadText, StaleVersion, CannotSave.
    """
    require(by, "caring.edit")
    at, why = at or timezone.now(), " ".join(why.split())
    kept = Stage.objects.select_for_update(no_key=True, of=["self"]).select_related("version").get(pk=stage.pk)
    _refuse_stale(kept.version, seen)
    ways = read_rule(rule)
    check_schedule(stage=kept, channels=channels, due_hours=due_hours, attempts=attempts, pause_hours=pause_hours)
    for way in ways:
        _check_own_channels(kept, way)
    if points > (MOST_POINTS if kept.is_courtesy else 0):
        raise CannotSave("points", _("From %(least)s to %(most)s.") % {"least": 0, "most": MOST_POINTS})
    check_texts(kept.pk, texts)
    made = StageVersion(
        stage=kept, rule=[kept_way(way) for way in ways], channels=channels, due_hours=due_hours, attempts=attempts,
        pause_hours=pause_hours, points=points, texts=texts, why=_read_why(why), by=by, at=at,
    )  # fmt: skip
    changed = [name for name in EDITED if kept.version is None or not same(name, kept.version, made)]
    if not changed:
        raise CannotSave("", _("Nothing is different from the version in force."))
    newest = StageVersion.objects.filter(stage=kept).order_by("-number").values_list("number", flat=True).first()
    made.number = (newest or 0) + 1
    made.save()
    kept.version = made
    kept.save(update_fields=["version"])
    record("caring.stage_changed", subject=kept, by=by, at=at, version=made.number, fields=changed, reason=made.why)
    return made


def kept_way(way: WayRead) -> dict[str, Any]:
    """As it stands in a version: an order of channels only where it has one of its own."""
    own = {"channels": list(way.channels)} if way.channels else {}
    return {"source": way.source, "when": way.when} | own


def _check_own_channels(stage: Stage, way: WayRead) -> None:
    if not way.channels:
        return
    try:
        _check_channels(stage, list(way.channels))
    except CannotSave as refused:
        raise BadRule(str(refused), way.number) from refused


def _refuse_stale(version: StageVersion | None, seen: int) -> None:
    if version is not None and version.number != seen:
        raise StaleVersion(
            "",
            _("%(who)s has put version %(number)s in force meanwhile. What you set stands below; open the stage anew.")
            % {"who": version.by or "Sapa", "number": version.number},
        )


def _read_why(why: str) -> str:
    if not why:
        raise CannotSave("why", _("Say why: it is read by whoever changes it next."))
    if len(why) > LONGEST_WHY:
        raise CannotSave("why", _("At most %(most)s letters.") % {"most": LONGEST_WHY})
    return why


def check_schedule(*, stage: Stage, channels: list[str], due_hours: int, attempts: int, pause_hours: int) -> None:
    """Whether somebody can be reached so many times by then. Raises CannotSave."""
    _check_channels(stage, channels)
    for field, value, least, most in (
        ("due_hours", due_hours, 1, LONGEST_DUE), ("attempts", attempts, 1, MOST_ATTEMPTS),
        ("pause_hours", pause_hours, 0, LONGEST_PAUSE),
    ):  # fmt: skip
        if not least <= value <= most:
            raise CannotSave(field, _("From %(least)s to %(most)s.") % {"least": least, "most": most})
    last = (attempts - 1) * pause_hours
    if last > due_hours:
        raise CannotSave(
            "pause_hours",
            _("Attempt %(attempts)s comes %(last)s hours after the first, but it is due after %(due)s.")
            % {"attempts": attempts, "last": last, "due": due_hours},
        )


def _check_channels(stage: Stage, channels: list[str]) -> None:
    if not channels:
        raise CannotSave("channels", _("Choose at least one channel: nobody could be reached."))
    if len(set(channels)) < len(channels) or not set(channels) <= set(Way.values):
        raise CannotSave("channels", _("Each channel once, of the list."))
    if (Way.FORM in channels) != (stage.work == Work.QUALITY):
        raise CannotSave("channels", _("The score form belongs to service quality, and only the form does."))
    if Way.FORM in channels and len(channels) > 1:
        raise CannotSave("channels", _("Beside the score form nobody is contacted."))
    if Way.SAME in channels and stage.pk not in KNOWN["case"]:
        raise CannotSave("channels", _("The same channel: only where there is a case that came by one."))


@transaction.atomic
def switch_stage(*, stage: Stage, on: bool, why: str, by: User, at: dt.datetime | None = None) -> Stage:
    """Off: no new tasks; those that run go on. Said again it changes nothing. Raises CannotSave."""
    require(by, "caring.edit")
    reason = _read_why(" ".join(why.split()))
    kept = Stage.objects.select_for_update(no_key=True).get(pk=stage.pk)
    if kept.is_on != on:
        kept.is_on = on
        kept.save(update_fields=["is_on"])
        kind = "caring.stage_switched_on" if on else "caring.stage_switched_off"
        record(kind, subject=kept, by=by, at=at or timezone.now(), reason=reason)
    return kept


@transaction.atomic
def save_policy(*, policy: ContactPolicy, by: User) -> ContactPolicy:
    """For every task from now on; the value before is kept by its history."""
    require(by, "caring.edit")
    policy.pk = 1
    policy.save()
    return policy
