"""The cards beside a case that load when they are opened, and the reveal of a number or address."""

from django import forms
from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_http_methods, require_safe

from crm.cases.models import CaseLink
from crm.customers.actions import reveal_contact
from crm.customers.errors import BadContact
from crm.customers.models import ContactPoint
from crm.desk.happenings import happenings
from crm.desk.looking import look_at
from crm.desk.person import earlier_contacts, other_open_cases, others_in_thread
from crm.desk.proofs import may_take_back, proofs_of
from crm.desk.rows import rows_of
from crm.desk.tense import Now
from crm.desk.timeline import held_by, pauses_of
from crm.staff.access import may, require
from crm.staff.guard import StaffRequest


@login_required
@require_safe
def history(request: StaffRequest, number: int) -> HttpResponse:
    """Everything that happened, who held it how long, and the pauses with their evidence."""
    case = look_at(request.user, number).case
    now, may_act = Now.of(request), may(request.user, "case.answer", case)
    context = {
        "case": case,
        "happenings": happenings(case),
        "proofs": [(proof, may_act and may_take_back(request.user, proof)) for proof in proofs_of(case)],
        "held": held_by(case, now.at),
        "pauses": pauses_of(case),
        "escalations": case.escalations.select_related("division", "by", "accepted_by", "handed_back_by").order_by(
            "at"
        ),
    }
    return render(request, "desk/case/history.html", context)


@login_required
@require_safe
def others(request: StaffRequest, number: int) -> HttpResponse:
    case = look_at(request.user, number).case
    rows = rows_of(other_open_cases(case), Now.of(request))
    return render(request, "desk/person/others.html", {"rows": rows})


@login_required
@require_safe
def earlier(request: StaffRequest, number: int) -> HttpResponse:
    case = look_at(request.user, number).case
    return render(request, "desk/person/earlier.html", {"contacts": earlier_contacts(case)})


@login_required
@require_safe
def links(request: StaffRequest, number: int) -> HttpResponse:
    """Cases that belong to this one: linked by a person, merged into it, beside it in one thread of the network."""
    case = look_at(request.user, number).case
    found = CaseLink.objects.filter(case=case) | CaseLink.objects.filter(other=case)
    linked = [link.other if link.case_id == case.pk else link.case for link in found.select_related("case", "other")]
    merged = list(type(case).objects.filter(merged_into=case))
    beside = rows_of(others_in_thread(case, request.user), Now.of(request))
    return render(request, "desk/person/links.html", {"linked": linked, "merged": merged, "beside": beside})


class RevealForm(forms.Form):
    reason = forms.CharField(
        label=_("Why do you need to see it?"), max_length=250, widget=forms.TextInput(attrs={"autofocus": True})
    )


@login_required
@require_http_methods(["GET", "POST"])
def reveal(request: StaffRequest, number: int, point: int) -> HttpResponse:
    """A number or address in clear, with a reason that is kept."""
    case = look_at(request.user, number).case
    require(request.user, "customer.reveal")
    contact = get_object_or_404(ContactPoint, pk=point, customer=case.customer_id)
    return revealed(request, contact)


def revealed(request: StaffRequest, contact: ContactPoint) -> HttpResponse:
    """The dialog, and the answer to its reason. The form goes to where it came from."""
    form = RevealForm(request.POST or None)
    value = ""
    if request.method == "POST" and form.is_valid():
        try:
            value = reveal_contact(contact_point=contact, by=request.user, reason=form.cleaned_data["reason"])
        except BadContact as refused:
            form.add_error(None, str(refused))
    context = {"contact": contact, "form": form, "value": value}
    return render(request, "desk/person/reveal.html", context, status=422 if form.errors else 200)
