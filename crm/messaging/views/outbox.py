"""What did not go out by itself: refused, uncertain, waiting; and what a person decides about it."""

from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.db.models import Count, Q
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from crm.messaging.actions import confirm_not_sent, confirm_sent, retry_message
from crm.messaging.errors import MessagingError
from crm.messaging.loads import messages_of
from crm.messaging.models import Connection, Message
from crm.messaging.models.message import MessageQuerySet
from crm.messaging.origins import origins_of
from crm.messaging.paging import newest
from crm.staff.guard import StaffRequest, allowed

STUCK, WAITING, HELD_BACK = "stuck", "waiting", "held"
LISTS: dict[str, Callable[[], MessageQuerySet]] = {
    STUCK: Message.objects.stuck,
    WAITING: Message.objects.unsent,
    HELD_BACK: Message.objects.held_back,
}
SENT_AGAIN = "again"
DECISIONS: dict[str, Callable[..., Message]] = {
    SENT_AGAIN: retry_message,
    "sent": confirm_sent,
    "not-sent": confirm_not_sent,
}


@allowed("message.retry")
@require_safe
def outbox(request: HttpRequest) -> HttpResponse:
    here = request.GET.get("state", "")
    here = here if here in LISTS else STUCK
    rows = LISTS[here]()
    connection = chosen(request.GET.get("connection", ""))
    mine = messages_of(connection, rows) if connection else rows
    shown, pages = newest(request, mine.select_related("customer", "author"))
    origins = origins_of(shown)
    for message in shown:
        message.origin = origins.get(message.pk)  # type: ignore[attr-defined]
    return render(
        request,
        "messaging/outbox.html",
        {"rows": shown, "here": here, "waiting": here == WAITING, "connection": connection} | _counts() | pages,
    )


def chosen(written: str) -> Connection | None:
    """The connection that `?connection=` names; only what goes over it is shown then."""
    return get_object_or_404(Connection, pk=int(written)) if written.isdecimal() and len(written) < 19 else None


def _counts() -> dict[str, Any]:
    return Message.objects.aggregate(
        stuck_count=Count("pk", filter=Q(state__in=Message.STUCK)),
        waiting_count=Count("pk", filter=Q(state__in=Message.UNSENT)),
    )


@allowed("message.retry")
@require_POST
def decide(request: StaffRequest, pk: int) -> HttpResponse:
    decision = DECISIONS.get(request.POST.get("decision", ""))
    message = get_object_or_404(Message, pk=pk)
    if decision is None:
        return HttpResponse(status=400)
    try:
        decision(message=message, by=request.user)
    except MessagingError as error:
        messages.error(request, str(error))
    else:
        messages.success(request, _said(request.POST["decision"]))
    return redirect("messaging:outbox")


def _said(decision: str) -> str:
    return {
        SENT_AGAIN: _("It goes out again now."),
        "sent": _("Kept as sent."),
        "not-sent": _("Kept as not sent; its answer does not count."),
    }[decision]
