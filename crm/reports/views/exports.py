"""My files: asked for, made, fetched."""

import datetime as dt
import uuid
from typing import Any

from django import forms
from django.conf import settings
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.http import FileResponse, Http404, HttpResponse, HttpResponseBase, QueryDict
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from crm.lib.exports import SOURCES, Question, Source, size_of
from crm.lib.sheets import TYPES
from crm.reports import actions, files
from crm.reports.models import Export
from crm.reports.questions import as_query, kept
from crm.reports.recipients import allowed as receivers
from crm.staff.guard import StaffRequest
from crm.staff.models import User

PAGE = 30


class NewForm(forms.Form):
    """What is to be made; the rest of the address is the question."""

    source = forms.ChoiceField(choices=[])
    format = forms.ChoiceField(choices=[(name, name) for name in TYPES])

    def __init__(self, data: QueryDict) -> None:
        super().__init__(data)
        self.fields["source"].choices = [(slug, slug) for slug in SOURCES]  # type: ignore[attr-defined]


def wanted(query: QueryDict, user: User) -> tuple[Source, str]:
    """Raises Http404 for what no link of ours asks, PermissionDenied for what this user may not have."""
    form = NewForm(query)
    if not form.is_valid():
        raise Http404
    source = SOURCES[form.cleaned_data["source"]]
    if not source.may(user):
        raise PermissionDenied(_("Your role does not allow this here."))
    return source, form.cleaned_data["format"]


@login_required
def new(request: StaffRequest) -> HttpResponse:
    """A long list is not made by following a link: it is asked for, once, with a button."""
    query = request.POST if request.method == "POST" else request.GET
    source, suffix = wanted(query, request.user)
    question = Question(request.user, as_query(kept(query)), timezone.now())
    size, about = size_of(source, question), source.about(question)
    if request.method == "POST":
        key = query.get("key", "")[:40] or uuid.uuid4().hex
        asked = kept(query)
        actions.begin_export(
            source=source.slug, query=asked, format=suffix, by=request.user, key=key, about=about, rows=size
        )
        return redirect("reports:exports")
    hidden = [(name, value) for name, values in query.lists() for value in values]
    context = {"source": source, "format": suffix, "size": size, "about": about, "hidden": hidden}
    return render(request, "reports/export_new.html", context | {"key": uuid.uuid4().hex, "days": settings.EXPORT_DAYS})


@login_required
@require_safe
def mine(request: StaffRequest) -> HttpResponse:
    context = listing(request) | {"days": settings.EXPORT_DAYS}
    template = "reports/_exports.html" if request.htmx else "reports/exports.html"  # type: ignore[attr-defined]
    return render(request, template, context)


def listing(request: StaffRequest) -> dict[str, Any]:
    before = request.GET.get("before", "")
    found = Export.objects.filter(by=request.user).select_related("schedule").order_by("-pk")
    rows = list((found.filter(pk__lt=int(before)) if before.isdecimal() else found)[: PAGE + 1])
    shown = rows[:PAGE]
    for export in shown:
        export.source = SOURCES.get(export.report)  # type: ignore[attr-defined]
        export.percent = percent_of(export)  # type: ignore[attr-defined]
        export.until = export.ended_at and export.ended_at + dt.timedelta(days=settings.EXPORT_DAYS)  # type: ignore[attr-defined]
    older = f"?before={shown[-1].pk}" if len(rows) > PAGE else ""
    return {
        "rows": shown,
        "older_url": older,
        "newer_url": "?" if before else "",
        "is_moving": any(export.state == Export.State.WAITING for export in shown),
        "here": request.get_full_path(),
    }


def percent_of(export: Export) -> float | None:
    return min(100.0, 100 * export.done_rows / export.total_rows) if export.total_rows else None


@login_required
@require_safe
def file(request: StaffRequest, pk: int) -> HttpResponseBase:
    """For whoever asked for it and may still have it, and for colleagues to whom its schedule mails it."""
    export = get_object_or_404(Export.objects.select_related("schedule"), pk=pk)
    source = SOURCES.get(export.report)
    if source is None or not is_for(export, request.user):
        raise Http404
    if not source.may(request.user):
        raise PermissionDenied(_("Your role does not allow this here."))
    path = files.path_of(export.file)
    if export.state != Export.State.DONE or not path.is_file():
        raise Http404
    name = f"{export.report}-{timezone.localtime(export.created_at):%Y-%m-%d}.{export.format}"
    return FileResponse(path.open("rb"), as_attachment=True, filename=name, content_type=TYPES[export.format])


def is_for(export: Export, user: User) -> bool:
    if export.by_id == user.pk:
        return True
    if export.schedule is None:
        return False
    return user.email.lower() in {address.lower() for address in receivers(export.schedule.recipients)}


@login_required
@require_POST
def remove(request: StaffRequest, pk: int) -> HttpResponse:
    export = get_object_or_404(Export, pk=pk, by=request.user)
    actions.remove_export(export=export, by=request.user)
    messages.success(request, _("File removed"))
    return redirect("reports:exports")
