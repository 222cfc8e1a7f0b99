"""One stage: what it does, what it says, its versions, its switch."""

from itertools import pairwise
from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from caring.board import DAYS, tile_of
from caring.conditions import kept_ways
from caring.differing import LANGUAGE_NAMES, PART_NAMES, Difference, channels_in_words, differences, hours, way_in_words
from caring.editing import switch_stage
from caring.effect.asking import PERIOD, WINDOW
from caring.effect.figures import rows
from caring.errors import CannotSave
from caring.lists import NAMES as LIST_NAMES
from caring.models import EffectRule, Stage, StageVersion
from caring.texts import LANGUAGES, PREPAID, as_text
from crm.staff.access import may, require
from crm.staff.guard import StaffRequest

SAID = ("subject", "message", "script", "tips")


@login_required
@require_safe
def stage(request: StaffRequest, number: int) -> HttpResponse:
    require(request.user, "caring.read")
    return _page(request, _found(number))


@login_required
@require_POST
def switch(request: StaffRequest, number: int) -> HttpResponse:
    """On or off, with its reason."""
    require(request.user, "caring.edit")
    one, on, why = _found(number), request.POST.get("on") == "yes", request.POST.get("why", "")
    try:
        switch_stage(stage=one, on=on, why=why, by=request.user)
    except CannotSave as refused:
        return _page(request, one, {"switch_wrong": str(refused), "switch_why": why}, status=422)
    said = _("Stage %(number)s is on.") if on else _("Stage %(number)s is off: it makes no new tasks.")
    messages.success(request, said % {"number": number})
    return redirect("caring:stage", number)


def _found(number: int) -> Stage:
    return get_object_or_404(Stage.objects.select_related("version__by"), pk=number, version__isnull=False)


def _page(request: StaffRequest, one: Stage, more: dict[str, Any] | None = None, status: int = 200) -> HttpResponse:
    version = one.version
    assert version is not None  # _found
    context = {
        "stage": one, "version": version, "days": DAYS, "tile": tile_of(one, request.user, timezone.now()),
        "rule": [way_in_words(way) for way in kept_ways(version.rule)], "channels": channels_in_words(version.channels),
        "due": hours(version.due_hours), "pause": hours(version.pause_hours), "texts": _texts(version),
        "purpose": version.text("purpose"), "versions": _versions(one),
        "may_edit": may(request.user, "caring.edit"), "before": one.pk - 1,
        "after": one.pk + 1 if one.pk < 24 else None,
        "effect": next(iter(rows(WINDOW, PERIOD, EffectRule.in_force(), stage=one)), None),
        "switch_wrong": "", "switch_why": "",
    }  # fmt: skip
    return render(request, "caring/stage.html", context | (more or {}), status=status)


def _texts(version: StageVersion) -> list[dict[str, Any]]:
    return [
        {
            "language": language, "name": LANGUAGE_NAMES[language],
            "parts": _parts(version.texts.get(language, {})), "lists": _lists(version.texts.get(language, {})),
            "prepaid": _parts(version.texts.get(language, {}).get(PREPAID, {})),
        }
        for language in LANGUAGES
    ]  # fmt: skip


def _parts(said: dict[str, Any]) -> list[tuple[Any, str]]:
    return [(PART_NAMES[part], as_text(said[part]).strip()) for part in SAID if said.get(part)]


def _lists(said: dict[str, Any]) -> list[tuple[Any, list[str]]]:
    return [(LIST_NAMES[part], [one["text"] for one in said[part]]) for part in LIST_NAMES if said.get(part)]


def _versions(one: Stage) -> list[tuple[StageVersion, list[Difference]]]:
    """The newest first, each with what it changed."""
    found = list(one.versions.select_related("by").order_by("-number"))
    changed = [differences(before, after) for after, before in pairwise(found)]
    return list(zip(found, [*changed, []], strict=True))
