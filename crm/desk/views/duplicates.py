"""The room of duplicates: what is proposed, two records beside each other, merging them, and taking a merge apart."""

from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe
from kombu.exceptions import OperationalError

from crm.cases.actions import merge_records, part_records
from crm.customers.duplicates import is_sure, say_different
from crm.customers.errors import CannotMerge, CannotProve
from crm.customers.looks import record_look
from crm.customers.merging import FIELDS, SHORTEST_PROOF, proof_of, reasons_of
from crm.customers.models import Customer, Duplicate, Merge
from crm.customers.tasks import look_for_duplicates
from crm.desk.pairs import differences, listed, page_of, side_of, surer, words_of
from crm.staff.access import require
from crm.staff.guard import StaffRequest

State = Duplicate.State
SIDES = ("first", "second")


@login_required
@require_safe
def duplicates(request: StaffRequest) -> HttpResponse:
    require(request.user, "customer.merge")
    state = request.GET.get("state", State.PROPOSED)
    if state not in State.values:
        raise Http404
    rows, after = page_of(listed(state), request.GET.get("after", ""))
    found = Merge.objects.filter(
        undone_at=None, survivor__in=[pk for one in rows for pk in (one.first_id, one.second_id)]
    )
    merges = {frozenset((merge.survivor_id, merge.absorbed_id)): merge for merge in found}
    context = {
        "state": state, "after": after,
        "tabs": [(one.value, one.label, Duplicate.objects.filter(state=one).count()) for one in State],
        "rows": [(one, words_of(one.reasons), merges.get(frozenset((one.first_id, one.second_id)))) for one in rows],
    }  # fmt: skip
    return render(request, "desk/duplicates/list.html", context)


@login_required
@require_POST
def look_again(request: StaffRequest) -> HttpResponse:
    """The whole base is compared in the background."""
    require(request.user, "customer.merge")
    try:
        look_for_duplicates.delay()
    except OperationalError:
        messages.error(request, _("The broker is away, so nothing is compared now. It is tried again tonight."))
    else:
        messages.success(request, _("The whole base is being compared. What is found stands here in a moment."))
    return redirect("desk:duplicates")


@login_required
@require_http_methods(["GET", "POST"])
def pair(request: StaffRequest, first: int, second: int) -> HttpResponse:
    """Beside each other; a POST merges them as chosen."""
    require(request.user, "customer.merge")
    one, other = (get_object_or_404(Customer, pk=pk) for pk in (first, second))
    wrong = ""
    if request.method == "POST":
        try:
            merge = _merge(request, one, other)
        except (CannotMerge, CannotProve) as refused:
            wrong = str(refused)
        else:
            messages.success(request, _("%(name)s is one record now") % {"name": merge.survivor})
            return redirect("desk:duplicates")
    for seen in (one, other):
        record_look(customer=seen, by=request.user, page="duplicates")
    return render(
        request, "desk/duplicates/pair.html", _shown(request, one, other, wrong), status=422 if wrong else 200
    )


def _merge(request: StaffRequest, one: Customer, other: Customer) -> Merge:
    stays = request.POST.get("stays")
    survivor, absorbed = (other, one) if stays == "second" else (one, other)
    chosen = {
        field: "survivor" if request.POST[f"f-{field}"] == stays else "absorbed"
        for field in FIELDS
        if request.POST.get(f"f-{field}") in SIDES
    }
    proof = request.POST.get("proof", "")
    return merge_records(survivor=survivor, absorbed=absorbed, chosen=chosen, by=request.user, proof=proof)


def _shown(request: HttpRequest, one: Customer, other: Customer, wrong: str) -> dict[str, Any]:
    stays = request.POST.get("stays") or surer(one, other)
    reasons = reasons_of(one, other)
    found = differences(one, other, stays)
    return {
        "first": side_of(one), "second": side_of(other), "stays": stays, "reasons": words_of(reasons),
        "differences": [(each, request.POST.get(f"f-{each.field}") or each.proposed) for each in found],
        "is_sure": is_sure(reasons), "wrong": wrong, "proof": request.POST.get("proof", ""), "shortest": SHORTEST_PROOF,
        "proposal": Duplicate.objects.filter(first=min(one.pk, other.pk), second=max(one.pk, other.pk)).first(),
        "gone": one.absorbed_into_id or other.absorbed_into_id,
    }  # fmt: skip


@login_required
@require_POST
def different(request: StaffRequest, pk: int) -> HttpResponse:
    require(request.user, "customer.merge")
    try:
        say_different(duplicate=get_object_or_404(Duplicate, pk=pk), by=request.user)
    except CannotMerge as refused:
        messages.error(request, str(refused))
    else:
        messages.success(request, _("Kept as two customers"))
    return redirect("desk:duplicates")


@login_required
@require_http_methods(["GET", "POST"])
def merged(request: StaffRequest, pk: int) -> HttpResponse:
    """One merge: who made it, how they made sure; a POST takes it apart."""
    require(request.user, "customer.merge")
    merge = get_object_or_404(Merge.objects.select_related("survivor", "absorbed", "by", "undone_by"), pk=pk)
    if request.method == "POST":
        try:
            part_records(merge=merge, by=request.user)
        except (CannotMerge, CannotProve) as refused:
            messages.error(request, str(refused))
        else:
            messages.success(request, _("Two records again"))
        return redirect("desk:merged", merge.pk)
    moved = {name: len(ids) for name, ids in merge.moved.items() if ids}
    context = {"merge": merge, "proof": proof_of(merge), "cases": moved.get("cases", 0), "lines": moved.get("lines", 0),
               "contacts": moved.get("contact points", 0)}  # fmt: skip
    return render(request, "desk/duplicates/merged.html", context)
