"""Importing archives of posts: upload, look, begin, watch, fetch what was refused."""

from collections.abc import Iterator
from functools import partial
from pathlib import Path
from typing import Any

from django.contrib.auth.decorators import login_required
from django.db import transaction
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from crm.lib.sheets import Cell, sheet
from crm.staff.access import require
from social import csvfile
from social.actions import discard_import, keep_upload, queue_import
from social.forms import BeginForm, ImportForm
from social.models import PostImport
from social.tasks import run_post_import
from social.words import REASONS

PREVIEW_ROWS = 5
SHOWN = 50
REFUSED_SHOWN = 20


@login_required
@require_safe
def imports(request: HttpRequest) -> HttpResponse:
    require(request.user, "import.posts")
    found = PostImport.objects.select_related("account", "by")
    before = request.GET.get("before", "")
    rows = list((found.filter(pk__lt=int(before)) if before.isdecimal() else found)[: SHOWN + 1])
    older = f"?before={rows[SHOWN - 1].pk}" if len(rows) > SHOWN else ""
    return render(request, "social/imports.html", {"rows": rows[:SHOWN], "older_url": older, "newer_url": ""})


@login_required
def new(request: HttpRequest) -> HttpResponse:
    """Keep the file and show it; nothing of it is stored as posts before somebody has looked."""
    require(request.user, "import.posts")
    form = ImportForm(request.POST or None, request.FILES or None)
    if request.method == "POST" and form.is_valid():
        try:
            kept = keep_upload(by=request.user, **form.cleaned_data)  # type: ignore[arg-type]
            return redirect("social:import", kept.pk)
        except csvfile.FileFault as fault:
            form.add_error("file", str(fault))
    return render(request, "social/import_new.html", {"form": form}, status=422 if form.errors else 200)


def _found(request: HttpRequest, pk: int) -> PostImport:
    require(request.user, "import.posts")
    return get_object_or_404(PostImport.objects.select_related("account", "by"), pk=pk)


@login_required
@require_safe
def show(request: HttpRequest, pk: int) -> HttpResponse:
    found = _found(request, pk)
    context = _state(found)
    if found.state == PostImport.State.PREVIEW:
        context |= _preview(found) | {"form": BeginForm()}
    return render(request, "social/import.html", context)


@login_required
@require_safe
def progress(request: HttpRequest, pk: int) -> HttpResponse:
    """The part that the page fetches again while the import moves."""
    return render(request, "social/_progress.html", _state(_found(request, pk)))


def _state(found: PostImport) -> dict[str, Any]:
    refused = [(row, REASONS[row.reason]) for row in found.refused.all()[:REFUSED_SHOWN]]
    percent = 100 * found.rows_read // found.rows_total if found.rows_total else 0
    return {
        "import": found,
        "percent": percent,
        "refused": refused,
        "replayed": _replayed(found) if found.replay else None,
    }


def _replayed(found: PostImport) -> dict[str, int]:
    """How far the replay of the account has come: it takes all its archive rows, not this file's alone."""
    posts = found.account.posts.archived()
    total, taken = posts.count(), posts.taken().count()
    return {"total": total, "taken": taken, "percent": 100 * taken // total if total else 0}


def _preview(found: PostImport) -> dict[str, Any]:
    summary = csvfile.summarise(Path(found.file.path), show=PREVIEW_ROWS)
    form = csvfile.form_of(summary.names)
    named = {*form.required, *form.optional}
    absent = [name for name in form.optional if name not in summary.names]
    return {
        "names": summary.names,
        "first": summary.first,
        "unknown": summary.unknown,
        "absent": absent,
        "named": named,
    }


@login_required
@require_POST
def begin(request: HttpRequest, pk: int) -> HttpResponse:
    found = _found(request, pk)
    form = BeginForm(request.POST)
    form.is_valid()
    with transaction.atomic():
        queued = queue_import(post_import=found, replay=form.cleaned_data["replay"], by=request.user)  # type: ignore[arg-type]
        transaction.on_commit(partial(run_post_import.delay, queued.pk), robust=True)
    return redirect("social:import", queued.pk)


@login_required
@require_POST
def discard(request: HttpRequest, pk: int) -> HttpResponse:
    discard_import(post_import=_found(request, pk), by=request.user)  # type: ignore[arg-type]
    return redirect("social:imports")


@login_required
@require_safe
def refused(request: HttpRequest, pk: int) -> HttpResponseBase:
    """The refused rows as they were, with the reason: mend them and import the file again."""
    found = _found(request, pk)
    return sheet(f"refused-{found.pk}", "csv", [_("Row"), _("Column"), _("Reason"), _("Cells")], _refused_rows(found))


def _refused_rows(found: PostImport) -> Iterator[list[Cell]]:
    for row in found.refused.iterator(chunk_size=1000):
        yield [row.row, row.column, str(REASONS[row.reason]), *row.raw]
