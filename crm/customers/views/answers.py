"""What the dialogs of a record answer with."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404, render
from django.urls import reverse

from crm.customers.errors import CannotEdit
from crm.customers.models import Customer


def found_customer(pk: int) -> Customer:
    """A record that may be changed."""
    return get_object_or_404(Customer, pk=pk, erased_at=None, absorbed_into=None)


def dialog(request: HttpRequest, name: str, form: forms.Form, **context: Any) -> HttpResponse:
    context |= {"form": form}
    return render(request, f"customers/{name}.html", context, status=422 if form.is_bound and form.errors else 200)


@dataclass(frozen=True)
class Step:
    """Something that is asked about once more before it is done."""

    act: Callable[[], Any]
    title: str
    text: str
    action: str
    done: str


def ask(request: HttpRequest, step: Step, **context: Any) -> HttpResponse:
    """The question; a POST does it."""
    wrong = ""
    if request.method == "POST":
        try:
            step.act()
            return changed(request, step.done)
        except CannotEdit as refused:
            wrong = str(refused)
    context |= {"title": step.title, "text": step.text, "action": step.action, "wrong": wrong}
    return render(request, "customers/sure.html", context, status=422 if wrong else 200)


def changed(request: HttpRequest, said: str) -> HttpResponse:
    """The page one came from, as a whole: what was changed stands in several places of it."""
    if said:
        messages.success(request, said)
    if getattr(request, "htmx", False):
        return HttpResponse(headers={"HX-Refresh": "true"})
    pk = request.resolver_match.kwargs["pk"] if request.resolver_match else 0
    return HttpResponseRedirect(reverse("desk:customer_tab", args=[pk, "identity"]))
