"""Limits that are no policy of their own: the wait at a counter, the chase of wrap-ups, the grace of prepaid lines."""

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from crm.desk.forms.limits import LIMITS
from crm.desk.views.settings import nav
from crm.lib.one_row import save_row
from crm.staff.guard import StaffRequest, allowed


@allowed("policy.edit")
@require_safe
def limits(request: StaffRequest) -> HttpResponse:
    return _page(request)


@allowed("policy.edit")
@require_http_methods(["POST"])
def save(request: StaffRequest, code: str) -> HttpResponse:
    if code not in LIMITS:
        raise Http404
    form = _form(code, request.POST)
    if not form.is_valid():
        return _page(request, **{code: form})
    save_row(form.save(commit=False), by=request.user.pk)
    messages.success(request, _("Saved"))
    return redirect("desk:limits")


def _form(code: str, said: Any = None) -> Any:
    kind, _when = LIMITS[code]
    return kind(said, instance=kind._meta.model.in_force(), auto_id=f"{code}-%s")


def _page(request: StaffRequest, **bound: Any) -> HttpResponse:
    forms = [(code, bound.get(code) or _form(code), when) for code, (_kind, when) in LIMITS.items()]
    context = nav(request) | {"forms": forms}
    return render(request, "desk/settings/limits.html", context, status=422 if bound else 200)
