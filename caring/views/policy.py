"""When the programme may contact somebody at all."""

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _

from caring.editing import save_policy
from caring.forms.policy import PolicyForm
from caring.models import ContactPolicy
from caring.policy import policy_in_force
from crm.staff.access import require
from crm.staff.audit import history_of
from crm.staff.guard import StaffRequest


@login_required
def policy(request: StaffRequest) -> HttpResponse:
    require(request.user, "caring.edit")
    form = PolicyForm(request.POST or None, instance=policy_in_force())
    if request.method == "POST" and form.is_valid():
        save_policy(policy=form.save(commit=False), by=request.user)
        messages.success(request, _("Saved. It holds for every task from now on."))
        return redirect("caring:policy")
    kept = ContactPolicy.objects.filter(pk=1).first()
    context = {"form": form, "history": history_of(kept) if kept else []}
    return render(request, "caring/policy.html", context, status=422 if form.errors else 200)
