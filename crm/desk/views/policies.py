"""SLA policies: versions side by side; a draft is edited, tried, published by a second person, never touched again."""

from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.db.models import QuerySet
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from crm.cases import actions
from crm.cases.actions.policy import publishers
from crm.cases.errors import CaseError, DraftMoved
from crm.cases.foresight.terms import PAUSES, Terms
from crm.cases.models import SlaPolicy
from crm.desk.clock_bars import bars
from crm.desk.differences import Difference, category_names, differences
from crm.desk.forms.policy import DraftForms
from crm.desk.previews import newest_card
from crm.desk.views.settings import nav
from crm.staff.access import require
from crm.staff.guard import StaffRequest

SHOWN = 12  # versions
TIMES = ("remind_after_seconds", "no_answer_after_seconds", "close_after_seconds", "reopen_minimum_seconds")


def versions() -> QuerySet[SlaPolicy]:
    """Newest first, with what they hold: two questions more, however many there are."""
    found = SlaPolicy.objects.select_related("published_by", "drafted_by").order_by("-version")
    return found.prefetch_related("targets", "ladder")


def in_force() -> SlaPolicy | None:
    return versions().filter(published_at__isnull=False).first()


@login_required
@require_safe
def policies(request: StaffRequest) -> HttpResponse:
    require(request.user, "policy.edit")
    newest = in_force() or versions().first()
    return _page(request, newest) if newest else render(request, "desk/settings/policies.html", nav(request))


@login_required
@require_http_methods(["GET", "POST"])
def policy(request: StaffRequest, version: int) -> HttpResponse:
    """One version: a draft as a form, a published one to read."""
    require(request.user, "policy.edit")
    found = get_object_or_404(versions(), version=version)
    if request.method == "POST":
        return _save(request, found)
    return _page(request, found)


def _save(request: StaffRequest, draft: SlaPolicy) -> HttpResponse:
    forms = DraftForms(draft, request.POST)
    if draft.published_at is not None:
        messages.error(request, _("v%(version)s was published meanwhile.") % {"version": draft.version})
        return redirect("desk:policy", draft.version)
    if not forms.is_valid():
        return _page(request, draft, forms)
    given = forms.form.cleaned_data
    try:
        actions.save_draft(policy=draft, terms=forms.terms, note=given["note"], seen=given["seen"], by=request.user)
    except DraftMoved as error:
        forms.form.add_error(None, str(error))
        return _page(request, draft, forms, status=409)
    except CaseError as error:
        messages.error(request, str(error))
        return redirect("desk:policy", draft.version)
    messages.success(request, _("Draft v%(version)s saved") % {"version": draft.version})
    return redirect("desk:policy", draft.version)


def _page(request: StaffRequest, shown: SlaPolicy, forms: DraftForms | None = None, status: int = 0) -> HttpResponse:
    earlier = request.GET.get("before", "")
    listed = versions().filter(version__lt=int(earlier)) if earlier.isdecimal() else versions()
    rows = list(listed[: SHOWN + 1])
    held, names = in_force(), category_names()
    context = nav(request) | {
        "policy": shown,
        "in_force": held,
        "versions": _told(rows, names)[:SHOWN],
        "older": rows[SHOWN - 1].version if len(rows) > SHOWN else None,
    }
    if shown.published_at is None:
        context |= _draft(request, shown, held, names, forms)
    else:
        context |= _read(shown)
    return render(request, "desk/settings/policies.html", context, status=status or (422 if forms else 200))


def _told(rows: list[SlaPolicy], names: dict[int, str]) -> list[dict[str, Any]]:
    """Each version with what it changed against the published one before it."""
    published = [one for one in rows if one.published_at]
    told = []
    for one in rows:
        before = next((other for other in published if other.version < one.version), None)
        changed = differences(Terms.of(before), Terms.of(one), names) if before else []
        told.append({"policy": one, "before": before, "changes": changed})
    return told


def _read(shown: SlaPolicy) -> dict[str, Any]:
    terms = Terms.of(shown)
    names = category_names()
    targets = [(number, row, names.get(row.category_id or 0, "")) for number, row in enumerate(terms.rows(), 1)]
    return {"targets": targets, "steps": terms.steps()}


def _draft(
    request: StaffRequest, draft: SlaPolicy, held: SlaPolicy | None, names: dict[int, str], forms: DraftForms | None
) -> dict[str, Any]:
    terms = Terms.of(draft)
    changed = differences(Terms.of(held), terms, names) if held else []
    others = list(publishers(draft.drafted_by_id)[:5])
    is_own = draft.drafted_by_id == request.user.pk
    made = forms or DraftForms(draft)
    return {
        "forms": made,
        "rows": beside(made.targets.forms, [(r.channel, r.category_id, r.kind, r.tier) for r in terms.rows()],
                       {} if forms else _by_key(changed)),
        "step_rows": beside(made.steps.forms, [(s.clock, s.percent) for s in terms.steps()],
                            {} if forms else _by_key(changed)),
        "was": {} if forms else _by_key(changed),
        "gone": [one for one in changed if not one.after],
        "changes": changed,
        "base": terms.targets.get(("", None, "", "")),
        "others": others,
        "may_publish": not is_own or not others,
        "is_alone": is_own and not others,
        "preview": newest_card(draft),
        "bars": bars(terms),
        "pauses": [made.form[name] for name in PAUSES.values()],
        "times": [(made.form[name], None if forms else _by_key(changed).get(name)) for name in TIMES],
    }  # fmt: skip


def _by_key(changed: list[Difference]) -> dict[Any, Difference]:
    return {one.key: one for one in changed}


def beside(forms: list[Any], keys: list[Any], was: dict[Any, Difference]) -> list[tuple[Any, Difference | None]]:
    """Each row of a form with what it was in the version in force."""
    return [(form, was.get(keys[number]) if number < len(keys) else None) for number, form in enumerate(forms)]


@login_required
@require_POST
def new(request: StaffRequest) -> HttpResponse:
    """A draft that begins as a copy of the version in force. One draft at a time: the open one is shown instead."""
    require(request.user, "policy.edit")
    return redirect("desk:policy", actions.draft_policy(by=request.user).version)


@login_required
@require_POST
def publish(request: StaffRequest, version: int) -> HttpResponse:
    require(request.user, "policy.edit")
    draft = get_object_or_404(SlaPolicy, version=version)
    try:
        actions.publish_policy(policy=draft, by=request.user, seen=request.POST.get("seen", ""))
    except CaseError as error:
        messages.error(request, str(error))
    else:
        messages.success(request, _("v%(version)s is in force for cases opened from now on") % {"version": version})
    return redirect("desk:policy", version)


@login_required
@require_POST
def ask(request: StaffRequest, version: int) -> HttpResponse:
    """Ring for those who may publish what this one has drafted."""
    require(request.user, "policy.edit")
    draft = get_object_or_404(SlaPolicy, version=version)
    try:
        asked = actions.ask_to_publish(policy=draft, by=request.user)
    except CaseError as error:
        messages.error(request, str(error))
    else:
        names = ", ".join(user.name for user in asked)
        messages.success(request, _("Asked: %(names)s") % {"names": names})
    return redirect("desk:policy", version)


@login_required
@require_POST
def discard(request: StaffRequest, version: int) -> HttpResponse:
    require(request.user, "policy.edit")
    draft = get_object_or_404(SlaPolicy, version=version)
    try:
        actions.discard_draft(policy=draft, by=request.user)
    except CaseError as error:
        messages.error(request, str(error))
        return redirect("desk:policy", version)
    messages.success(request, _("Draft v%(version)s thrown away") % {"version": version})
    return redirect("desk:policies")


@login_required
@require_safe
def compare(request: StaffRequest) -> HttpResponse:
    """Two versions, and in what they differ."""
    require(request.user, "policy.edit")
    found = {one.version: one for one in versions()}
    chosen = [found.get(_number(request.GET.get(name))) for name in ("from", "to")]
    newest = list(found.values())
    after = chosen[1] or newest[0]
    before = chosen[0] or next((one for one in newest if one.version < after.version), None)
    before, after = (before, after) if before else (after, newest[0])  # the oldest: what became of it
    context = nav(request) | {
        "versions": newest,
        "before": before,
        "after": after,
        "changes": differences(Terms.of(before), Terms.of(after), category_names()),
    }
    return render(request, "desk/settings/policy_compare.html", context)


def _number(text: str | None) -> int:
    return int(text) if text and text.isdecimal() else 0
