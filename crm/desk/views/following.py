"""Following a case, and whom a note may mention."""

from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_POST, require_safe

from crm.desk.following import follow as begin
from crm.desk.following import followers_of, unfollow
from crm.desk.looking import own_case
from crm.desk.mentions import offered
from crm.staff.access import require
from crm.staff.guard import StaffRequest


@login_required
@require_POST
def follow(request: StaffRequest, number: int) -> HttpResponse:
    """On or off, as the button said; pressed twice it stays what it is."""
    case = own_case(request.user, number)
    require(request.user, "case.read", case)
    if request.POST.get("on") == "0":
        unfollow(case=case, user=request.user)
    else:
        begin(case=case, users=[request.user])
    if not request.htmx:  # type: ignore[attr-defined]
        return redirect("desk:case", number)
    return render(request, "desk/case/follow.html", {"case": case, "followers": followers_of(case)})


@login_required
@require_safe
def people(request: StaffRequest, number: int) -> HttpResponse:
    """Whom a note in this case may mention."""
    case = own_case(request.user, number)
    require(request.user, "case.note", case)
    found = offered(case, request.GET.get("q", "").strip()[:60], to=request.user)
    return render(request, "desk/case/people.html", {"people": found})
