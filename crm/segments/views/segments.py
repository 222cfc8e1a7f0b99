"""Segments: the list, the builder with its live count and sample, who is in one."""

import uuid
from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from crm.billing import months
from crm.lib.exports import hand_out
from crm.lib.patience import TooLong, patient
from crm.segments.actions import CannotSave, count_segment, delete_segment, save_segment
from crm.segments.conditions import FIELDS, Condition, customers, in_words
from crm.segments.forms import Row, SegmentForm, read_rows, rows_of
from crm.segments.models import Segment
from crm.segments.quadrants import Quadrant
from crm.segments.sources import figure, shown_number, with_facts
from crm.staff.access import may, require
from crm.staff.guard import StaffRequest

SAMPLE, PAGE = 8, 50


@login_required
@require_safe
def index(request: StaffRequest) -> HttpResponse:
    require(request.user, "segment.read")
    found = Segment.objects.visible_to(request.user).select_related("owner", "team")
    rows = [(one, [in_words(condition) for condition in one.conditions]) for one in found]
    return render(request, "segments/list.html", {"rows": rows, "may_build": may(request.user, "segment.edit")})


@login_required
def new(request: StaffRequest) -> HttpResponse:
    require(request.user, "segment.edit")
    return _build(request, Segment(), _asked(request.GET.get("quadrant", "")))


def _asked(quadrant: str) -> list[Condition]:
    """Coming from the picture of the quadrants: those of one."""
    return [{"field": "quadrant", "op": "in", "value": [quadrant]}] if quadrant in Quadrant.values else []


@login_required
def edit(request: StaffRequest, pk: int) -> HttpResponse:
    """One's own to change it; somebody else's to save it under another name."""
    require(request.user, "segment.edit")
    segment = get_object_or_404(Segment.objects.visible_to(request.user), pk=pk)
    if segment.owner_id == request.user.pk:
        return _build(request, segment, segment.conditions)
    return _build(request, Segment(about=segment.about), segment.conditions)


def _build(request: StaffRequest, segment: Segment, conditions: list[Condition]) -> HttpResponse:
    seen = segment.changed_at.isoformat() if segment.pk else ""
    form = SegmentForm(request.POST or None, instance=segment, user=request.user, initial={"seen": seen})
    rows, wrong = rows_of(conditions) or [Row("c0", {})], ""
    if request.method == "POST":
        rows, kept, wrong = read_rows(request.POST)
        if form.is_valid() and kept is not None:
            try:
                saved = save_segment(
                    segment=form.save(commit=False), conditions=kept, by=request.user, seen=form.cleaned_data["seen"]
                )
            except CannotSave as refused:
                form.add_error(refused.field or None, str(refused))
            else:
                messages.success(request, _("The segment is saved."))
                return redirect("segments:segment", saved.pk)
    context = {"form": form, "segment": segment, "rows": rows, "wrong": wrong, "fields": _fields()}
    return render(request, "segments/build.html", context, status=422 if request.method == "POST" else 200)


def _fields() -> list[tuple[Any, list[tuple[str, Any]]]]:
    """Grouped for the list of a row."""
    groups: dict[str, list[tuple[str, Any]]] = {}
    for code, one in FIELDS.items():
        groups.setdefault(str(one.group), []).append((code, one.name))
    return list(groups.items())


@login_required
@require_safe
def row(request: StaffRequest) -> HttpResponse:
    """A row of the builder: a new one, or one whose field was chosen just now."""
    require(request.user, "segment.edit")
    uid = next((name.removesuffix("-field") for name in request.GET if name.endswith("-field")), "")
    code = request.GET.get(f"{uid}-field", "")
    fresh = Row(uid if uid.isalnum() else f"c{uuid.uuid4().hex[:8]}", {"field": code})
    return render(request, "segments/_row.html", {"row": fresh, "fields": _fields()})


@login_required
@require_POST
def count(request: StaffRequest) -> HttpResponse:
    """How many the rows describe, and some of them, while somebody builds."""
    require(request.user, "segment.edit")
    rows, conditions, wrong = read_rows(request.POST)
    wrong = wrong or next((f"{one.field.name}: {one.wrong}" for one in rows if one.wrong and one.field), "")
    context: dict[str, Any] = {"wrong": wrong}
    if conditions is not None:
        context |= _counted(conditions)
    return render(request, "segments/_count.html", context)


def _counted(conditions: list[Condition]) -> dict[str, Any]:
    found = customers(conditions, months.today(timezone.now()))
    try:
        with patient():
            return {"count": found.count(), "sample": _shown(with_facts(found).order_by("pk")[:SAMPLE])}
    except TooLong:
        return {"too_long": True}


def _shown(found: Any) -> list[dict[str, Any]]:
    return [
        {
            "customer": one, "number": shown_number(one), "arpu": figure(one, "value", "arpu"),
            "transaction": figure(one, "measured", "transaction"),
            "interaction": figure(one, "measured", "interaction"),
        }
        for one in found
    ]  # fmt: skip


@login_required
@require_safe
def segment(request: StaffRequest, pk: int) -> HttpResponse:
    """What it asks, how many they are now, and who: by record, page by page."""
    require(request.user, "segment.read")
    one = get_object_or_404(Segment.objects.visible_to(request.user).select_related("owner", "team"), pk=pk)
    after = request.GET.get("after", "")
    after = after if after.isascii() and after.isdigit() else "0"
    day, context = months.today(timezone.now()), {}
    try:
        with patient():
            found = with_facts(customers(one.conditions, day)).filter(pk__gt=int(after)).order_by("pk")
            rows = _shown(found[: PAGE + 1])
            counted = count_segment(segment=one, day=day)
            context = {"rows": rows[:PAGE], "count": counted, "after": after != "0"}
            context["next"] = rows[PAGE - 1]["customer"].pk if len(rows) > PAGE else None
    except TooLong:
        context = {"too_long": True}
    context |= {
        "segment": one, "conditions": [in_words(condition) for condition in one.conditions],
        "is_mine": one.owner_id == request.user.pk, "may_build": may(request.user, "segment.edit"),
        "may_export": may(request.user, "report.export"),
    }  # fmt: skip
    return render(request, "segments/segment.html", context)


@login_required
@require_safe
def export(request: StaffRequest, pk: int, suffix: str) -> HttpResponseBase:
    require(request.user, "segment.read")
    require(request.user, "report.export")
    get_object_or_404(Segment.objects.visible_to(request.user), pk=pk)
    asked = request.GET.copy()
    asked["segment"] = str(pk)
    request.GET = asked  # type: ignore[assignment]
    return hand_out(request, "segment", suffix)


@login_required
@require_POST
def delete(request: StaffRequest, pk: int) -> HttpResponse:
    require(request.user, "segment.edit")
    one = get_object_or_404(Segment, pk=pk, owner=request.user)
    delete_segment(segment=one, by=request.user)
    messages.success(request, _("%(name)s is deleted.") % {"name": one.name})
    return redirect("segments:segments")
