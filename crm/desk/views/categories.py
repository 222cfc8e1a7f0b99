"""The tree of categories, and one of them beside it: to change, to move, to merge."""

from collections import Counter, defaultdict
from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.db.models import Count
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from crm.cases import actions
from crm.cases.errors import CaseError
from crm.cases.models import Case, Category, SlaTarget
from crm.cases.promises import division_of
from crm.desk.forms.category import CategoryForm, MergeForm
from crm.desk.views.settings import nav
from crm.staff.access import require
from crm.staff.audit import history_of
from crm.staff.guard import StaffRequest

COUNTED_TO = 10_000


@login_required
@require_safe
def categories(request: StaffRequest) -> HttpResponse:
    require(request.user, "category.edit")
    return _page(request)


@login_required
@require_http_methods(["GET", "POST"])
def new(request: StaffRequest) -> HttpResponse:
    require(request.user, "category.edit")
    parent = request.GET.get("parent", "")
    form = CategoryForm(request.POST or None, initial={"parent": parent, "is_active": True})
    if request.method == "POST" and form.is_valid():
        try:
            added = actions.add_category(by=request.user, **form.cleaned_data)
        except CaseError as error:
            form.add_error(error.field or None, str(error))
        else:
            messages.success(request, _("%(name)s added") % {"name": added})
            return redirect("desk:category", added.pk)
    return _page(request, form=form, is_new=True)


@login_required
@require_http_methods(["GET", "POST"])
def category(request: StaffRequest, pk: int) -> HttpResponse:
    require(request.user, "category.edit")
    found = get_object_or_404(Category.objects.select_related("merged_into"), pk=pk)
    form = CategoryForm(request.POST or None, instance=found)
    if request.method == "POST" and form.is_valid():
        try:
            actions.change_category(category=found, by=request.user, **form.cleaned_data)
        except CaseError as error:
            form.add_error(error.field or None, str(error))
        else:
            messages.success(request, _("Saved"))
            return redirect("desk:category", pk)
    if form.errors:
        found.refresh_from_db()
    return _page(request, found, form=form)


@login_required
@require_POST
def move(request: StaffRequest, pk: int) -> HttpResponse:
    require(request.user, "category.edit")
    found = get_object_or_404(Category, pk=pk)
    actions.move_category(category=found, up=request.POST.get("to") == "up", by=request.user)
    return redirect("desk:category", pk)


@login_required
@require_POST
def merge(request: StaffRequest, pk: int) -> HttpResponse:
    require(request.user, "category.edit")
    found = get_object_or_404(Category, pk=pk)
    form = MergeForm(request.POST, category=found)
    if form.is_valid():
        try:
            moved = actions.merge_category(category=found, by=request.user, **form.cleaned_data)
        except CaseError as error:
            form.add_error(error.field or None, str(error))
        else:
            said = ngettext("Merged; %(n)d running case moved", "Merged; %(n)d running cases moved", moved)
            messages.success(request, said % {"n": moved})
            return redirect("desk:category", form.cleaned_data["into"].pk)
    return _page(request, found, form=CategoryForm(instance=found), merging=form)


def _page(
    request: StaffRequest,
    shown: Category | None = None,
    *,
    form: CategoryForm | None = None,
    merging: MergeForm | None = None,
    is_new: bool = False,
) -> HttpResponse:
    context = nav(request) | {"tree": tree(), "shown": shown, "form": form, "is_new": is_new}
    if shown is not None:
        context |= _of(shown) | {"merging": merging or MergeForm(category=shown)}
    wrong = (form is not None and form.errors) or (merging is not None and merging.errors)
    return render(request, "desk/settings/categories.html", context, status=422 if wrong else 200)


def _of(shown: Category) -> dict[str, Any]:
    return {
        "cases": Case.objects.filter(category=shown)[: COUNTED_TO + 1].count(),
        "counted_to": COUNTED_TO,
        "rules": SlaTarget.objects.filter(category=shown, policy__published_at__isnull=False).count(),
        "beneath": Category.objects.filter(parent=shown).count(),
        "falls_to": None if shown.division_id else division_of(shown),
        "entries": history_of(shown),
    }


def tree() -> list[dict[str, Any]]:
    """Every category in the order of the tree: how deep it lies, and how many running cases are about it."""
    running = Counter(
        dict(Case.objects.live().running().order_by().values_list("category").annotate(number=Count("pk")))
    )
    children: dict[int | None, list[Category]] = defaultdict(list)
    for one in Category.objects.select_related("division", "skill"):
        children[one.parent_id].append(one)
    rows: list[dict[str, Any]] = []

    def walk(parent: int | None, depth: int) -> None:
        for one in children[parent]:
            rows.append({"category": one, "depth": min(depth, 5), "running": running[one.pk]})
            walk(one.pk, depth + 1)

    walk(None, 0)
    return rows
