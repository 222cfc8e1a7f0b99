"""Promises: confirmed in a draft, kept, withdrawn, listed."""

from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_POST, require_safe
from django_htmx.http import trigger_client_event

from crm.cases.actions import break_promise, keep_promise, withdraw_promise
from crm.cases.errors import CaseError
from crm.cases.models import Case, Promise
from crm.desk.drafts import draft_of
from crm.desk.forms.promise import DraftPromiseForm, WithdrawForm
from crm.desk.looking import look_at, own_case
from crm.desk.models import Draft
from crm.desk.promises import PromiseFilter, export_rows, in_state, offer_in, page_of, tabs
from crm.desk.tense import Now
from crm.desk.views.answering import parts
from crm.lib.sheets import sheet
from crm.staff.access import may, require
from crm.staff.guard import StaffRequest

ENDS = {
    "kept": (keep_promise, gettext_lazy("Promise kept")),
    "broken": (break_promise, gettext_lazy("Promise not kept")),
}


@login_required
@require_http_methods(["GET", "POST"])
def in_draft(request: StaffRequest, number: int) -> HttpResponse:
    """The dialog that the guard offers: what is promised with this answer, and until when."""
    case = own_case(request.user, number)
    require(request.user, "case.promise", case)
    draft = draft_of(request.user, case)
    if draft is None:
        raise Http404
    offer = offer_in(draft.text, draft.way, draft, case, Now.of(request).at)
    proposed = {"promise": offer.text, "promise_due_at": offer.due_at} if offer else {}
    form = DraftPromiseForm(request.POST if request.method == "POST" else None, initial=proposed)
    if request.method == "POST" and form.is_valid():
        draft.promise, draft.promise_due_at = form.cleaned_data["promise"], form.cleaned_data["promise_due_at"]
        draft.save(update_fields=["promise", "promise_due_at"])
        return _offered(request, case, draft)
    context = {"case": case, "form": form, "offer": offer}
    return render(request, "desk/acts/promise_draft.html", context, status=422 if form.errors else 200)


@login_required
@require_POST
def drop_from_draft(request: StaffRequest, number: int) -> HttpResponse:
    case = own_case(request.user, number)
    require(request.user, "case.promise", case)
    draft = draft_of(request.user, case)
    if draft is None:
        raise Http404
    draft.promise, draft.promise_due_at = "", None
    draft.save(update_fields=["promise", "promise_due_at"])
    return _offered(request, case, draft)


def _offered(request: StaffRequest, case: Case, draft: Draft) -> HttpResponse:
    offer = offer_in(draft.text, draft.way, draft, case, Now.of(request).at)
    response = render(request, "desk/case/promise_offered.html", {"case": case, "offer": offer})
    response["HX-Trigger"] = '{"sapa:done": {}}'
    return response


def _own(request: StaffRequest, pk: int) -> Promise:
    promise = get_object_or_404(Promise.objects.visible_to(request.user).select_related("case"), pk=pk)
    require(request.user, "case.promise", promise.case)
    return promise


@login_required
@require_POST
def end(request: StaffRequest, pk: int, how: str) -> HttpResponse:
    """Kept, or not."""
    if how not in ENDS:
        raise Http404
    promise = _own(request, pk)
    act, done = ENDS[how]
    said, icon = str(done), "check"
    try:
        act(promise=promise, by=request.user)
    except CaseError as error:
        said, icon = str(error), "alert-octagon"
    if not request.htmx:  # type: ignore[attr-defined]
        return redirect("desk:case", promise.case.number)
    if _is_from_list(request):
        return _list_again(said)
    return parts(request, promise.case.number, said=said, icon=icon)


@login_required
@require_http_methods(["GET", "POST"])
def withdraw(request: StaffRequest, pk: int) -> HttpResponse:
    promise = _own(request, pk)
    form = WithdrawForm(request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        try:
            withdraw_promise(promise=promise, by=request.user, reason=form.cleaned_data["reason"])
        except CaseError as error:
            form.add_error(None, str(error))
        else:
            if _is_from_list(request):
                return _list_again(_("Promise withdrawn"))
            response = parts(request, promise.case.number, said=_("Promise withdrawn"), icon="flag")
            response["HX-Trigger"] = '{"sapa:done": {}}'
            return response
    context = {"promise": promise, "case": promise.case, "form": form}
    return render(request, "desk/acts/promise_withdraw.html", context, status=422 if form.errors else 200)


def _is_from_list(request: StaffRequest) -> bool:
    return request.GET.get("from") == "list"


def _list_again(said: str) -> HttpResponse:
    """No case is open beside the list: it says what was done, and reads itself again."""
    answer = trigger_client_event(HttpResponse(status=204), "sapa:toast", {"text": said})
    return trigger_client_event(trigger_client_event(answer, "sapa:done"), "sapa:moved")


@login_required
@require_safe
def of_customer(request: StaffRequest, number: int) -> HttpResponse:
    """The card beside a case: what this customer was promised, the newest first."""
    case = look_at(request.user, number).case
    at = Now.of(request).at
    found = case.customer.promises.select_related("keeper", "case").order_by("-due_at", "-pk")[:8]
    return render(request, "desk/person/promises.html", {"promises": [(one, one.tense(at)) for one in found]})


@login_required
@require_safe
def promises(request: StaffRequest) -> HttpResponse:
    require(request.user, "case.read")
    filters, at = PromiseFilter(request.GET), Now.of(request).at
    found = filters.narrow(Promise.objects.visible_to(request.user), request.user)
    rows, after = page_of(in_state(found, filters.state, at), filters.state, request.GET.get("after", ""))
    kept = request.GET.copy()
    kept.pop("after", None)
    narrowed = kept.copy()
    narrowed.pop("state", None)
    context = {
        "filters": filters, "tabs": tabs(found, at), "after": after,
        "rows": [(one, one.tense(at), one.is_open and may(request.user, "case.promise", one.case)) for one in rows],
        "kept": kept.urlencode(), "narrowed": narrowed.urlencode(), "may_export": may(request.user, "report.export"),
    }  # fmt: skip
    template = "desk/_promises.html" if request.htmx else "desk/promises.html"  # type: ignore[attr-defined]
    return render(request, template, context)


@login_required
@require_safe
def export(request: StaffRequest, suffix: str) -> HttpResponseBase:
    require(request.user, "report.export")
    filters, at = PromiseFilter(request.GET), Now.of(request).at
    found = filters.narrow(Promise.objects.visible_to(request.user), request.user)
    head, rows = export_rows(in_state(found, filters.state, at))
    return sheet("promises", suffix, head, rows)
