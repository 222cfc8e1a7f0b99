"""The dialogs with which a record is changed: who they are, where they live, how they are reached."""

import datetime as dt
from typing import Any

from django.http import HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from crm.customers.addressing import FIELDS as LINES
from crm.customers.addressing import drop_address as drop
from crm.customers.addressing import save_address
from crm.customers.editing import edit_customer, last_edit
from crm.customers.errors import BadContact, CannotEdit, Stale
from crm.customers.forms import AddressForm, ContactForm, RecordForm, record_values
from crm.customers.masking import mask_contact
from crm.customers.models import Address, ContactPoint, Customer
from crm.customers.picture import fields_in_words
from crm.customers.reaching import add_contact, confirm_contact, correct_contact, read_contact, retire_contact
from crm.customers.views.answers import Step, ask, changed, dialog, found_customer
from crm.staff.guard import StaffRequest, allowed


@allowed("customer.edit")
@require_http_methods(["GET", "POST"])
def edit(request: StaffRequest, pk: int) -> HttpResponse:
    customer = found_customer(pk)
    form = RecordForm(request.POST or None, initial=record_values(customer) | {"seen": last_edit(customer)})
    stale: list[tuple[str, str, dt.datetime]] = []
    if request.method == "POST" and form.is_valid():
        try:
            edit_customer(customer=customer, changes=form.changes, by=request.user, seen=form.cleaned_data["seen"])
            return changed(request, _("The record is changed."))
        except Stale as error:
            stale = [(who, fields_in_words(what.split(", ")), at) for who, what, at in error.changes]
            form = _once_more(form, customer)
            form.add_error(None, str(error))
        except CannotEdit as error:
            form.add_error(error.field or None, str(error))
    return dialog(request, "edit", form, customer=customer, stale=stale)


def _once_more(form: RecordForm, customer: Customer) -> RecordForm:
    """Beside what the record says now: what was typed stays, what was not touched follows the other's change."""
    customer.refresh_from_db()
    now: dict[str, Any] = record_values(customer) | {"seen": last_edit(customer)}
    typed = {field: form.data.get(field, "") for field in form.changed_data if field != "seen"}
    data = {**now, **{f"initial-{field}": value for field, value in now.items()}, **typed}
    again = RecordForm({key: value for key, value in data.items() if value is not False}, initial=now)
    again.is_valid()
    return again


@allowed("customer.edit")
@require_http_methods(["GET", "POST"])
def address(request: StaffRequest, pk: int, kind: str) -> HttpResponse:
    """One that stands, by its kind, or `new`."""
    customer = found_customer(pk)
    known = None if kind == "new" else get_object_or_404(Address, customer=customer, kind=kind)
    shown = {field: getattr(known, field) for field in (*LINES, "kind") if field != "street"} if known else {}
    form = AddressForm(request.POST or None, address=known, initial=shown | {"seen": last_edit(customer)})
    if request.method == "POST" and form.is_valid():
        said = form.cleaned_data
        try:
            save_address(customer=customer, kind=said["kind"], lines=form.lines, by=request.user, seen=said["seen"])
            return changed(request, _("The address is saved."))
        except CannotEdit as error:
            form.add_error(error.field or None, str(error))
    return dialog(request, "address", form, customer=customer, address=known)


@allowed("customer.edit")
@require_safe
def regions(request: StaffRequest) -> HttpResponse:
    """Province, city and district, as the choice of what lies above asks for."""
    return render(request, "customers/_regions.html", {"form": AddressForm(initial=request.GET.dict())})


@allowed("customer.edit")
@require_http_methods(["GET", "POST"])
def drop_address(request: StaffRequest, pk: int, kind: str) -> HttpResponse:
    customer = found_customer(pk)
    known = get_object_or_404(Address, customer=customer, kind=kind)
    step = Step(
        lambda: drop(address=known, by=request.user),
        _("Take away: %(what)s") % {"what": known.get_kind_display()},
        _("The address goes off the record; its history keeps it."),
        _("Take away"),
        _("The address is taken away."),
    )
    return ask(request, step, customer=customer)


@allowed("customer.edit")
@require_http_methods(["GET", "POST"])
def new_contact(request: StaffRequest, pk: int) -> HttpResponse:
    customer = found_customer(pk)
    form = ContactForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        said = form.cleaned_data
        try:
            read = read_contact(said["kind"], said["value"], said["network"])
            add_contact(customer=customer, contact=read, by=request.user)
            return changed(request, _("The contact is added."))
        except BadContact as error:
            form.add_error("network" if error.field == "network" else "value", str(error))
        except CannotEdit as error:
            form.add_error(error.field or None, str(error))
    return dialog(request, "contact", form, customer=customer, point=None)


@allowed("customer.edit")
@require_http_methods(["GET", "POST"])
def contact(request: StaffRequest, pk: int, point: int) -> HttpResponse:
    """Correct one that is written wrong. What it was is not shown."""
    customer = found_customer(pk)
    known = get_object_or_404(ContactPoint, pk=point, customer=customer)
    form = ContactForm(request.POST or None, initial={"kind": known.kind, "network": known.network})
    for field in ("kind", "network"):
        form.fields[field].disabled = True
    if request.method == "POST" and form.is_valid():
        try:
            read = read_contact(known.kind, form.cleaned_data["value"], known.network)
            correct_contact(point=known, contact=read, by=request.user)
            return changed(request, _("The contact is corrected; it is to be verified anew."))
        except BadContact as error:
            form.add_error("value", str(error))
        except CannotEdit as error:
            form.add_error(error.field or None, str(error))
    return dialog(request, "contact", form, customer=customer, point=known)


@allowed("customer.edit")
@require_http_methods(["GET", "POST"])
def verify(request: StaffRequest, pk: int, point: int) -> HttpResponse:
    customer = found_customer(pk)
    known = get_object_or_404(ContactPoint, pk=point, customer=customer)
    step = Step(
        lambda: confirm_contact(point=known, by=request.user),
        _("Verify: %(what)s") % {"what": mask_contact(known.kind, known.value)},
        _("Identity was proven in private, and this reaches them."),
        _("Verify"),
        _("Verified"),
    )
    return ask(request, step, customer=customer)


@allowed("customer.edit")
@require_http_methods(["GET", "POST"])
def retire(request: StaffRequest, pk: int, point: int) -> HttpResponse:
    customer = found_customer(pk)
    known = get_object_or_404(ContactPoint, pk=point, customer=customer)
    step = Step(
        lambda: retire_contact(point=known, by=request.user),
        _("Retire: %(what)s") % {"what": mask_contact(known.kind, known.value)},
        _("It is theirs no more. Whoever has it now can be known by it; the record keeps that it was theirs."),
        _("Retire"),
        _("The contact is retired."),
    )
    return ask(request, step, customer=customer)
