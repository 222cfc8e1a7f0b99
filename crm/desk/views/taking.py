"""Taking the next case: one press, and the most urgent one that fits is mine and open."""

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_POST
from django_htmx.http import push_url, trigger_client_event

from crm.cases.actions import take_next
from crm.cases.errors import CaseError
from crm.desk.looking import look_at
from crm.desk.opened import opened
from crm.desk.tense import Now
from crm.staff.access import require
from crm.staff.guard import StaffRequest


@login_required
@require_POST
def next_case(request: StaffRequest) -> HttpResponse:
    require(request.user, "case.open")  # those whose work is the queue; quality and divisions are handed cases
    try:
        number = take_next(by=request.user).number
    except CaseError as error:
        return _refused(request, str(error))
    if not request.htmx:  # type: ignore[attr-defined]
        return redirect("desk:case", number)
    context = opened(look_at(request.user, number), request.user, Now.of(request))
    response = push_url(render(request, "desk/opened.html", context), reverse("desk:case", args=[number]))
    return trigger_client_event(response, "sapa:moved")


def _refused(request: StaffRequest, said: str) -> HttpResponse:
    """Nothing is swapped: what is open stays open."""
    if not request.htmx:  # type: ignore[attr-defined]
        messages.info(request, said)
        return redirect("desk:desk")
    return trigger_client_event(HttpResponse(status=204), "sapa:toast", {"text": said})
