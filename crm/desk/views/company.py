"""Being at a case: the page's signs of life, and the names behind the ids that the live process tells."""

import re

from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpResponse, HttpResponseBadRequest, JsonResponse
from django.views.decorators.http import require_POST, require_safe

from crm.cases.models import Case
from crm.desk.company import say, state_of
from crm.desk.live.audience import Audience
from crm.lib.display import initials
from crm.lib.templatetags.crm_ui import hue
from crm.staff.access import may, require
from crm.staff.guard import StaffRequest
from crm.staff.models import User

TAB = re.compile(r"[\w-]{1,36}")
MOST_NAMES = 100


@login_required
@require_POST
def here(request: StaffRequest, number: int) -> HttpResponse:
    """The page says that it shows this case, whether somebody types in it, whether that is an answer; or `gone`."""
    place, tab = _place(request.user, number), request.POST.get("tab", "")
    if not TAB.fullmatch(tab):
        return HttpResponseBadRequest()
    answers, types = request.POST.get("answers") == "1", request.POST.get("types") == "1"
    state = "" if request.POST.get("gone") else state_of(place, answers=answers, types=types)
    say(place, user_id=request.user.pk, tab=tab, state=state)
    return HttpResponse(status=204)


def _place(user: User, number: int) -> Audience:
    """Where the case stands: an own one, or another team's that one may look at."""
    fields = ("number", "team_id", "division_id", "assignee_id")
    cases = Case.objects.all() if may(user, "case.look") else Case.objects.visible_to(user)
    found = cases.filter(number=number).values_list(*fields).first()
    if found is None:
        raise Http404
    return Audience(*found)


@login_required
@require_safe
def names(request: StaffRequest) -> JsonResponse:
    """Short name, initials, colour and user name of colleagues, by id."""
    require(request.user, "case.read")
    ids = [int(one) for one in request.GET.get("ids", "").split(",") if one.isdecimal() and len(one) < 15]
    people = User.objects.filter(pk__in=ids[:MOST_NAMES])
    return JsonResponse(
        {one.pk: [one.get_short_name(), initials(one.name), hue(one.pk), one.username] for one in people}
    )
