"""Answering from the desk: sending, taking back, keeping a draft, and the case's parts as they are now."""

from typing import Any

from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from crm.cases.actions import undo_answer
from crm.cases.errors import CaseError, PersonalDataInPublic, StaleVersion
from crm.cases.models import Case
from crm.desk import guard
from crm.desk.composer import roads
from crm.desk.conversation import Line, conversation
from crm.desk.drafts import bring_back, draft_of, drop_draft, keep_draft
from crm.desk.forms.answer import AnswerForm
from crm.desk.looking import look_at, own_case
from crm.desk.models import Way
from crm.desk.opened import opened
from crm.desk.tense import Now
from crm.messaging.actions import UNDO_SECONDS
from crm.messaging.errors import MessagingError
from crm.messaging.models import Message
from crm.staff.access import require
from crm.staff.guard import StaffRequest


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
        return _again(request, case, form)
    if form.is_note:
        return _note(request, case, form)
    theirs = _answered_meanwhile(case, form, request)
    if theirs is not None:
        return _again(request, case, form, theirs=theirs)
    return _send(request, case, form)


def _note(request: StaffRequest, case: Case, form: AnswerForm) -> HttpResponse:
    form.write_note()
    drop_draft(user=request.user, case=case)
    return parts(request, case.number, fresh=True)


def _answered_meanwhile(case: Case, form: AnswerForm, request: StaffRequest) -> Line | None:
    """A colleague's answer that the writer had not before them. Shown once; sending again is their decision."""
    if form.cleaned_data["anyway"]:
        return None
    seen = form.cleaned_data["seen"] or 0
    newer = [line for line in reversed(conversation(case)) if line.is_answer and line.what.pk > seen]
    return next((line for line in newer if line.author_id != request.user.pk), None)


def _send(request: StaffRequest, case: Case, form: AnswerForm) -> HttpResponse:
    reason = form.cleaned_data["override_reason"].strip()
    if reason:
        require(request.user, "case.override_privacy", case)
    try:
        message = form.send(override_reason=reason)
    except PersonalDataInPublic:
        text = form.cleaned_data["text"]
        return _again(request, case, form, marked=guard.marked(text), masked_text=guard.hidden(text))
    except StaleVersion:
        return _again(request, own_case(request.user, case.number), form, stale=True)
    except (CaseError, MessagingError) as error:
        form.add_error(None, str(error))
        return _again(request, case, form)
    drop_draft(user=request.user, case=case)
    return _sent(request, case, message)


def _sent(request: StaffRequest, case: Case, message: Message) -> HttpResponse:
    undo_url = ""
    if message.state == Message.State.QUEUED:
        undo_url = reverse("desk:undo", args=[case.number, message.pk])
    said = _("Going to %(name)s, %(channel)s") if undo_url else _("Recorded for %(name)s, %(channel)s")
    words = {"name": case.customer, "channel": message.get_channel_display()}
    return parts(request, case.number, fresh=True, said=said % words, undo_url=undo_url, seconds=UNDO_SECONDS)


def _again(request: StaffRequest, case: Case, form: AnswerForm, **found: Any) -> HttpResponse:
    """The composer with what was typed, and what stands in its way."""
    keep_typed(request, case)
    context = opened(look_at(request.user, case.number), request.user, Now.of(request)) | found | {"form": form}
    context["guard"] = guard.look(request.POST.get("text", ""), request.POST.get("way", ""), case.customer)
    return render(request, "desk/case/composer.html", context, status=422)


def keep_typed(request: StaffRequest, case: Case) -> None:
    """What is in the box is on the server too, whatever becomes of the answer."""
    way = request.POST.get("way", "")
    if way in Way.values:
        road = request.POST.get("road", "")[:40]
        keep_draft(user=request.user, case=case, text=request.POST.get("text", ""), way=way, channel=road)


def parts(request: StaffRequest, number: int, *, fresh: bool = False, **toast: Any) -> HttpResponse:
    """Header, conversation and toast after an act; `fresh` also empties the composer."""
    context = opened(look_at(request.user, number), request.user, Now.of(request))
    return render(request, "desk/case/now.html", context | {"fresh": fresh, "toast": toast})


@login_required
@require_POST
def draft(request: StaffRequest, number: int) -> HttpResponse:
    """Keep what is typed; the answer says when, and what the SOP guard thinks of it."""
    case = own_case(request.user, number)
    require(request.user, "case.note", case)
    keep_typed(request, case)
    text, way = request.POST.get("text", ""), request.POST.get("way", "")
    context = {"draft": draft_of(request.user, case), "guard": guard.look(text, way, case.customer)}
    return render(request, "desk/case/draft.html", context)


@login_required
@require_POST
def undo(request: StaffRequest, number: int, message: int) -> HttpResponse:
    """Take an answer back within the undo seconds; its text is a draft again."""
    case = own_case(request.user, number)
    require(request.user, "case.answer", case)
    sent = get_object_or_404(Message, pk=message, author=request.user, interaction__in_case__case=case)
    try:
        undo_answer(message=sent, by=request.user)
    except (CaseError, MessagingError) as error:
        return parts(request, number, said=str(error), icon="alert-octagon")
    way = Way.PUBLIC if sent.is_public else Way.PRIVATE
    bring_back(user=request.user, case=case, text=sent.body, way=way)
    if not request.htmx:  # type: ignore[attr-defined]
        return redirect("desk:case", number)
    return parts(
        request, number, fresh=True, said=_("Taken back. Your text is in the box again."), icon="arrow-back-up"
    )
