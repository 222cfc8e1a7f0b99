"""Acts on a case: one view for all of them. GET shows the dialog, POST does it."""

import json

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods
from django_htmx.http import trigger_client_event

from crm.cases.errors import CaseError, StaleVersion
from crm.cases.models import Case
from crm.desk.acts import ACTS, Act
from crm.desk.forms.acts import ActForm
from crm.desk.load import receivers
from crm.desk.looking import own_case
from crm.desk.opened import head
from crm.desk.tense import Now
from crm.desk.views.answering import parts
from crm.desk.views.undoing import UNDOABLE
from crm.staff.access import may, require
from crm.staff.guard import StaffRequest

UNDO_SECONDS = 10  # how long the page offers it


@login_required
@require_http_methods(["GET", "POST"])
def act(request: StaffRequest, number: int, slug: str) -> HttpResponse:
    chosen = ACTS.get(slug)
    if chosen is None:
        raise Http404
    case = own_case(request.user, number)
    require(request.user, chosen.permission, case)
    given = request.POST if request.method == "POST" else None
    form = chosen.form(given, case=case, user=request.user, initial=_proposed(request, chosen))
    if request.method == "POST" and form.is_valid() and _performed(form):
        return _done(request, chosen, number)
    return _dialog(request, chosen, case, form)


def _proposed(request: StaffRequest, chosen: Act) -> dict[str, str]:
    """A link may propose what to fill in, e.g. ?party=supervisor."""
    return {name: request.GET[name] for name in chosen.form.base_fields if name in request.GET and name != "version"}


def _performed(form: ActForm) -> bool:
    """Do it. A refusal becomes a message on the form, and nothing has changed."""
    try:
        form.perform()
    except CaseError as error:
        shown = {field.name for field in form.visible_fields()}
        form.add_error(error.field if error.field in shown else None, str(error))
        if isinstance(error, StaleVersion):
            latest = Case.objects.values_list("version", flat=True).get(pk=form.case.pk)
            form.data = dict(form.data.items()) | {"version": latest}
        return False
    return True


def _done(request: StaffRequest, chosen: Act, number: int) -> HttpResponse:
    said = _("#%(number)s: %(done)s") % {"number": number, "done": chosen.done}
    if not request.htmx:  # type: ignore[attr-defined]
        messages.success(request, said)
        return redirect("desk:case", number)
    if request.GET.get("from") == "list":  # done from a list, where no case is open: the list reads itself again
        answer = trigger_client_event(HttpResponse(status=204), "sapa:toast", {"text": said})
        return trigger_client_event(trigger_client_event(answer, "sapa:done"), "sapa:moved")
    undo_url = reverse("desk:undo-act", args=[number, chosen.slug]) if chosen.slug in UNDOABLE else ""
    response = parts(request, number, said=said, icon=chosen.icon, undo_url=undo_url, seconds=UNDO_SECONDS)
    news: dict[str, object] = {"sapa:done": {}, "sapa:moved": {}}
    if chosen.slug == "settle" and "stay" not in request.POST:
        news["sapa:next"] = {"from": number}
    response["HX-Trigger"] = json.dumps(news)
    return response


def _dialog(request: StaffRequest, chosen: Act, case: Case, form: ActForm) -> HttpResponse:
    context = head(case, request.user, Now.of(request)) | form.extra() | {"act": chosen, "form": form}
    if chosen.slug == "problem":
        context |= {"may_manage_problems": may(request.user, "problem.manage")}
    if chosen.slug == "assign":
        asked = request.GET.get("q", "")
        context |= receivers(case, asked) | {"q": asked}
    template = form.template if request.htmx else "desk/acts/page.html"  # type: ignore[attr-defined]
    return render(request, template, context, status=422 if form.errors else 200)
