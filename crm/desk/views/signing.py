"""Around a review: the second signature, the way back with a question, the account of who held the case."""

from typing import Any

from django import forms
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from crm.cases.actions import ask_account, give_account, send_back_review, sign_off_review
from crm.cases.errors import CaseError
from crm.cases.models import BreachQuestion
from crm.cases.words import ReviewState
from crm.desk.forms.review import AccountForm, AskForm, SendBackForm
from crm.desk.views.breaches import next_to, own_breach
from crm.staff.guard import StaffRequest


@login_required
@require_POST
def sign_off(request: StaffRequest, pk: int) -> HttpResponse:
    breach = own_breach(request.user, pk, "breach.sign")
    try:
        sign_off_review(breach=breach, by=request.user)
    except CaseError as refused:
        messages.error(request, str(refused))
        return redirect("desk:breach", breach.pk)
    messages.success(request, _("Review of %(number)s signed off") % {"number": breach.number})
    return redirect(next_to(request, ReviewState.TO_SIGN))


@login_required
@require_http_methods(["GET", "POST"])
def send_back(request: StaffRequest, pk: int) -> HttpResponse:
    breach = own_breach(request.user, pk, "breach.sign")
    form = SendBackForm(request.POST or None)
    if form.is_valid() and done(form, send_back_review, breach=breach, by=request.user, **form.cleaned_data):
        messages.success(request, _("%(number)s sent back, with your question") % {"number": breach.number})
        return redirect(next_to(request, ReviewState.TO_SIGN))
    words = {"title": _("Send back"), "number": breach.number, "button": _("Send back"), "icon": "arrow-back-up"}
    words["consequence"] = _("Whoever wrote the review is told, and finds it as they left it.")
    return dialog(request, form, reverse("desk:review-send-back", args=[pk]), words)


@login_required
@require_http_methods(["GET", "POST"])
def ask(request: StaffRequest, pk: int) -> HttpResponse:
    breach = own_breach(request.user, pk, "breach.review")
    form = AskForm(request.POST or None, breach=breach)
    if form.is_valid() and done(form, ask_account, breach=breach, by=request.user, **form.cleaned_data):
        messages.success(request, _("%(name)s is asked for an account") % {"name": form.cleaned_data["to"].name})
        return redirect("desk:breach", breach.pk)
    words = {"title": _("Ask for more"), "number": breach.number, "button": _("Ask"), "icon": "message-2"}
    words["consequence"] = _("They are told, and write here; it stays with the breach.")
    return dialog(request, form, reverse("desk:review-ask", args=[pk]), words)


@login_required
@require_http_methods(["GET", "POST"])
def account(request: StaffRequest, pk: int) -> HttpResponse:
    """Whoever was asked writes; nobody else finds the question."""
    asked = get_object_or_404(
        BreachQuestion.objects.select_related("breach__case", "by"), pk=pk, to=request.user, kind="account"
    )
    form = AccountForm(request.POST or None)
    if form.is_valid() and done(form, give_account, question=asked, by=request.user, **form.cleaned_data):
        messages.success(request, _("Your account is with the breach now"))
        return redirect("desk:my-actions")
    words = {
        "title": _("Your account of it"),
        "number": f"#{asked.breach.case.number}",
        "button": _("Hand in"),
        "icon": "check",
    }
    words["says"] = asked.text
    words["consequence"] = _("%(name)s reads it and it is kept. It cannot be changed later.") % {"name": asked.by.name}
    return dialog(request, form, reverse("desk:account", args=[pk]), words)


def done(form: forms.Form, verb: Any, **arguments: Any) -> bool:
    """Do it. A refusal becomes a message on the form, and nothing has changed."""
    try:
        verb(**arguments)
    except CaseError as error:
        form.add_error(error.field if error.field in form.fields else None, str(error))
        return False
    return True


def dialog(request: StaffRequest, form: forms.BaseForm, action: str, words: dict[str, str]) -> HttpResponse:
    """A small form as a dialog, or as a page of its own: without JavaScript, and when something is wrong in it."""
    template = "desk/breach/dialog.html" if request.htmx else "desk/breach/dialog_page.html"  # type: ignore[attr-defined]
    context = {"form": form, "action": action, **words}
    return render(request, template, context, status=422 if form.errors else 200)
