"""The bell: what happened to my cases while I looked elsewhere, and what of it may ring."""

import datetime as dt
from typing import Any
from urllib.parse import urlencode

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.db.models import Q, QuerySet
from django.http import HttpResponse, HttpResponseBadRequest, JsonResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.dateparse import parse_datetime
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from crm.desk.forms.ringing import RingingForm
from crm.desk.models import Notification
from crm.desk.news import LOOKED_AT, TABS, counts, in_words, newest_of_each, of_tab
from crm.desk.ringing import bell_of, choose, ringing_of
from crm.staff.guard import StaffRequest

PAGE = 25
QUIET_MINUTES = (30, 60, 240)
RUNG_AT_ONCE = 3


@login_required
@require_safe
def notifications(request: StaffRequest) -> HttpResponse:
    """The menu under the bell, or the page that goes back to the beginning."""
    if request.htmx:  # type: ignore[attr-defined]
        return _menu(request, request.GET.get("tab", ""))
    tab = request.GET.get("tab", "")
    tab = tab if tab in TABS else "all"
    page, older = _page_of(of_tab(request.user, tab), request.GET.get("before", ""))
    context = {"tab": tab, "tabs": counts(request.user), "lines": in_words(page), "bell": bell_of(request.user)}
    if older:
        context["older_url"] = f"{reverse('desk:notifications')}?{urlencode({'tab': tab, 'before': older})}"
    return render(request, "desk/news/page.html", context)


def _menu(request: StaffRequest, tab: str) -> HttpResponse:
    tab = tab if tab in TABS else "all"
    context: dict[str, Any] = {
        "tab": tab,
        "tabs": counts(request.user),
        "lines": newest_of_each(of_tab(request.user, tab)[:LOOKED_AT]),
        "bell": bell_of(request.user),
    }
    return render(request, "desk/news/menu.html", context)


def _page_of(lines: QuerySet[Notification], before: str) -> tuple[list[Notification], str]:
    """A page by keyset, newest first, and the cursor of the next."""
    at_text, _comma, pk_text = before.rpartition(",")
    at = parse_datetime(at_text) if at_text else None
    if at and pk_text.isdecimal():
        lines = lines.filter(Q(at__lt=at) | Q(at=at, pk__lt=int(pk_text)))
    rows = list(lines[: PAGE + 1])
    last = rows[PAGE - 1] if len(rows) > PAGE else None
    return rows[:PAGE], f"{last.at.isoformat()},{last.pk}" if last else ""


@login_required
@require_safe
def bell(request: StaffRequest) -> HttpResponse:
    """The button in the top bar, with its dot."""
    return render(request, "_components/bell_button.html", {"bell": bell_of(request.user)})


@login_required
@require_POST
def mark_read(request: StaffRequest) -> HttpResponse:
    Notification.objects.filter(user=request.user, read_at__isnull=True).update(read_at=timezone.now())
    if not request.htmx:  # type: ignore[attr-defined]
        return redirect("desk:notifications")
    return _with_bell(_menu(request, request.POST.get("tab", "")))


def _with_bell(response: HttpResponse) -> HttpResponse:
    """The button's dot follows at once."""
    response["HX-Trigger"] = "sapa:bell"
    return response


@login_required
@require_safe
def follow(request: StaffRequest, pk: int) -> HttpResponse:
    """To the case, at the place it is about; all that rang for it until then is read."""
    line = get_object_or_404(Notification.objects.select_related("case"), pk=pk, user=request.user)
    behind = Q(pk=line.pk) | Q(case=line.case_id, at__lte=line.at) if line.case_id else Q(pk=line.pk)
    Notification.objects.filter(behind, user=request.user, read_at__isnull=True).update(read_at=timezone.now())
    if line.url:
        return redirect(line.url)
    return redirect("desk:case", line.case.number) if line.case else redirect("desk:notifications")


@login_required
@require_http_methods(["GET", "POST"])
def ringing(request: StaffRequest) -> HttpResponse:
    """What rings for me, where, and when not."""
    form = RingingForm(request.POST or None, ringing=ringing_of(request.user))
    if request.method == "POST" and form.is_valid():
        choose(user=request.user, **form.chosen())
        messages.success(request, _("Saved."))
        return redirect("desk:ringing")
    context = {"form": form, "bell": bell_of(request.user), "quiet_minutes": QUIET_MINUTES}
    return render(request, "desk/news/ringing.html", context, status=422 if form.errors else 200)


@login_required
@require_POST
def quiet(request: StaffRequest) -> HttpResponse:
    """Quiet for so many minutes; 0 ends it."""
    minutes = request.POST.get("minutes", "")
    if minutes not in {"0", *map(str, QUIET_MINUTES)}:
        return HttpResponseBadRequest()
    until = timezone.now() + dt.timedelta(minutes=int(minutes)) if minutes != "0" else None
    choose(user=request.user, quiet_until=until)
    if not request.htmx:  # type: ignore[attr-defined]
        return redirect("desk:ringing")
    return _with_bell(_menu(request, request.POST.get("tab", "")))


@login_required
@require_safe
def ring(request: StaffRequest) -> JsonResponse:
    """What the browser may show, for the one tab that asks: kind and number of the case, never who or what about.

    `after` is the newest line it knows of; without it only the newest is told, and nothing rings.
    """
    mine = Notification.objects.filter(user=request.user)
    last = mine.order_by("-pk").values_list("pk", flat=True).first() or 0
    after, state = request.GET.get("after", ""), bell_of(request.user)
    if not after.isdecimal() or not state.by_browser or state.is_quiet:
        return JsonResponse({"last": last, "ring": []})
    fresh = mine.filter(pk__gt=int(after), read_at__isnull=True).select_related("case").order_by("-pk")[:RUNG_AT_ONCE]
    return JsonResponse({"last": last, "ring": [_rung(line) for line in reversed(fresh)]})


def _rung(line: Notification) -> dict[str, Any]:
    place = f"#{line.case.number}" if line.case else ""
    title = f"{line.get_kind_display()} {place}".strip()
    return {"id": line.pk, "title": title, "url": reverse("desk:notification", args=[line.pk])}
