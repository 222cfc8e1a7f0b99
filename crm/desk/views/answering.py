"""Answering from the desk: sending, taking back, keeping a draft, and the case's parts as they are now."""

import json
from typing import Any

from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST, require_safe

from crm.cases.errors import CaseError, PersonalDataInPublic, SaidMeanwhile
from crm.cases.models import Case
from crm.customers import personal_data
from crm.desk import guard
from crm.desk.acts import ACTS
from crm.desk.composer import roads
from crm.desk.drafts import drop_draft, keep_draft
from crm.desk.forms.acts import SettleForm, SettleRefused
from crm.desk.forms.answer import AnswerForm
from crm.desk.looking import look_at, own_case
from crm.desk.models import Way
from crm.desk.opened import composing, head, opened
from crm.desk.tense import Now
from crm.messaging.actions import UNDO_SECONDS
from crm.messaging.errors import MessagingError
from crm.messaging.models import Message
from crm.staff.access import require
from crm.staff.guard import StaffRequest
from crm.timeline.models import Interaction

SETTLE = "settle"  # the dialog's fields, beside those of the composer


@login_required
@require_safe
def now(request: StaffRequest, number: int) -> HttpResponse:
    """Header and conversation as they are now; what is being written is left alone."""
    context = opened(look_at(request.user, number), request.user, Now.of(request))
    return render(request, "desk/case/now.html", context)


@login_required
@require_POST
def answer(request: StaffRequest, number: int) -> HttpResponse:
    case = own_case(request.user, number)
    require(request.user, "case.note" if request.POST.get("way") == Way.NOTE else "case.answer", case)
    points = list(case.customer.contact_points.order_by("kind", "pk"))
    form = AnswerForm(request.POST, case=case, user=request.user, roads=roads(case, points))
    if not form.is_valid():
        return again(request, case, form)
    if form.is_note:
        return _note(request, case, form)
    settle = _settle_form(request, case) if form.cleaned_data["then"] == "settle" else None
    if settle is not None and not settle.is_valid():
        return settle_sheet(request, case, settle)
    if form.cleaned_data["then"] == "wait":
        require(request.user, "case.wait", case)
    return _send(request, case, form, settle)


def _settle_form(request: StaffRequest, case: Case) -> SettleForm:
    require(request.user, "case.settle", case)
    return SettleForm(request.POST, case=case, user=request.user, prefix=SETTLE)


@login_required
@require_safe
def settle(request: StaffRequest, number: int) -> HttpResponse:
    """The dialog of sending and settling in one press."""
    case = own_case(request.user, number)
    for action in ("case.answer", "case.settle"):
        require(request.user, action, case)
    return settle_sheet(request, case, SettleForm(case=case, user=request.user, prefix=SETTLE))


def settle_sheet(request: StaffRequest, case: Case, form: SettleForm) -> HttpResponse:
    context = head(case, request.user, Now.of(request)) | form.extra() | {"act": ACTS["settle"], "form": form}
    status = 422 if form.errors else 200
    return render(request, "desk/acts/send_and_settle.html", context | {"with_answer": True}, status=status)


def _note(request: StaffRequest, case: Case, form: AnswerForm) -> HttpResponse:
    form.write_note()
    drop_draft(user=request.user, case=case)
    return parts(request, case.number, fresh=True)


def _send(request: StaffRequest, case: Case, form: AnswerForm, settle: SettleForm | None) -> HttpResponse:
    reason = form.cleaned_data["override_reason"].strip()
    if reason:
        require(request.user, "case.override_privacy", case)
    try:
        message = form.send(override_reason=reason, settle=settle)
    except SettleRefused as refused:
        assert settle is not None  # it refused
        settle.add_error(None, str(refused.error))
        return settle_sheet(request, case, settle)
    except PersonalDataInPublic:
        text = form.cleaned_data["text"]
        return again(request, case, form, marked=guard.marked(text), masked_text=personal_data.hidden(text))
    except SaidMeanwhile as refused:
        return again(request, case, form, news=refused.news)
    except (CaseError, MessagingError) as error:
        form.add_error(None, str(error))
        return again(request, case, form)
    drop_draft(user=request.user, case=case)
    return _after(request, sent(request, case, message, then=form.cleaned_data["then"]), case)


def _after(request: StaffRequest, response: HttpResponse, case: Case) -> HttpResponse:
    """The dialog shuts; settled, the next case opens unless one wants to stay."""
    then = request.POST.get("then", "")
    news: dict[str, object] = {"sapa:moved": {}} if then else {}
    if then == "settle":
        news["sapa:done"] = {}
        if "stay" not in request.POST:
            news["sapa:next"] = {"from": case.number}
    if news:
        response["HX-Trigger"] = json.dumps(news)
    return response


SENT = {
    "": (gettext_lazy("Going to %(name)s, %(channel)s"), gettext_lazy("Recorded for %(name)s, %(channel)s")),
    "wait": (gettext_lazy("Going to %(name)s; now we wait"), gettext_lazy("Recorded for %(name)s; now we wait")),
    "settle": (gettext_lazy("Going to %(name)s; settled"), gettext_lazy("Recorded for %(name)s; settled")),
}


def sent(request: StaffRequest, case: Case, message: Message, *, way: str = "", then: str = "") -> HttpResponse:
    undo_url = ""
    if message.state == Message.State.QUEUED:
        undo_url = reverse("desk:undo", args=[case.number, message.pk])
    said = str(SENT[then][0 if undo_url else 1])
    words = {"name": case.customer, "channel": message.get_channel_display()}
    return parts(request, case.number, fresh=True, way=way, said=said % words, undo_url=undo_url, seconds=UNDO_SECONDS)


def again(request: StaffRequest, case: Case, form: AnswerForm, **found: Any) -> HttpResponse:
    """The composer with what was typed, and what stands in its way."""
    keep_typed(request, case)
    look = look_at(request.user, case.number)
    context = opened(look, request.user, Now.of(request), **typed(request), seen=form.had_seen) | found | {"form": form}
    response = render(request, "desk/case/composer.html", context, status=422)
    if request.POST.get("then") == "settle":  # asked from the dialog: what is wrong stands in the composer
        response["HX-Retarget"], response["HX-Reswap"] = "#composer", "outerHTML"
        response["HX-Trigger"] = '{"sapa:done": {}}'
    return response


def typed(request: StaffRequest) -> dict[str, Any]:
    """What stands in the composer now."""
    post = request.POST
    way = post.get("way", "") if post.get("way") in Way.values else ""
    return {
        "text": post.get("text", ""),
        "way": way,
        "road": post.get("road", ""),
        "by_road": post.get("chose") == "road",
    }


def keep_typed(request: StaffRequest, case: Case) -> None:
    """What is in the box is on the server too, whatever becomes of the answer.

    Not what has gone out: a draft on its way while the answer was sent. Looked at after it was kept, so that it is
    either gone with the answer's own draft, or seen here.
    """
    way = request.POST.get("way", "")
    if way in Way.values:
        road = request.POST.get("road", "")[:40]
        keep_draft(user=request.user, case=case, text=request.POST.get("text", ""), way=way, channel=road)
        if _has_gone(request, case):
            drop_draft(user=request.user, case=case)


def _has_gone(request: StaffRequest, case: Case) -> bool:
    """By the composer's key, and by its words or how they began: what was typed on after a lost answer is kept."""
    key, text = request.POST.get("key", ""), request.POST.get("text", "").strip()
    sent = Message.objects.filter(key=key, interaction__in_case__case=case).first() if key else None
    return sent is not None and sent.body.strip().startswith(text)


def parts(
    request: StaffRequest, number: int, *, fresh: bool = False, whole: bool = False, way: str = "", **toast: Any
) -> HttpResponse:
    """Header, conversation and toast after an act; `fresh` also empties the composer, and turns it to `way`; `whole`
    shows the customer anew."""
    given = {"way": way} if way else {}
    context = opened(look_at(request.user, number), request.user, Now.of(request), **given)
    return render(request, "desk/case/now.html", context | {"fresh": fresh, "whole": whole, "toast": toast})


@login_required
@require_POST
def draft(request: StaffRequest, number: int) -> HttpResponse:
    """Keep what is typed; the answer says when, what may be written this way, and what the SOP guard thinks of it."""
    case = own_case(request.user, number)
    require(request.user, "case.note", case)
    keep_typed(request, case)
    points = list(case.customer.contact_points.order_by("kind", "pk"))
    said = list(Interaction.objects.filter(in_case__case=case).defer("html").order_by("at", "pk"))
    context = composing(case, request.user, points, said, seen=0, **typed(request))
    return render(request, "desk/case/draft.html", context | {"case": case})
