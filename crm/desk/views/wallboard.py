"""The wallboard: a page for a big screen, its board drawn once for everybody who sees the same rooms."""

import time

from django.contrib.auth.decorators import login_required
from django.core.cache import cache
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, render
from django.template.loader import render_to_string
from django.utils import timezone
from django.utils.translation import get_language
from django.views.decorators.http import require_safe

from crm.desk.tense import Now
from crm.desk.wallboard import Board
from crm.staff.access import require, scope
from crm.staff.guard import StaffRequest
from crm.staff.models import Team

FRESH = 3  # seconds for which a drawn board serves everybody
KEPT = 60  # for which the last one is shown while somebody draws the next
DRAWING = 10
PATIENCE, GLANCE = 2.0, 0.05  # seconds: waiting for the first board there is; between two looks


@login_required
@require_safe
def wallboard(request: StaffRequest) -> HttpResponse:
    require(request.user, "room.read")
    team = _team(request)
    theme = request.GET.get("theme", "")
    context = {
        "board": drawn(request, team), "team": team, "teams": _teams(request),
        "theme": theme if theme in ("light", "auto") else "dark", "now": Now.of(request),
    }  # fmt: skip
    return render(request, "desk/wall/page.html", context)


@login_required
@require_safe
def board(request: StaffRequest) -> HttpResponse:
    """The board again."""
    require(request.user, "room.read")
    return HttpResponse(drawn(request, _team(request)))


def _teams(request: StaffRequest) -> list[Team]:
    """Whose rooms this user may read."""
    reach = scope(request.user)
    return list(Team.objects.all() if reach.kind == "all" else Team.objects.filter(pk__in=reach.team_ids))


def _team(request: StaffRequest) -> Team | None:
    asked = request.GET.get("team", "")
    if not asked.isdecimal():
        return None
    return get_object_or_404(Team.objects.filter(pk__in=[team.pk for team in _teams(request)]), pk=int(asked))


def drawn(request: StaffRequest, team: Team | None) -> str:
    """The board's HTML. One request draws, the others are shown the last one meanwhile."""
    key = _key(request, team)
    fresh: str | None = cache.get(f"{key}:fresh")
    if fresh is not None:
        return fresh
    if not cache.add(f"{key}:drawing", True, DRAWING):
        shown = cache.get(f"{key}:last") or _drawn_by_another(key)
        if shown is not None:
            return str(shown)
    try:
        html = render_to_string("desk/wall/board.html", Board(request.user, team, Now.of(request)).context())
        cache.set_many({f"{key}:last": html}, KEPT)
        cache.set(f"{key}:fresh", html, FRESH)
    finally:
        cache.delete(f"{key}:drawing")
    return html


def _drawn_by_another(key: str) -> str | None:
    """What the one who draws is about to leave; None when it takes them too long."""
    until = time.monotonic() + PATIENCE
    while time.monotonic() < until:
        time.sleep(GLANCE)
        if found := cache.get(f"{key}:last"):
            return str(found)
    return None


def _key(request: StaffRequest, team: Team | None) -> str:
    """What two readers must share to see the same: rooms, words, time zone."""
    reach = scope(request.user)
    rooms = f"{reach.kind}:{','.join(map(str, sorted(request.user.team_ids)))}"  # whose people are here: own teams
    return f"wallboard:{rooms}:{team.pk if team else ''}:{get_language()}:{timezone.get_current_timezone_name()}"
