"""SLA policies: versions side by side; a draft is edited, published once, and never touched again."""

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.db import transaction
from django.db.models import Max
from django.http import HttpResponse, QueryDict
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from crm.cases.actions import publish_policy
from crm.cases.errors import CaseError
from crm.cases.models import LadderStep, SlaPolicy, SlaTarget
from crm.desk.forms.policy import PolicyDraftForm, Steps, Targets
from crm.staff.access import require
from crm.staff.guard import StaffRequest


@login_required
@require_safe
def policies(request: StaffRequest) -> HttpResponse:
    require(request.user, "policy.edit")
    newest = SlaPolicy.objects.filter(published_at__isnull=False).order_by("-version").first()
    if newest is None:
        newest = SlaPolicy.objects.order_by("-version").first()
    return _page(request, newest) if newest else render(request, "desk/settings/policies.html", {"versions": []})


@login_required
@require_http_methods(["GET", "POST"])
def policy(request: StaffRequest, version: int) -> HttpResponse:
    """One version: a draft as a form, a published one to read."""
    require(request.user, "policy.edit")
    found = get_object_or_404(SlaPolicy, version=version)
    if request.method == "POST" and found.published_at is None:
        return _save(request, found)
    return _page(request, found)


def _page(request: StaffRequest, shown: SlaPolicy, forms: dict | None = None) -> HttpResponse:
    versions = list(SlaPolicy.objects.select_related("published_by").order_by("-version"))
    in_force = next((one for one in versions if one.published_at), None)
    context = {"versions": versions, "policy": shown, "in_force": in_force}
    status = 422 if forms else 200
    if shown.published_at is None:
        context |= forms or _forms(shown)
    else:
        context |= {"targets": shown.targets.select_related("category"), "steps": shown.ladder.all()}
    return render(request, "desk/settings/policies.html", context, status=status)


def _forms(draft: SlaPolicy, data: QueryDict | None = None) -> dict:
    return {
        "form": PolicyDraftForm(data, instance=draft),
        "target_forms": Targets(data, instance=draft, prefix="targets"),
        "step_forms": Steps(data, instance=draft, prefix="steps"),
    }


@transaction.atomic
def _save(request: StaffRequest, draft: SlaPolicy) -> HttpResponse:
    draft = get_object_or_404(SlaPolicy.objects.select_for_update(), pk=draft.pk)
    if draft.published_at:  # by somebody else, meanwhile
        return _page(request, draft)
    forms = _forms(draft, request.POST)
    if not all(form.is_valid() for form in forms.values()):
        return _page(request, draft, forms)
    for form in forms.values():
        form.save()
    messages.success(request, _("Draft v%(version)s saved") % {"version": draft.version})
    return redirect("desk:policy", draft.version)


@login_required
@require_POST
def new(request: StaffRequest) -> HttpResponse:
    """A draft that begins as a copy of the version in force. One draft at a time: the open one is shown instead."""
    require(request.user, "policy.edit")
    draft = SlaPolicy.objects.filter(published_at__isnull=True).first() or _copy_of_newest()
    return redirect("desk:policy", draft.version)


@transaction.atomic
def _copy_of_newest() -> SlaPolicy:
    newest = SlaPolicy.objects.order_by("-version").first()
    version = (SlaPolicy.objects.aggregate(last=Max("version"))["last"] or 0) + 1
    if newest is None:
        return SlaPolicy.objects.create(version=version)
    targets, steps = list(newest.targets.all()), list(newest.ladder.all())
    newest.pk, newest.version, newest.note = None, version, ""
    newest.published_at = newest.published_by = None
    newest.save(force_insert=True)
    rows: list[SlaTarget | LadderStep] = [*targets, *steps]
    for row in rows:
        row.pk, row.policy = None, newest
        row.save(force_insert=True)
    return newest


@login_required
@require_POST
def publish(request: StaffRequest, version: int) -> HttpResponse:
    require(request.user, "policy.edit")
    draft = get_object_or_404(SlaPolicy, version=version)
    try:
        publish_policy(policy=draft, by=request.user)
    except CaseError as error:
        messages.error(request, str(error))
    else:
        messages.success(request, _("v%(version)s is in force for cases opened from now on") % {"version": version})
    return redirect("desk:policy", version)
