"""The quadrant of all customers, the weights, one customer's own measures."""

from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.db.models import Count, F
from django.db.models.functions import Least
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from crm.customers.errors import BadContact
from crm.customers.linking import holder_of_number
from crm.customers.models import Customer
from crm.segments.actions import CannotSave, record_referral, save_measure
from crm.segments.forms import MeasureForm
from crm.segments.measuring import measure_in_force
from crm.segments.models import Measured
from crm.segments.quadrants import Quadrant
from crm.staff.access import may, require
from crm.staff.guard import StaffRequest

STEP = 10  # per cent: how wide a cell of the picture is


@login_required
@require_safe
def quadrant(request: StaffRequest) -> HttpResponse:
    """How many customers stand where; each of the four leads to the segment of those in it."""
    require(request.user, "segment.read")
    limits, cells = measure_in_force(), _cells()
    context = {
        "limits": limits, "measured": sum(cells.values()), "rows": _grid(cells), "steps": range(0, 100, STEP),
        "quadrants": _quadrants(limits.transaction_high, limits.interaction_high),
        "unmeasured": _living().filter(measured__transaction=None).count(),
        "may_build": may(request.user, "segment.edit"),
    }  # fmt: skip
    return render(request, "segments/quadrant.html", context)


def _living() -> Any:
    return Customer.objects.filter(erased_at=None, absorbed_into=None)


def _cells() -> dict[tuple[int, int], int]:
    known = Measured.objects.exclude(transaction=None).exclude(interaction=None)
    cell = {name: Least(F(name) / STEP, 9) for name in ("transaction", "interaction")}
    counted = known.annotate(x=cell["interaction"], y=cell["transaction"]).values("x", "y").annotate(n=Count("pk"))
    return {(row["x"], row["y"]): row["n"] for row in counted.order_by()}


def _grid(cells: dict[tuple[int, int], int]) -> list[dict[str, Any]]:
    """From the top: the highest transaction measure first. `shade`: 0 to 6, by the share of the fullest cell."""
    most = max([*cells.values(), 1])
    return [
        {
            "from": y * STEP,
            "cells": [{"n": n, "shade": -(-6 * n // most)} for n in (cells.get((x, y), 0) for x in range(10))],
        }
        for y in reversed(range(10))
    ]


def _quadrants(transaction: int, interaction: int) -> list[dict[str, Any]]:
    about = {
        Quadrant.KEEP: _("Worth much and close to us: answered first, thanked."),
        Quadrant.REPAIR: _("Worth much, and distant or hurt: find out why before they leave."),
        Quadrant.GROW: _("Close to us, worth little yet: offers that fit."),
        Quadrant.SERVE: _("Served well at little cost: self-service first."),
    }
    counts = _counts(transaction, interaction)
    return [
        {"code": one.value, "name": one.label, "about": words, "count": counts[one]} for one, words in about.items()
    ]


def _counts(transaction: int, interaction: int) -> dict[str, int]:
    known = Measured.objects.exclude(transaction=None).exclude(interaction=None)
    rich, close = known.filter(transaction__gte=transaction), {"interaction__gte": interaction}
    poor = known.filter(transaction__lt=transaction)
    return {
        Quadrant.KEEP: rich.filter(**close).count(), Quadrant.REPAIR: rich.exclude(**close).count(),
        Quadrant.GROW: poor.filter(**close).count(), Quadrant.SERVE: poor.exclude(**close).count(),
    }  # fmt: skip


@login_required
def weights(request: StaffRequest) -> HttpResponse:
    require(request.user, "measure.edit")
    form = MeasureForm(request.POST or None, instance=measure_in_force())
    if request.method == "POST" and form.is_valid():
        save_measure(measure=form.save(commit=False), by=request.user)
        messages.success(request, _("Saved. The measures follow tonight."))
        return redirect("segments:weights")
    return render(request, "segments/weights.html", {"form": form}, status=422 if form.errors else 200)


@login_required
@require_POST
def referred(request: StaffRequest, pk: int) -> HttpResponse:
    """Who brought this customer in, by a number of theirs."""
    require(request.user, "customer.refer")
    brought = get_object_or_404(Customer, pk=pk, erased_at=None)
    try:
        holder = holder_of_number(request.POST.get("number", ""))
        if holder is None:
            raise CannotSave("number", _("No customer of ours has this number."))
        record_referral(customer=holder, brought=brought, by=request.user, at=timezone.now())
        messages.success(request, _("Recorded, and counted for who brought them in."))
    except (BadContact, CannotSave) as wrong:
        messages.error(request, str(wrong))
    return redirect("desk:customer_tab", pk, "measures")
