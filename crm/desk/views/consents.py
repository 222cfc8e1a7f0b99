"""The dialogs of the tab "Consent & privacy": an answer is recorded, the data is let rest."""

from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from crm.customers.consent_texts import text_in_force
from crm.customers.consenting import give_consent, withdraw_consent
from crm.customers.errors import BadContact, CannotConsent
from crm.customers.models import Customer, Purpose
from crm.customers.restricting import lift_restriction, restrict, set_do_not_disturb
from crm.desk.forms.consents import AnswerForm, ReasonForm
from crm.staff.access import require
from crm.staff.guard import StaffRequest


def _customer(pk: int) -> Customer:
    """Of a merged record the one that stands for the person."""
    found = get_object_or_404(Customer, pk=pk)
    while found.absorbed_into is not None:
        found = found.absorbed_into
    return found


@login_required
@require_http_methods(["GET", "POST"])
def answer(request: StaffRequest, pk: int, purpose: str) -> HttpResponse:
    """The text to read aloud, and what they said to it."""
    require(request.user, "consent.record")
    if purpose not in Purpose.values:
        raise Http404
    customer, text = _customer(pk), text_in_force(purpose)
    form = AnswerForm(request.POST or None, initial={"language": customer.language[:2]})
    if request.method == "POST" and form.is_valid() and _answered(request, form, customer, purpose):
        return _back(request, customer)
    standing = customer.consents.standing().filter(purpose=purpose).first()
    context = {
        "customer": customer, "form": form, "text": text, "label": Purpose(purpose).label, "standing": standing,
    }  # fmt: skip
    return render(request, "desk/consents/answer.html", context, status=422 if form.errors else 200)


def _answered(request: StaffRequest, form: AnswerForm, customer: Customer, purpose: str) -> bool:
    said, yes = form.cleaned_data, request.POST.get("answer") == "yes"
    proof: dict[str, Any] = {"channel": said["channel"], "language": said["language"], "by": request.user}
    try:
        if yes:
            give_consent(customer=customer, purpose=purpose, version=said["version"], **proof)
        else:
            withdraw_consent(customer=customer, purpose=purpose, **proof)
    except CannotConsent as error:
        form.add_error(None, str(error))
        return False
    messages.success(request, _("Their yes is recorded.") if yes else _("Their no is recorded, and holds at once."))
    return True


@login_required
@require_POST
def quiet(request: StaffRequest, pk: int) -> HttpResponse:
    """Do-not-disturb, on or off."""
    require(request.user, "consent.record")
    customer, on = _customer(pk), request.POST.get("on") == "1"
    try:
        set_do_not_disturb(customer=customer, on=on, by=request.user)
    except CannotConsent as error:
        messages.error(request, str(error))
    else:
        messages.success(request, _("They are not disturbed any more.") if on else _("They may be contacted again."))
    return redirect("desk:customer_tab", customer.pk, "privacy")


@login_required
@require_http_methods(["GET", "POST"])
def rest(request: StaffRequest, pk: int) -> HttpResponse:
    words = {
        "title": _("Restrict this customer's data"), "icon": "lock", "button": _("Restrict"),
        "done": _("The data rests."),
        "consequence": _("Kept, and used for nothing but running cases and what the law demands."),
    }  # fmt: skip
    return _reasoned(request, pk, "desk:restrict", words, restrict)


@login_required
@require_http_methods(["GET", "POST"])
def lift(request: StaffRequest, pk: int) -> HttpResponse:
    words = {
        "title": _("Lift the restriction"), "icon": "check", "button": _("Lift"),
        "done": _("The restriction is lifted."), "consequence": _("What the customer agreed to holds again."),
    }  # fmt: skip
    return _reasoned(request, pk, "desk:restriction-lift", words, lift_restriction)


def _reasoned(
    request: StaffRequest, pk: int, view: str, words: dict[str, Any], act: Callable[..., Any]
) -> HttpResponse:
    require(request.user, "customer.restrict")
    customer, form = _customer(pk), ReasonForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            act(customer=customer, by=request.user, **form.cleaned_data)
            messages.success(request, words["done"])
            return _back(request, customer)
        except (CannotConsent, BadContact) as error:
            form.add_error(None, str(error))
    context = {"customer": customer, "form": form, "view": view, **words}
    return render(request, "desk/consents/reason.html", context, status=422 if form.errors else 200)


def _back(request: StaffRequest, customer: Customer) -> HttpResponse:
    """To the page one came from, as a whole: a banner stands in its head, too."""
    if getattr(request, "htmx", False):
        return HttpResponse(headers={"HX-Refresh": "true"})
    return redirect("desk:customer_tab", customer.pk, "privacy")
