"""Loading files of facts: upload, look, begin, watch, fetch what was refused."""

from collections.abc import Iterator
from functools import partial
from itertools import islice
from pathlib import Path
from typing import Any

from django.contrib.auth.decorators import login_required
from django.db import transaction
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from crm.billing.actions import discard_load, keep_upload, queue_load
from crm.billing.forms import LoadForm
from crm.billing.loading.blotting import blotted
from crm.billing.loading.faults import FileFault
from crm.billing.loading.mapping import Mapping, read_mapping
from crm.billing.loading.reading import Rows, heading
from crm.billing.models import Load
from crm.billing.tasks import run_billing_load
from crm.billing.words import REASONS
from crm.lib.sheets import Cell, sheet
from crm.staff.access import require

PREVIEW_ROWS = 5
SHOWN = 50
REFUSED_SHOWN = 20


@login_required
@require_safe
def loads(request: HttpRequest) -> HttpResponse:
    require(request.user, "billing.load")
    found = Load.objects.select_related("by")
    before = request.GET.get("before", "")
    rows = list((found.filter(pk__lt=int(before)) if before.isdecimal() else found)[: SHOWN + 1])
    older = f"?before={rows[SHOWN - 1].pk}" if len(rows) > SHOWN else ""
    return render(request, "billing/loads.html", {"rows": rows[:SHOWN], "older_url": older, "newer_url": ""})


@login_required
def new(request: HttpRequest) -> HttpResponse:
    """Keep the file and show it; no fact is stored before somebody has looked."""
    require(request.user, "billing.load")
    form = LoadForm(request.POST or None, request.FILES or None)
    if request.method == "POST" and form.is_valid():
        said = form.cleaned_data
        try:
            kept = keep_upload(file=said["file"], mapping=said["mapping"], by=request.user)  # type: ignore[arg-type]
            return redirect("billing:load", kept.pk)
        except FileFault as fault:
            form.add_error("file", str(fault))
    return render(request, "billing/load_new.html", {"form": form}, status=422 if form.errors else 200)


def _found(request: HttpRequest, pk: int) -> Load:
    require(request.user, "billing.load")
    return get_object_or_404(Load.objects.select_related("by"), pk=pk)


@login_required
@require_safe
def show(request: HttpRequest, pk: int) -> HttpResponse:
    found = _found(request, pk)
    return render(request, "billing/load.html", _state(found) | _preview(found))


@login_required
@require_safe
def progress(request: HttpRequest, pk: int) -> HttpResponse:
    """The part that the page fetches again while the load moves."""
    return render(request, "billing/_progress.html", _state(_found(request, pk)))


def _state(found: Load) -> dict[str, Any]:
    refusals = [(row, REASONS[row.reason]) for row in found.refusals.all()[:REFUSED_SHOWN]]
    return {"load": found, "refusals": refusals}


def _preview(found: Load) -> dict[str, Any]:
    """The mapped columns of the first rows, and of nobody's number or address more than its end."""
    if found.state != Load.State.PREVIEW:
        return {}
    mapping, path = read_mapping(found.mapping), Path(found.file.path)
    names, begins = heading(path, mapping)
    places = [names.index(name) for name in mapping.needed]
    with path.open("rb") as file:
        first = [cells for cells in islice(Rows(file, mapping, begins), PREVIEW_ROWS) if len(cells) == len(names)]
    hidden = [blotted([_shown(cell) for cell in cells], names, mapping) for cells in first]
    shown = [[cells[place] for place in places] for cells in hidden]
    return {"names": mapping.needed, "first": shown, "left_out": [one for one in names if one not in mapping.needed]}


def _shown(cell: str) -> str:
    return cell.encode("utf-8", "surrogateescape").decode("utf-8", "replace")


@login_required
@require_POST
def begin(request: HttpRequest, pk: int) -> HttpResponse:
    with transaction.atomic():
        queued = queue_load(load=_found(request, pk), by=request.user)  # type: ignore[arg-type]
        transaction.on_commit(partial(run_billing_load.delay, queued.pk), robust=True)
    return redirect("billing:load", queued.pk)


@login_required
@require_POST
def discard(request: HttpRequest, pk: int) -> HttpResponse:
    discard_load(load=_found(request, pk), by=request.user)  # type: ignore[arg-type]
    return redirect("billing:loads")


@login_required
@require_safe
def refused(request: HttpRequest, pk: int) -> HttpResponseBase:
    """The rows with the reason, to mend and load again: as they were for whoever brought them, for others blotted."""
    found = _found(request, pk)
    names, blot = _heading_of(found), None if found.by_id == request.user.pk else read_mapping(found.mapping)
    head = [_("Row"), _("Column"), _("Reason"), _("Taken"), *names]
    return sheet(f"refused-{found.pk}", "csv", head, _refused_rows(found, names, blot))


def _heading_of(found: Load) -> list[str]:
    if not found.file:
        return []
    return heading(Path(found.file.path), read_mapping(found.mapping))[0]


def _refused_rows(found: Load, names: list[str], blot: Mapping | None) -> Iterator[list[Cell]]:
    for row in found.refusals.iterator(chunk_size=1000):
        taken = _("yes") if row.noted else _("no")
        cells = row.cells if blot is None else blotted(row.cells, names, blot)
        yield [row.row, row.column, str(REASONS[row.reason]), taken, *cells]
