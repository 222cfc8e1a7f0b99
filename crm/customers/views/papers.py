"""Identity documents of a record; and a look at something in clear, with its reason."""

from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from crm.customers import identifying
from crm.customers.editing import last_edit
from crm.customers.errors import BadContact, CannotEdit
from crm.customers.forms import PaperForm, ReasonForm
from crm.customers.models import Address, Customer, IdentityDocument
from crm.customers.views.answers import Step, ask, changed, dialog, found_customer
from crm.customers.warnings import words_of
from crm.staff.guard import StaffRequest, allowed


@allowed("customer.edit")
@require_http_methods(["GET", "POST"])
def paper(request: StaffRequest, pk: int) -> HttpResponse:
    customer = found_customer(pk)
    form = PaperForm(request.POST or None, initial={"seen": last_edit(customer), "kind": request.GET.get("kind")})
    if request.method == "POST" and form.is_valid():
        said = form.cleaned_data
        try:
            saved = identifying.save_paper(customer=customer, by=request.user, **said)
        except CannotEdit as error:
            form.add_error(error.field or None, str(error))
        else:
            for word in words_of(saved.warnings):
                messages.warning(request, word)
            return changed(request, _("The document is saved."))
    return dialog(request, "paper", form, customer=customer)


@allowed("customer.edit")
@require_http_methods(["GET", "POST"])
def drop(request: StaffRequest, pk: int, paper: int) -> HttpResponse:
    customer = found_customer(pk)
    known = get_object_or_404(IdentityDocument, pk=paper, customer=customer)
    step = Step(
        lambda: identifying.drop_paper(paper=known, by=request.user),
        _("Take away: %(what)s") % {"what": known.get_kind_display()},
        _("The document goes off the record. Its number is kept nowhere."),
        _("Take away"),
        _("The document is taken away."),
    )
    return ask(request, step, customer=customer)


@allowed("customer.reveal")
@require_http_methods(["GET", "POST"])
def reveal(request: StaffRequest, pk: int, paper: int) -> HttpResponse:
    known = get_object_or_404(IdentityDocument, pk=paper, customer=pk)
    return _reveal(
        request, known.get_kind_display(),
        lambda reason: identifying.reveal_paper(paper=known, by=request.user, reason=reason),
    )  # fmt: skip


@allowed("customer.reveal")
@require_http_methods(["GET", "POST"])
def reveal_address(request: StaffRequest, pk: int, kind: str) -> HttpResponse:
    known = get_object_or_404(Address, customer=get_object_or_404(Customer, pk=pk), kind=kind)

    def look(reason: str) -> str:
        return str(identifying.reveal_address(address=known, by=request.user, reason=reason).in_full)

    return _reveal(request, known.get_kind_display(), look)


def _reveal(request: StaffRequest, what: str, look: Any) -> HttpResponse:
    form = ReasonForm(request.POST or None)
    value = ""
    if request.method == "POST" and form.is_valid():
        try:
            value = look(form.cleaned_data["reason"])
        except BadContact as error:
            form.add_error("reason", str(error))
    return dialog(request, "reveal", form, what=what, value=value)
