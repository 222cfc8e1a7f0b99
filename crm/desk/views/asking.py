"""Asking a supervisor to let one text out in public, and the supervisor's answer."""

from typing import Any

from django import forms
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_POST

from crm.cases.errors import CaseError
from crm.cases.models import Case
from crm.desk import guard
from crm.desk.asking import AskDecided, allow, ask_for, news_of, refuse
from crm.desk.composer import Road, roads
from crm.desk.looking import own_case
from crm.desk.models import Ask
from crm.desk.views.answering import keep_typed, parts
from crm.messaging.errors import MessagingError
from crm.staff.access import require
from crm.staff.guard import StaffRequest


class DecideForm(forms.Form):
    """`at` tells which text the supervisor read: one that was asked anew meanwhile is not let out unread."""

    at = forms.CharField(widget=forms.HiddenInput)
    reason = forms.CharField(
        label=gettext_lazy("Reason, kept with the case"), max_length=1000, widget=forms.Textarea(attrs={"rows": 2})
    )
    masked = forms.BooleanField(label=gettext_lazy("Blot the personal data out, all but the end"), required=False)


@login_required
@require_POST
def ask(request: StaffRequest, number: int) -> HttpResponse:
    case = own_case(request.user, number)
    require(request.user, "case.answer", case)
    road = _public_road(case, request.POST.get("road", ""))
    keep_typed(request, case)
    try:
        text = request.POST.get("text", "")[:20_000]
        ask_for(case=case, by=request.user, text=text, road=road, seen=_number(request, "seen"))
    except CaseError as error:
        return parts(request, number, said=str(error), icon="alert-octagon")
    return parts(request, number, said=_("A supervisor was asked. Your text waits in the box."), icon="shield-check")


def _number(request: StaffRequest, name: str) -> int | None:
    given = request.POST.get(name, "")
    return int(given) if given.isdecimal() else None


def _public_road(case: Case, wanted: str) -> Road:
    known = roads(case, list(case.customer.contact_points.order_by("kind", "pk")))
    found = next((road for road in known if road.value == wanted and road.adapter.can_public), None)
    if found is None:
        raise Http404
    return found


@login_required
@require_http_methods(["GET", "POST"])
def decide(request: StaffRequest, number: int, pk: int) -> HttpResponse:
    """The text with its personal data marked; allowed once or refused, with a reason either way."""
    case = own_case(request.user, number)
    require(request.user, "case.override_privacy", case)
    asked = get_object_or_404(Ask.objects.open().select_related("by", "case"), pk=pk, case=case)
    form = DecideForm(request.POST if request.method == "POST" else None, initial={"at": asked.at.isoformat()})
    if request.method == "POST" and form.is_valid():
        done = _done(request, case, asked, form)
        if done is not None:
            return done
    context: dict[str, Any] = {
        "case": case,
        "asked": asked,
        "form": form,
        "marked": guard.marked(asked.text),
        "news": news_of(asked),
    }
    return render(request, "desk/acts/override.html", context, status=422 if form.errors else 200)


def _done(request: StaffRequest, case: Case, asked: Ask, form: DecideForm) -> HttpResponse | None:
    """None: it could not be done, and the form says why."""
    reason, said = form.cleaned_data["reason"], _("Refused; %(name)s was told")
    try:
        if form.cleaned_data["at"] != asked.at.isoformat():
            raise AskDecided
        if "allow" in request.POST or "anyway" in request.POST:
            past = _number(request, "anyway") or 0
            road = _public_road(case, asked.road)
            allow(ask=asked, by=request.user, reason=reason, road=road, masked=form.cleaned_data["masked"], past=past)
            said = _("Allowed once; it goes out as %(name)s wrote it")
        else:
            refuse(ask=asked, by=request.user, reason=reason)
    except (CaseError, MessagingError) as error:
        form.add_error(None, str(error))
        return None
    response = parts(request, case.number, said=said % {"name": asked.by}, icon="shield-check")
    response["HX-Trigger"] = '{"sapa:done": {}, "sapa:moved": {}}'
    return response
