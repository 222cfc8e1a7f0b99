"""The bell: what happened to my cases while I looked elsewhere."""

from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.http import require_POST, require_safe

from crm.desk.models import Notification
from crm.staff.guard import StaffRequest

SHOWN = 12


@login_required
@require_safe
def notifications(request: StaffRequest) -> HttpResponse:
    mine = Notification.objects.filter(user=request.user).select_related("case__customer", "by")
    context = {"news": mine[:SHOWN], "unread": mine.filter(read_at__isnull=True).count()}
    template = "desk/news/menu.html" if request.htmx else "desk/news/page.html"  # type: ignore[attr-defined]
    return render(request, template, context)


@login_required
@require_safe
def bell(request: StaffRequest) -> HttpResponse:
    """The button in the top bar, with its dot."""
    unread = Notification.objects.filter(user=request.user, read_at__isnull=True).count()
    return render(request, "_components/bell_button.html", {"notifications_new": unread})


@login_required
@require_POST
def mark_read(request: StaffRequest) -> HttpResponse:
    Notification.objects.filter(user=request.user, read_at__isnull=True).update(read_at=timezone.now())
    if not request.htmx:  # type: ignore[attr-defined]
        return redirect("desk:notifications")
    mine = Notification.objects.filter(user=request.user).select_related("case__customer", "by")
    return render(request, "desk/news/menu.html", {"news": mine[:SHOWN], "unread": 0})


@login_required
@require_safe
def follow(request: StaffRequest, pk: int) -> HttpResponse:
    """To the case; the line is read then."""
    line = get_object_or_404(Notification.objects.select_related("case"), pk=pk, user=request.user)
    Notification.objects.filter(pk=line.pk, read_at__isnull=True).update(read_at=timezone.now())
    return redirect("desk:case", line.case.number)
