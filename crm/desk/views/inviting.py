"""Moving from the public into a private message: one press sends the invitation, another shows it first."""

import uuid
from typing import Any

from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_http_methods, require_POST

from crm.cases.errors import CaseError, SaidMeanwhile
from crm.cases.models import Case
from crm.desk.composer import Composer, Road, roads
from crm.desk.conversation import conversation, newest_contact
from crm.desk.drafts import draft_of, keep_draft
from crm.desk.forms.answer import AnswerForm
from crm.desk.invitation import invitation
from crm.desk.looking import own_case
from crm.desk.models import Way
from crm.desk.views.answering import again, sent
from crm.messaging.errors import MessagingError
from crm.staff.access import require
from crm.staff.guard import StaffRequest


@login_required
@require_http_methods(["GET", "POST"])
def invite(request: StaffRequest, number: int) -> HttpResponse:
    """GET: the invitation, to be read and changed. POST: it goes out in public, and the composer turns to private."""
    case, road = _road(request, number)
    if request.method == "GET":
        text = invitation(case.customer, road)
        return _sheet(request, case, road, text, seen=newest_contact(conversation(case)), key=uuid.uuid4().hex)
    return _send(request, case, road)


@login_required
@require_POST
def length(request: StaffRequest, number: int) -> HttpResponse:
    """How long the invitation is by now."""
    case, road = _road(request, number)
    return render(request, "desk/case/length.html", _measured(case, road, request.POST.get("invitation", "")))


def _road(request: StaffRequest, number: int) -> tuple[Case, Road]:
    case = own_case(request.user, number)
    require(request.user, "case.answer", case)
    wanted = (request.POST if request.method == "POST" else request.GET).get("road", "")
    known = roads(case, list(case.customer.contact_points.order_by("kind", "pk")))
    for road in known:
        if road.value == wanted and road.adapter.can_public:
            return case, road
    raise Http404


def _send(request: StaffRequest, case: Case, road: Road) -> HttpResponse:
    post = request.POST
    text = post.get("invitation") or invitation(case.customer, road)
    data = {
        "way": Way.PUBLIC, "road": road.value, "text": text, "seen": post.get("seen", ""),
        "anyway": post.get("anyway", ""),
        "key": f"{post.get('key', '')[:50]}-invitation",
    }  # fmt: skip
    form = AnswerForm(data, case=case, user=request.user, roads=[road])
    if not form.is_valid():
        return _refused(request, case, road, form)
    try:
        message = form.send(override_reason="")
    except SaidMeanwhile as refused:
        return _refused(request, case, road, form, news=refused.news)
    except (CaseError, MessagingError) as error:
        form.add_error(None, str(error))
        return _refused(request, case, road, form)
    _keep_what_was_typed(request, case, road)
    answer = sent(request, case, message, way=Way.PRIVATE)
    answer["HX-Trigger"] = '{"sapa:done": {}}'
    return answer


def _keep_what_was_typed(request: StaffRequest, case: Case, road: Road) -> None:
    """A text that was begun in public waits, in private, for the customer to come there."""
    draft = draft_of(request.user, case)
    text = request.POST.get("text", draft.text if draft else "")
    keep_draft(user=request.user, case=case, text=text, way=Way.PRIVATE, channel=road.value)


def _refused(request: StaffRequest, case: Case, road: Road, form: AnswerForm, **found: Any) -> HttpResponse:
    """Said where it was pressed: in the dialog, else in the composer, which keeps what was typed."""
    if "invitation" not in request.POST:
        return again(request, case, form, **found)
    post = request.POST
    return _sheet(
        request, case, road, post["invitation"], seen=post.get("seen", ""), key=post.get("key", ""), form=form,
        **found, status=422,
    )  # fmt: skip


def _sheet(
    request: StaffRequest, case: Case, road: Road, text: str, *, status: int = 200, **shown: Any
) -> HttpResponse:
    context = {"case": case, "road": road, "text": text} | shown | _measured(case, road, text)
    return render(request, "desk/case/invite.html", context, status=status)


def _measured(case: Case, road: Road, text: str) -> dict[str, Any]:
    composer = Composer(case, [road], {}, way=Way.PUBLIC, road=road, text=text)
    return {"composer": composer, "length_id": "invite-length"}
