"""Taking back: an answer within its seconds, a settling or assigning while nobody has acted since."""

import json

from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from crm.cases.actions import undo_act, undo_answer
from crm.cases.errors import CaseError
from crm.cases.models import Case, Promise
from crm.desk.composer import roads
from crm.desk.drafts import bring_back
from crm.desk.looking import own_case
from crm.desk.models import Way
from crm.desk.views.answering import parts
from crm.messaging.errors import MessagingError
from crm.messaging.models import Message
from crm.staff.access import require
from crm.staff.guard import StaffRequest

UNDOABLE = ("settle", "assign")


@login_required
@require_POST
def undo(request: StaffRequest, number: int, message: int) -> HttpResponse:
    """Take an answer back within the undo seconds; its text is a draft again."""
    case = own_case(request.user, number)
    require(request.user, "case.answer", case)
    taken_back = get_object_or_404(Message, pk=message, author=request.user, interaction__in_case__case=case)
    try:
        undo_answer(message=taken_back, by=request.user)
    except (CaseError, MessagingError) as error:
        return taken(request, number, str(error), icon="alert-octagon")
    way = Way.PUBLIC if taken_back.is_public else Way.PRIVATE
    promise = Promise.objects.filter(interaction=taken_back.interaction_id).first()
    road = road_of(taken_back, case)
    bring_back(user=request.user, case=case, text=taken_back.body, way=way, channel=road, promise=promise)
    if not request.htmx:  # type: ignore[attr-defined]
        return redirect("desk:case", number)
    return taken(request, number, _("Taken back. Your text is in the box again."), fresh=True)


@login_required
@require_POST
def undo_of(request: StaffRequest, number: int, act: str) -> HttpResponse:
    """Take one's own last act on a case back: it has the state and the clock that it had."""
    if act not in UNDOABLE:
        raise Http404
    case = _mine_or_just_given_away(request, number)
    try:
        undo_act(case=case, act=act, by=request.user)
    except CaseError as error:
        return taken(request, number, str(error), icon="alert-octagon")
    if not request.htmx:  # type: ignore[attr-defined]
        return redirect("desk:case", number)
    return taken(request, number, _("Taken back. #%(number)s is as it was.") % {"number": number})


def _mine_or_just_given_away(request: StaffRequest, number: int) -> Case:
    """Whoever gave a case to another team by a slip no longer sees it, and takes it back all the same."""
    given = Case.objects.with_list_columns().filter(number=number, undo__by=request.user).first()
    return given or own_case(request.user, number)


def taken(
    request: StaffRequest, number: int, said: str, *, icon: str = "arrow-back-up", fresh: bool = False
) -> HttpResponse:
    """The case's parts as they are again; where another case is open by now, this one is opened."""
    if request.GET.get("open", str(number)) == str(number):
        response = parts(request, number, fresh=fresh, said=said, icon=icon)
        response["HX-Trigger"] = '{"sapa:moved": {}}'
        return response
    response = render(request, "desk/case/toast_only.html", {"toast": {"said": said, "icon": icon}})
    url = reverse("desk:case", args=[number])
    response["HX-Trigger"] = json.dumps({"sapa:open": {"url": url}, "sapa:moved": {}})
    return response


def road_of(message: Message, case: Case) -> str:
    """The road on which a message went, as the composer names it."""
    points = list(case.customer.contact_points.all())
    fitting = (road for road in roads(case, points) if road.channel == message.channel)
    return next((road.value for road in fitting if road.recipient in ("", message.recipient)), "")
