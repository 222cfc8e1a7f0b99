"""The link to a case's status page, for whoever answers in that case: copy, renew, revoke."""

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from crm.cases.models import Case
from crm.staff.access import require
from crm.staff.guard import StaffRequest
from crm.web.actions import make_link, revoke_link
from crm.web.models import StatusLink


@never_cache
@login_required
@require_http_methods(["GET", "POST"])
def status_link(request: StaffRequest, number: int) -> HttpResponse:
    case = Case.objects.visible_to(request.user).filter(number=number).first()
    if case is None:
        raise Http404
    require(request.user, "case.answer", case)
    said = _act(request, case) if request.method == "POST" else ""
    if said and not request.htmx:  # type: ignore[attr-defined]
        messages.success(request, said)
        return redirect("web:status_link", number)
    link = StatusLink.objects.live().filter(case=case).first()
    template = "web/link_sheet.html" if request.htmx else "web/link_page.html"  # type: ignore[attr-defined]
    return render(request, template, {"case": case, "link": link, "said": said})


def _act(request: StaffRequest, case: Case) -> str:
    if request.POST.get("act") == "revoke":
        revoke_link(case=case, by=request.user)
        return _("Revoked. Whoever opens the old link finds nothing.")
    make_link(case=case, by=request.user)
    return _("A new link is made. One given before no longer works.")
