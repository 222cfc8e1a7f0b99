"""Canned replies: the picker in the composer, and the page where they are kept."""

from itertools import pairwise
from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.db.models import Q
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from crm.desk.beside import MOST, PROPOSED, insertions
from crm.desk.canned.actions import ShortcutTaken, copy_of, count_use, keep_reply, may_edit, switch
from crm.desk.canned.fields import filled, known_of, with_marks
from crm.desk.forms.canned import CannedFilter, CannedForm, circles
from crm.desk.looking import own_case
from crm.desk.models import CannedReply
from crm.desk.models.canned import CannedReplyQuerySet
from crm.desk.models.view import Sharing
from crm.staff.access import may, require
from crm.staff.guard import StaffRequest
from crm.staff.models import User

OFFERED, PAGE, VERSIONS = 8, 30, 20


@login_required
@require_safe
def offer(request: StaffRequest, number: int) -> HttpResponse:
    """What fits the letters after the slash, with everything filled in that is known of this case."""
    case = own_case(request.user, number)
    require(request.user, "case.note", case)
    asked, language = request.GET.get("q", "")[:80], case.customer.language
    if request.GET.get("of") == "articles":
        context = {"case": case, "asked": asked, "articles": insertions(case, asked, most=MOST), "only": True}
        return render(request, "desk/canned/offer.html", context)
    fitting = CannedReply.objects.active().visible_to(request.user).matching(asked)
    replies = list(fitting.best_for(request.user, language=language, text=asked).select_related("team")[:OFFERED])
    texts = [(one, filled(one.text, known)) for one, known in _known(replies, case, request.user)]
    offers = [(one, text, with_marks(text)) for one, text in texts]
    articles = insertions(case, asked, most=PROPOSED)
    context = {"case": case, "offers": offers, "asked": asked, "language": language, "articles": articles}
    return render(request, "desk/canned/offer.html", context)


def _known(replies: list[CannedReply], case: Any, user: User) -> list[tuple[CannedReply, dict[str, str]]]:
    """The values are asked for once a language, not once a text."""
    now = timezone.now()
    by_language = {code: known_of(case, user, language=code, at=now) for code in {one.language for one in replies}}
    return [(one, by_language[one.language]) for one in replies]


@login_required
@require_POST
def used(request: StaffRequest, pk: int) -> HttpResponse:
    reply = get_object_or_404(CannedReply.objects.visible_to(request.user), pk=pk)
    count_use(reply=reply, by=request.user)
    return HttpResponse(status=204)


@login_required
@require_safe
def replies(request: StaffRequest) -> HttpResponse:
    """The list: one's own, one's teams' and everybody's."""
    _may_write(request)
    asked = CannedFilter(request.GET)
    found = asked.narrow(CannedReply.objects.visible_to(request.user)).with_uses().select_related("team")
    page = list(_behind(found, request.GET.get("after", "")).order_by("title", "pk")[: PAGE + 1])
    rows = [(one, may_edit(request.user, one)) for one in page[:PAGE]]
    context = {"filter": asked, "rows": rows, "newer_url": "", "older_url": "", "shown": ""}
    if len(page) > PAGE:
        context["older_url"] = _address(request, after=str(page[PAGE - 1].pk))
    if request.GET.get("after"):
        context["newer_url"] = _address(request)
    return render(request, "desk/canned/list.html", context)


def _behind(found: CannedReplyQuerySet, after: str) -> CannedReplyQuerySet:
    """The rows after the one with this id; a cursor that cannot be read is the beginning."""
    last = CannedReply.objects.filter(pk=after).values("title", "pk").first() if after.isdecimal() else None
    if last is None:
        return found
    return found.filter(Q(title__gt=last["title"]) | Q(title=last["title"], pk__gt=last["pk"]))


def _address(request: StaffRequest, **more: str) -> str:
    query = request.GET.copy()
    query.pop("after", None)
    query.update(more)
    return f"?{query.urlencode()}"


def _may_write(request: StaffRequest) -> None:
    if not circles(request.user):
        raise PermissionDenied(_("Your role does not allow this here."))


@login_required
@require_http_methods(["GET", "POST"])
def new(request: StaffRequest) -> HttpResponse:
    """An empty text, or with ?copy= a copy of one that is there."""
    _may_write(request)
    copied = request.GET.get("copy", "")
    if copied.isdecimal():
        model = get_object_or_404(CannedReply.objects.visible_to(request.user), pk=copied)
        return _form(request, copy_of(model, by=request.user))
    first = Sharing.OWN if may(request.user, "canned.own") else Sharing.TEAM
    return _form(request, CannedReply(sharing=first))


@login_required
@require_http_methods(["GET", "POST"])
def reply(request: StaffRequest, pk: int) -> HttpResponse:
    """One text: to be changed by whoever may, to be read and copied by the others; its versions beside it."""
    _may_write(request)
    found = get_object_or_404(CannedReply.objects.visible_to(request.user).with_uses().select_related("team"), pk=pk)
    if request.method == "POST" and not may_edit(request.user, found):
        raise PermissionDenied(_("Your role does not allow this here."))
    return _form(request, found)


def _form(request: StaffRequest, shown: CannedReply) -> HttpResponse:
    form = CannedForm(request.POST or None, instance=shown, user=request.user)
    if request.method == "POST" and form.is_valid() and _kept(form, request.user):
        messages.success(request, _("Saved: %(title)s") % {"title": shown.title})
        return redirect("desk:canned")
    context = {"form": form, "reply": shown, "editable": may_edit(request.user, shown), "versions": versions(shown)}
    context["marked"] = with_marks(shown.text)
    return render(request, "desk/canned/reply.html", context, status=422 if form.errors else 200)


def _kept(form: CannedForm, user: User) -> bool:
    try:
        keep_reply(reply=form.instance, by=user)
    except ShortcutTaken:
        form.add_error("shortcut", _("Another text of the same people and language has this shortcut."))
        return False
    return True


def versions(shown: CannedReply) -> list[dict[str, Any]]:
    """Earlier texts, newest first: when each was replaced, and by whom."""
    if shown.pk is None:
        return []
    rows = list(shown.events.select_related("pgh_context").order_by("-pgh_id")[: VERSIONS + 1])  # type: ignore[attr-defined]
    names = dict(User.objects.filter(pk__in={_by(row) for row in rows}).values_list("pk", "name"))
    return [
        {"was": before, "at": after.pgh_created_at, "by": names.get(_by(after), "")} for after, before in pairwise(rows)
    ]


def _by(row: Any) -> int | None:
    return row.pgh_context.metadata.get("by") if row.pgh_context else None


@login_required
@require_POST
def switched(request: StaffRequest, pk: int) -> HttpResponse:
    """Out of the picker, or back in it."""
    found = get_object_or_404(CannedReply.objects.visible_to(request.user), pk=pk)
    if not may_edit(request.user, found):
        raise PermissionDenied(_("Your role does not allow this here."))
    on = request.POST.get("on") == "1"
    try:
        switch(reply=found, on=on, by=request.user)
    except ShortcutTaken:
        messages.error(request, _("Another text of the same people and language has this shortcut."))
    else:
        said = _("Back in the list: %(title)s") if on else _("Switched off: %(title)s")
        messages.success(request, said % {"title": found.title})
    return redirect("desk:canned")
