"""All reports, each with today's figure."""

from typing import Any

from django.core.cache import cache
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from crm.lib.exports import Question
from crm.lib.patience import TooLong
from crm.reports.models import Export, Schedule
from crm.reports.sla import totals
from crm.reports.studies import tables
from crm.reports.studies.counting import TOTAL, count, nothing
from crm.reports.studies.links import Links
from crm.reports.studies.shelf import STUDIES
from crm.reports.studies.study import Study
from crm.reports.views.calls import CallsForm
from crm.reports.views.sla import asked as asked_of_sla
from crm.reports.views.studies import asked
from crm.reports.views.visits import CentresForm
from crm.staff.access import may
from crm.staff.guard import allowed
from crm.staff.models import User

SECONDS, PATIENCE = 60, 3
TODAY = QueryDict("period=today")
# Judged only after days: what they say of today is nothing yet.
OVER_A_MONTH = {"first-contact": QueryDict("period=month"), "promises": QueryDict("period=month")}


@allowed("report.read")
@require_safe
def index(request: HttpRequest) -> HttpResponse:
    user: User = request.user  # type: ignore[assignment]
    context = {
        "sla": _sla(user),
        "visits": _visits(user),
        "calls": _calls(user),
        "cards": [_card(study, user) for study in STUDIES.values()],
        "schedules": Schedule.objects.filter(owner=user).count() if may(user, "report.schedule") else None,
        "exports": Export.objects.filter(by=user, schedule=None).count(),
    }
    return render(request, "reports/index.html", context)


def _sla(user: User) -> dict[str, Any]:
    share = _kept(f"sla:{_sight(user)}", lambda: _share_of_today(user))
    return {"url": f"{reverse('reports:sla')}?period=today", "share": share}


def _share_of_today(user: User) -> float | None:
    form = asked_of_sla(Question(user, TODAY, timezone.now()))
    found = totals.count(form.filters())[totals.TOTAL].get(())
    return found.share("due_in_time", "due") if found else None


def _visits(user: User) -> dict[str, Any]:
    """Today's, at the offices that this reader sees."""
    row = next(iter(CentresForm(TODAY, user, timezone.localdate(), days=0).rows()), None)
    return {"url": reverse("reports:visits"), "median": row.wait_median.text if row else None}


def _calls(user: User) -> dict[str, Any]:
    """Today's, of the agents that this reader looks after."""
    row = next(iter(CallsForm(TODAY, user, timezone.localdate(), days=0).rows()), None)
    return {"url": reverse("reports:calls"), "answered": row.answered if row else 0}


def _card(study: Study, user: User) -> dict[str, Any]:
    query = OVER_A_MONTH.get(study.slug, TODAY)
    shown = _kept(f"{study.slug}:{get_language()}:{_sight(user)}", lambda: _figures(study, query, user))
    return {
        "study": study,
        "url": f"{reverse('reports:study', args=[study.slug])}?{query.urlencode()}",
        "figures": shown,
        "when": _("this month") if study.slug in OVER_A_MONTH else _("now") if study.standing else _("today"),
    }


def _figures(study: Study, query: QueryDict, user: User) -> list[tuple[str, str]]:
    filters = asked(query, study, user).filters()
    counts = count(study, filters, seconds=PATIENCE)[TOTAL].get((), nothing(study))
    figures = tables.figures(study, counts, Links(study, query))
    return [(str(figures[name].word), figures[name].text) for name in study.headline[:2]]


def _kept(key: str, ask: Any) -> Any:
    """Once a minute for all who see the same cases; nothing where the answer takes too long."""
    try:
        return cache.get_or_set(f"reports:{key}", ask, SECONDS)
    except TooLong:
        return None


def _sight(user: User) -> str:
    teams = ",".join(str(pk) for pk in sorted(user.team_ids))
    return f"{user.role}:{teams}:{user.time_zone}:{user.language}:{timezone.localdate():%F}"
