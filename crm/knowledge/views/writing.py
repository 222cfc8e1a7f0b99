"""Writing: the editor with its preview, what is in work, and a version on its way to the readers."""

from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.db.models import Case, Value, When
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from crm.knowledge import actions
from crm.knowledge.differences import differences
from crm.knowledge.errors import KnowledgeError
from crm.knowledge.forms import DraftForm, RemarkForm
from crm.knowledge.models import Article, Version
from crm.knowledge.models.article import OPEN
from crm.knowledge.trees import BadTree
from crm.knowledge.views.reading import preview, reader
from crm.knowledge.words import Kind, State
from crm.staff.access import may, require
from crm.staff.guard import StaffRequest, allowed

LISTED = 100


@allowed("article.write")
@require_http_methods(["GET", "POST"])
def new(request: StaffRequest) -> HttpResponse:
    kind = request.GET.get("kind", Kind.ARTICLE)
    if kind not in Kind.values:
        raise Http404
    return _editor(request, Version(article=Article(kind=kind)))


@allowed("article.write")
@require_http_methods(["GET", "POST"])
def edit(request: StaffRequest, pk: int) -> HttpResponse:
    """The version in work, or the published one as the beginning of the next."""
    found = get_object_or_404(Article, pk=pk)
    version = found.versions.filter(state__in=OPEN).first() or found.versions.order_by("-number").first()
    if version is None:
        raise Http404
    return _editor(request, version)


def _editor(request: StaffRequest, version: Version) -> HttpResponse:
    form = DraftForm(request.POST or None, instance=version, kind=version.article.kind)
    if request.method == "POST" and "preview" in request.POST:
        return _preview(request, form)
    if request.method == "POST" and form.is_valid():
        saved = _saved(request, form, version)
        if saved is not None:
            return redirect("knowledge:version", saved.pk)
    context = {"form": form, "version": version, "kind": version.article.kind}
    return render(request, "knowledge/edit.html", context, status=422 if form.errors else 200)


def _saved(request: StaffRequest, form: DraftForm, version: Version) -> Version | None:
    article = version.article if version.article.pk else None
    try:
        return actions.save_draft(article=article, kind=version.article.kind, by=request.user, **form.cleaned_data)
    except KnowledgeError as error:
        form.add_error(None, str(error))
        return None


def _preview(request: StaffRequest, form: DraftForm) -> HttpResponse:
    """What is typed, as its readers will see it, or what is wrong with its tree; nothing is saved."""
    form.is_valid()
    faults = [str(fault) for name in ("steps_id", "steps_en") for fault in form.errors.get(name, ())]
    context = {"version": form.instance, "fault": " ".join(faults)} if faults else preview(form.instance, "")
    return render(request, "knowledge/_preview.html", context)


@allowed("article.write")
@require_safe
def work(request: StaffRequest) -> HttpResponse:
    """What waits for a review, the longest first, and one's own drafts."""
    order = Case(When(state=State.REVIEW, then=Value(0)), default=Value(1))
    shown = Version.objects.to_review() | Version.objects.filter(state=State.DRAFT, author=request.user)
    rows = shown.select_related("article", "author").order_by(order, "asked_at", "-made_at", "pk")[:LISTED]
    context = {"rows": rows, "may_publish": may(request.user, "article.publish")}
    return render(request, "knowledge/work.html", context)


@allowed("article.write")
@require_safe
def version(request: StaffRequest, pk: int) -> HttpResponse:
    """One version: as readers see it, and what it says otherwise than the one before."""
    found = get_object_or_404(Version.objects.select_related("article", "author", "published_by"), pk=pk)
    return render(request, "knowledge/version.html", _whole(request, found, RemarkForm()))


def _whole(request: StaffRequest, found: Version, form: RemarkForm) -> dict[str, Any]:
    before = (
        found.article.versions.filter(number__lt=found.number, published_at__isnull=False).order_by("-number").first()
    )
    try:
        context = reader(request, found)
    except BadTree as error:
        context = {"version": found, "fault": str(error)}
    is_mine = found.author_id == request.user.pk
    return context | {
        "before": before, "differences": differences(before, found), "form": form, "is_mine": is_mine,
        "may_publish": may(request.user, "article.publish") and not is_mine and found.state == State.REVIEW,
        "may_return": found.state == State.REVIEW and (is_mine or may(request.user, "article.publish")),
    }  # fmt: skip


@allowed("article.write")
@require_POST
def move(request: StaffRequest, pk: int, how: str) -> HttpResponse:
    """Handed in, sent back, published, given up."""
    found = get_object_or_404(Version.objects.select_related("article", "author"), pk=pk)
    if how not in MOVES:
        raise Http404
    try:
        said = MOVES[how](request, found)
    except KnowledgeError as error:
        messages.error(request, str(error))
    else:
        messages.success(request, said)
    if how == "publish" or not Version.objects.filter(pk=pk).exists():
        return redirect("knowledge:work")
    return redirect("knowledge:version", pk)


def _ask(request: StaffRequest, found: Version) -> str:
    actions.ask_review(version=found, by=request.user)
    return _("Handed in for review")


def _return(request: StaffRequest, found: Version) -> str:
    if found.author_id != request.user.pk:
        require(request.user, "article.publish")
    remark = request.POST.get("remark", "")[:500]
    if found.author_id == request.user.pk and not remark.strip():
        remark = _("Taken back by its author")
    actions.send_back(version=found, remark=remark, by=request.user)
    return _("Sent back to its author")


def _publish(request: StaffRequest, found: Version) -> str:
    require(request.user, "article.publish")
    actions.publish(version=found, by=request.user)
    return _("Published: %(title)s") % {"title": found.title}


def _drop(request: StaffRequest, found: Version) -> str:
    if found.author_id != request.user.pk:
        raise PermissionDenied(_("Your role does not allow this here."))
    actions.drop_draft(version=found, by=request.user)
    return _("Draft given up")


MOVES = {"ask": _ask, "return": _return, "publish": _publish, "drop": _drop}


@allowed("article.publish")
@require_POST
def checked(request: StaffRequest, pk: int) -> HttpResponse:
    """Still right: the warning goes for half a year."""
    try:
        actions.still_right(article=get_object_or_404(Article, pk=pk), by=request.user)
    except KnowledgeError as error:
        messages.error(request, str(error))
    else:
        messages.success(request, _("Noted: still right today"))
    return redirect("knowledge:article", pk)


@allowed("article.publish")
@require_POST
def off(request: StaffRequest, pk: int) -> HttpResponse:
    actions.take_off(article=get_object_or_404(Article, pk=pk), by=request.user)
    messages.success(request, _("Taken off: nobody finds it any more"))
    return redirect("knowledge:article", pk)
