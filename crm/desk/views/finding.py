"""Finding a customer: what is typed is posted, so that no number or name stands in an address or a log."""

from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods

from crm.cases.finding import cases_known_to, customers_like, is_number
from crm.cases.found import rows_of
from crm.desk.customer.recent import recent
from crm.staff.access import may, require
from crm.staff.guard import StaffRequest


@login_required
@require_http_methods(["GET", "POST"])
@sensitive_post_parameters("q")
def customers(request: StaffRequest) -> HttpResponse:
    """The search page: before anything is asked, whom one opened last; while it is typed, the list alone."""
    require(request.user, "customer.read")
    asked = " ".join(request.POST.get("q", "").split())
    may_papers = may(request.user, "customer.find_by_paper")
    matches = customers_like(asked, cases=cases_known_to(request.user), papers=may_papers)
    ids = [match.customer_id for match in matches] if asked else recent(request)
    rows = rows_of(ids, {match.customer_id: str(match.how.label) for match in matches})
    context = {"asked": asked, "rows": rows, "is_number": is_number(asked)}
    part = bool(request.htmx)  # type: ignore[attr-defined]
    return render(request, "desk/customer/_found.html" if part else "desk/customer/search.html", context)
