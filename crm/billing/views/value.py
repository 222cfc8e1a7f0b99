"""A customer's lines, bills and tier; setting a tier by hand; the limits of tiers."""

from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.db.models import Count
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from crm.billing import months
from crm.billing.forms import OverrideForm, ScaleForm
from crm.billing.overriding import CannotOverride, end_override, override_tier, save_scale
from crm.billing.scale import scale_in_force, scale_row
from crm.billing.tiers import HIGHEST_FIRST
from crm.customers.models import Customer, Tier
from crm.staff.access import require


@login_required
def override(request: HttpRequest, pk: int) -> HttpResponse:
    """The dialog, and what it sends."""
    require(request.user, "tier.override")
    found, day = get_object_or_404(Customer, pk=pk, erased_at=None), months.today(timezone.now())
    form = OverrideForm(request.POST or None, day=day, initial={"tier": found.tier})
    if request.method == "POST" and form.is_valid():
        try:
            override_tier(customer=found, by=request.user, **form.cleaned_data)  # type: ignore[arg-type]
            messages.success(request, _("The tier is set."))
            return _back(request, pk)
        except CannotOverride as error:
            form.add_error(error.field or None, str(error))
    context = {"customer": found, "form": form}
    return render(request, "billing/override.html", context, status=422 if form.errors else 200)


@login_required
@require_POST
def free(request: HttpRequest, pk: int) -> HttpResponse:
    require(request.user, "tier.override")
    found = get_object_or_404(Customer, pk=pk)
    try:
        for one in found.tier_overrides.filter(ended_at=None):
            end_override(override=one, by=request.user)  # type: ignore[arg-type]
        messages.success(request, _("ARPU decides again."))
    except CannotOverride as error:
        messages.error(request, str(error))
    return _back(request, pk)


def _back(request: HttpRequest, pk: int) -> HttpResponse:
    """To the page one came from, as a whole: the tier stands in its head, too."""
    page = request.headers.get("HX-Current-URL", "") if getattr(request, "htmx", False) else ""
    if page:
        return HttpResponse(headers={"HX-Refresh": "true"})
    return redirect("desk:customer_tab", pk, "bills")


@login_required
def tiers(request: HttpRequest) -> HttpResponse:
    """Their limits, and how many customers each has now."""
    require(request.user, "tier.edit")
    form = ScaleForm(request.POST or None, instance=scale_row())
    if request.method == "POST" and form.is_valid():
        save_scale(scale=form.save(commit=False), by=request.user)  # type: ignore[arg-type]
        messages.success(request, _("Saved. Tiers follow tonight."))
        return redirect("billing:tiers")
    return render(request, "billing/tiers.html", {"form": form, "rows": _rows()}, status=422 if form.errors else 200)


def _rows() -> list[dict[str, Any]]:
    counted = Customer.objects.filter(erased_at=None, absorbed_into=None).values_list("tier").annotate(n=Count("pk"))
    held, scale = dict(counted.order_by()), scale_in_force()
    most = max([*held.values(), 1])
    return [
        {
            "tier": tier, "name": Tier(tier).label, "limit": scale.limit(tier), "kept": scale.kept_from(tier),
            "count": held.get(tier, 0), "share": 100 * held.get(tier, 0) / most,
        }
        for tier in HIGHEST_FIRST
    ]  # fmt: skip
