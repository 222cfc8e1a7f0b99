"""The tray of letters: print, post, tick off."""

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from crm.messaging.actions import mark_posted, record_message
from crm.messaging.models import Letter
from crm.messaging.origins import origins_of
from crm.messaging.paging import newest
from crm.staff.access import may
from crm.staff.guard import StaffRequest, allowed


@allowed("case.read")
@require_safe
def letters(request: StaffRequest) -> HttpResponse:
    """One's own; with message.retry, everybody's."""
    posted = request.GET.get("state") == "posted"
    mine = Letter.objects.visible_to(request.user)
    rows = mine.filter(posted_at__isnull=not posted)
    shown, pages = newest(request, rows.select_related("message__customer", "message__author", "posted_by"))
    origins = origins_of(letter.message for letter in shown)
    context = {"rows": shown, "posted": posted, "may_decide": may(request.user, "message.retry")}
    for letter in shown:
        letter.origin = origins.get(letter.pk)  # type: ignore[attr-defined]
    return render(request, "messaging/letters.html", context | pages)


@allowed("case.read")
@require_safe
def letter_file(request: StaffRequest, pk: int) -> HttpResponse:
    """The PDF itself. Whoever opens it reads a customer's address: that is recorded."""
    letter = _visible(request, pk)
    try:
        with letter.file.open("rb") as file:
            pdf = file.read()
    except FileNotFoundError as error:
        raise Http404 from error
    record_message("letter.opened", letter.message, by=request.user)
    return HttpResponse(pdf, "application/pdf", headers={"Content-Disposition": f'inline; filename="{pk}.pdf"'})


@allowed("case.read")
@require_POST
def post(request: StaffRequest, pk: int) -> HttpResponse:
    mark_posted(letter=_visible(request, pk), by=request.user)
    messages.success(request, _("Ticked off as posted."))
    return redirect("messaging:letters")


def _visible(request: StaffRequest, pk: int) -> Letter:
    return get_object_or_404(Letter.objects.visible_to(request.user).select_related("message"), pk=pk)
