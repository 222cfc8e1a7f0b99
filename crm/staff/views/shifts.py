"""A week's shifts of one team, planned on one page."""

import datetime as dt
from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from crm.lib.days import day_of
from crm.staff import actions
from crm.staff.access import may
from crm.staff.actions.shifts import DAYS, week_of
from crm.staff.errors import StaffError
from crm.staff.forms.shifts import WeekForm
from crm.staff.guard import StaffRequest, allowed
from crm.staff.models import Role, Shift, Team, User

COMMON = ("07-15", "08-16", "14-22", "15-23", "22-06")
WEEK = dt.timedelta(days=DAYS)


@allowed("staff.manage")
@require_http_methods(["GET", "POST"])
def week(request: StaffRequest) -> HttpResponse:
    monday = monday_of(request.GET.get("week", ""))
    teams = plannable_teams(request.user)
    team = chosen_team(teams, request.GET.get("team", ""))
    form = week_form(request, team, monday)
    if form.is_valid() and _save(request, form):
        return redirect(url(team, monday))
    return render(request, "staff/shifts.html", context(form, teams, team, monday))


def monday_of(text: str) -> dt.date:
    """The Monday of the week of that ISO date; of this week when it is none."""
    try:
        day = day_of(text)
    except ValueError:
        day = timezone.localdate()
    return day - dt.timedelta(days=day.weekday())


def plannable_teams(user: User) -> list[Team]:
    teams = Team.objects.all()
    return list(teams if user.role == Role.ADMINISTRATOR else teams.filter(pk__in=user.team_ids))


def chosen_team(teams: list[Team], code: str) -> Team | None:
    return next((team for team in teams if team.code == code), teams[0] if teams else None)


def week_form(request: StaffRequest, team: Team | None, monday: dt.date) -> WeekForm:
    """With last week's shifts in its cells when asked to copy them; they are kept when saved."""
    people = plannable_people(request.user, team)
    ago = WEEK if "copy" in request.GET else dt.timedelta()
    return WeekForm(request.POST or None, people=people, monday=monday, shifts=shifts_of(people, monday - ago), ago=ago)


def plannable_people(user: User, team: Team | None) -> list[User]:
    members = User.objects.working().visible_to(user).filter(teams=team).prefetch_related("teams")
    return [person for person in members if may(user, "staff.manage", person)] if team else []


def shifts_of(people: list[User], monday: dt.date) -> list[Shift]:
    """This week's shifts of these people, each by their own clock, in one query."""
    weeks = [week_of(person, monday) for person in people]
    if not weeks:
        return []
    begin, end = min(week[0] for week in weeks), max(week[1] for week in weeks)
    return list(Shift.objects.filter(user__in=people, starts_at__gte=begin, starts_at__lt=end))


def _save(request: StaffRequest, form: WeekForm) -> bool:
    try:
        actions.plan_week(monday=form.monday, plan=form.plan(), by=request.user)
    except StaffError as error:
        form.add_error(None, str(error))
        return False
    messages.success(request, _("The week is planned."))
    return True


def url(team: Team | None, monday: dt.date, **more: Any) -> str:
    query = {"team": team.code if team else "", "week": monday.isoformat(), **more}
    return f"{reverse('staff:shifts')}?{urlencode(query)}"


def context(form: WeekForm, teams: list[Team], team: Team | None, monday: dt.date) -> dict[str, Any]:
    return {
        "form": form,
        "team": team,
        "teams": [(other, url(other, monday)) for other in teams],
        "common": COMMON,
        "today": timezone.localdate(),
        "last_day": monday + WEEK - dt.timedelta(days=1),
        "before_url": url(team, monday - WEEK),
        "after_url": url(team, monday + WEEK),
        "copy_url": url(team, monday, copy=1),
        "this_url": url(team, monday),
    }
