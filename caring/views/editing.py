"""A stage is changed: its rule by the builder, its times, channels and texts; simulated before it is saved."""

import re
from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from caring.conditions import BadRule, kept_ways
from caring.editing import kept_way, save_version
from caring.errors import CannotSave
from caring.forms.rule import Way, fresh_row, fresh_way, read_ways, ways_of, wrong_in_words
from caring.forms.stage import StageForm
from caring.models import Stage, StageVersion
from caring.simulating import SAMPLE, SECONDS, WIDE, WINDOW, simulate
from caring.sources import SOURCES
from caring.texts import SPOKEN, fields_for
from crm.customers.masking import mask_msisdn
from crm.lib.patience import TooLong
from crm.staff.access import require
from crm.staff.guard import StaffRequest

UID = re.compile(r"w[a-z0-9]{1,12}\Z")


@login_required
def edit(request: StaffRequest, number: int) -> HttpResponse:
    """A refusal keeps every word that was typed."""
    require(request.user, "caring.edit")
    stage, version = _found(number)
    if request.method != "POST":
        return _page(request, stage, StageForm(None, stage=stage, version=version), ways_of(version.rule))
    form = StageForm(request.POST, stage=stage, version=version)
    ways, rule, wrong = read_ways(request.POST)
    if form.is_valid() and rule is not None:
        try:
            asked = [kept_way(way) for way in rule]
            saved = save_version(stage=stage, rule=asked, by=request.user, **form.as_version())
        except BadRule as bad:
            ways[bad.way or 0].wrong = str(bad)
        except CannotSave as refused:
            _point(form, refused)
        else:
            messages.success(
                request,
                _("Version %(version)s of stage %(number)s is in force. It holds for new tasks.")
                % {"version": saved.number, "number": number},
            )
            return redirect("caring:stage", number)
    return _page(request, stage, form, ways, wrong=wrong)


def _point(form: StageForm, refused: CannotSave) -> None:
    """What is wrong, at its field."""
    field = "channel0" if refused.field == "channels" else refused.field
    form.add_error(field if field in form.fields else None, str(refused))


def _found(number: int) -> tuple[Stage, StageVersion]:
    stage = get_object_or_404(Stage.objects.select_related("version"), pk=number)
    if stage.version is None:
        raise Http404
    return stage, stage.version


def _page(
    request: StaffRequest, stage: Stage, form: StageForm, ways: list[Way], *, wrong: str | None = None
) -> HttpResponse:
    """`wrong`: with the rule as a whole; None where nothing was sent."""
    context = {
        "stage": stage, "version": stage.version, "form": form, "ways": ways, "wrong": wrong or "",
        "is_wrong": wrong is not None, "fields": [f"{{{name}}}" for name in fields_for(stage.pk, "message")],
        "spoken": f"{{{SPOKEN}}}",
    }  # fmt: skip
    return render(request, "caring/edit.html", context, status=200 if wrong is None else 422)


@login_required
@require_safe
def way(request: StaffRequest) -> HttpResponse:
    """A way of the builder: a new one, or one whose source was chosen just now; with its first condition."""
    require(request.user, "caring.edit")
    name = next((name for name in request.GET if name.endswith("-source")), "")
    uid, source = name.removesuffix("-source"), request.GET.get(name, "")
    fresh = fresh_way()
    if UID.match(uid):
        fresh = Way(uid, source, [])
    if source in SOURCES:
        fresh.rows = [fresh_row(fresh.uid, source)]
    return render(request, "caring/_way.html", {"way": fresh})


@login_required
@require_safe
def row(request: StaffRequest) -> HttpResponse:
    """A condition of the builder: a new one of a way, or one whose field was chosen just now."""
    require(request.user, "caring.edit")
    name = next((name for name in request.GET if name.endswith("-source")), "")
    uid, source = name.removesuffix("-source"), request.GET.get(name, "")
    if not UID.match(uid) or source not in SOURCES:
        raise Http404
    chosen = next((one for one in request.GET if re.fullmatch(rf"{uid}c[a-z0-9]{{1,12}}-field", one)), "")
    fresh = fresh_row(uid, source, request.GET.get(chosen, ""), chosen.removesuffix("-field"))
    return render(request, "caring/_condition.html", {"row": fresh, "way": Way(uid, source, [])})


@login_required
@require_POST
def simulation(request: StaffRequest, number: int) -> HttpResponse:
    """Of the rule as it stands in the form, unsaved, against the rule in force."""
    require(request.user, "caring.edit")
    stage, version = _found(number)
    ways, wanted, wrong = read_ways(request.POST)
    context: dict[str, Any] = {"days": WINDOW, "seconds": int(SECONDS), "wide": WIDE, "most": SAMPLE}
    if wanted is None:
        return render(request, "caring/_simulation.html", context | {"wrong": wrong_in_words(ways, wrong)})
    try:
        found = simulate(stage=stage, wanted=wanted, kept=kept_ways(version.rule), at=timezone.now())
    except TooLong:
        return render(request, "caring/_simulation.html", context | {"too_long": True})
    context |= {
        "found": found, "reads_events": any(SOURCES[one.source].is_event for one in wanted),
        "reads_days": any(not SOURCES[one.source].is_event and not SOURCES[one.source].monthly for one in wanted),
        "reads_months": any(SOURCES[one.source].monthly for one in wanted),
        "sample": [(one, mask_msisdn(one.number) if one.number.startswith("+") else "") for one in found.sample],
    }  # fmt: skip
    return render(request, "caring/_simulation.html", context)
