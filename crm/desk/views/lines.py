"""A line's page, the dialogs that change it, and the list of products."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.contrib import messages
from django.db.models import Count, Q
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_safe

from crm.customers.lines import actions
from crm.customers.lines.catalogue import add_product, change_product
from crm.customers.lines.errors import LineError
from crm.customers.looks import record_look
from crm.customers.masking import mask_msisdn
from crm.customers.models import Customer, Product, Subscription
from crm.desk.forms import lines as forms
from crm.desk.line import picture_of
from crm.desk.views.settings import nav
from crm.staff.access import may, require
from crm.staff.guard import StaffRequest, allowed


@dataclass(frozen=True)
class Act:
    title: Promise
    form: type[forms.LineForm]
    right: str
    run: Callable[..., Any]
    done: Promise


ACTS = {
    "state": Act(gettext_lazy("Move the line on"), forms.StateForm, "line.move", actions.move_line,
                 gettext_lazy("The line has moved on.")),
    "number": Act(gettext_lazy("Change the number"), forms.NumberForm, "line.change", actions.change_number,
                  gettext_lazy("The number is changed. The old one still finds this line.")),
    "owner": Act(gettext_lazy("Change the owner"), forms.OwnerForm, "line.move", actions.change_owner,
                 gettext_lazy("The line has another owner.")),
    "user": Act(gettext_lazy("Change the user"), forms.UserForm, "line.change", actions.change_user,
                gettext_lazy("Who uses the line is changed.")),
    "registration": Act(gettext_lazy("Registration of the number"), forms.RegistrationForm, "line.change",
                        actions.register_prepaid, gettext_lazy("The registration is kept.")),
}  # fmt: skip


@allowed("customer.read")
@require_safe
def line(request: StaffRequest, pk: int) -> HttpResponse:
    """Opening it is a look at its owner's record."""
    found = _found(pk)
    record_look(customer=found.customer, by=request.user, page="bills")
    rights = {"may_move": may(request.user, "line.move"), "may_change": may(request.user, "line.change")}
    return render(request, "desk/line/page.html", picture_of(found) | rights)


def _found(pk: int) -> Subscription:
    lines = Subscription.objects.select_related("customer", "user", "product")
    return get_object_or_404(lines, pk=pk, customer__erased_at=None)


@allowed("customer.read")
@require_http_methods(["GET", "POST"])
def act(request: StaffRequest, pk: int, slug: str) -> HttpResponse:
    if slug not in ACTS:
        raise Http404
    asked, found = ACTS[slug], _found(pk)
    require(request.user, asked.right)
    form = asked.form(request.POST or None, line=found)
    if request.method == "POST" and form.is_valid() and _does(form, asked.run, line=found, by=request.user):
        return _done(request, found.pk, str(asked.done))
    return _dialog(request, asked.title, form, customer=found.customer, line=found, number=mask_msisdn(found.msisdn))


@allowed("line.move")
@require_http_methods(["GET", "POST"])
def new(request: StaffRequest, pk: int) -> HttpResponse:
    customer = get_object_or_404(Customer, pk=pk, erased_at=None, absorbed_into=None)
    form = forms.NewLineForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        made = _does(form, actions.add_line, customer=customer, by=request.user)
        if made:
            return _done(request, made.pk, _("The line is added."))
    return _dialog(request, gettext_lazy("Add a line"), form, customer=customer)


def _does(form: Any, verb: Callable[..., Any], **given: Any) -> Any:
    """What the verb returns; nothing where it refused, which the form then says."""
    try:
        return verb(**given, **form.cleaned_data)
    except LineError as error:
        form.add_error(error.field if error.field in form.fields else None, str(error))
        return None


def _done(request: StaffRequest, pk: int, said: str) -> HttpResponse:
    messages.success(request, said)
    answer = redirect("desk:line", pk)
    return HttpResponse(headers={"HX-Redirect": answer.url}) if getattr(request, "htmx", False) else answer


def _dialog(request: StaffRequest, title: Promise, form: Any, **context: Any) -> HttpResponse:
    context |= {"title": title, "form": form}
    return render(request, "desk/line/act.html", context, status=422 if form.errors else 200)


@allowed("product.edit")
@require_http_methods(["GET", "POST"])
def products(request: StaffRequest, code: str = "") -> HttpResponse:
    """The list, and one of them beside it; without one the form for a new one."""
    shown = get_object_or_404(Product, pk=code) if code else None
    initial = {"technology": shown.technology, "sold": shown.sold} if shown else {"sold": True}
    form = forms.ProductForm(request.POST or None, product=shown, initial=initial)
    if request.method == "POST" and form.is_valid():
        saved = _saves(form, shown, request)
        if saved:
            messages.success(request, _("Saved"))
            return redirect("desk:product", saved.pk)
    held = Count("pk", filter=~Q(state__in=Subscription.ENDED))
    counted = dict(Subscription.objects.order_by().values_list("product").annotate(n=held))
    rows = [(one, counted.get(one.pk, 0)) for one in Product.objects.all()]
    context = nav(request) | {"rows": rows, "shown": shown, "form": form}
    return render(request, "desk/settings/products.html", context, status=422 if form.errors else 200)


def _saves(form: Any, shown: Product | None, request: StaffRequest) -> Any:
    return (
        _does(form, change_product, product=shown, by=request.user)
        if shown
        else _does(form, add_product, by=request.user)
    )
