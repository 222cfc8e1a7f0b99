"""Settings of people's work: teams, skills, and what each role may do."""

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.db.models import Count
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from crm.desk.forms.staffing import SkillForm, TeamForm
from crm.desk.team import teams_of
from crm.desk.views.settings import nav
from crm.staff import actions
from crm.staff.access import TABLE, require
from crm.staff.audit import history_of
from crm.staff.errors import StaffError
from crm.staff.guard import StaffRequest
from crm.staff.models import Role, Skill, Team
from crm.staff.permission_words import WORDS


@login_required
@require_http_methods(["GET", "POST"])
def teams(request: StaffRequest, pk: int | None = None) -> HttpResponse:
    """The teams, and one of them beside the list; without one, a new one for administrators."""
    require(request.user, "skill.edit")
    mine = teams_of(request.user)
    may_add = request.user.role == Role.ADMINISTRATOR
    team = get_object_or_404(Team.objects.filter(pk__in=[one.pk for one in mine]), pk=pk) if pk else Team()
    form = TeamForm(request.POST or None, instance=team, by=request.user) if pk or may_add else None
    if form is not None and request.method == "POST" and form.is_valid() and (kept := _keep_team(request, form)):
        messages.success(request, _("Saved."))
        return redirect("desk:team-settings", kept.pk)
    people = dict(Team.objects.order_by().values_list("pk").annotate(Count("members")))
    context = nav(request) | {
        "rows": [(one, people.get(one.pk, 0)) for one in mine], "shown": pk and get_object_or_404(Team, pk=pk),
        "form": form, "may_add": may_add, "entries": history_of(team) if pk else [],
    }  # fmt: skip
    return render(request, "desk/settings/teams.html", context, status=422 if form is not None and form.errors else 200)


def _keep_team(request: StaffRequest, form: TeamForm) -> Team | None:
    team = form.instance if form.instance.pk is None else Team.objects.get(pk=form.instance.pk)
    try:
        return actions.keep_team(
            team=team, by=request.user, members=form.cleaned_data["members"], **form.changes
        )  # fmt: skip
    except StaffError as error:
        form.add_error("members", str(error))
        return None


@login_required
@require_http_methods(["GET", "POST"])
def skills(request: StaffRequest, pk: int | None = None) -> HttpResponse:
    require(request.user, "skill.edit")
    skill = get_object_or_404(Skill, pk=pk) if pk else Skill()
    form = SkillForm(request.POST or None, instance=skill)
    if request.method == "POST" and form.is_valid():
        kept = actions.keep_skill(skill=form.instance, by=request.user)
        messages.success(request, _("Saved."))
        return redirect("desk:skill", kept.pk)
    known = Skill.objects.annotate(people_n=Count("people", distinct=True), asked_n=Count("category", distinct=True))
    context = nav(request) | {
        "rows": known, "shown": pk and get_object_or_404(Skill, pk=pk), "form": form,
        "entries": history_of(skill) if pk else [],
    }  # fmt: skip
    return render(request, "desk/settings/skills.html", context, status=422 if form.errors else 200)


@login_required
@require_safe
def roles(request: StaffRequest) -> HttpResponse:
    """What each role may do: access.py's table in words, to read."""
    require(request.user, "staff.read")
    rows = [(action, WORDS[action], [role in allowed for role in Role]) for action, allowed in TABLE.items()]
    return render(request, "desk/settings/roles.html", nav(request) | {"roles": list(Role), "rows": rows})
