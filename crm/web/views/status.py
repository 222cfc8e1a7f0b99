"""The status page behind a link, and what can be done on it. A link that opens nothing always gets the same answer."""

from collections.abc import Callable
from functools import wraps
from typing import Any

from django.http import HttpRequest, HttpResponse, HttpResponseBase, JsonResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone, translation
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_GET, require_POST, require_safe

from crm.cases.errors import CaseEnded, FirstReplyMissing, IllegalTransition
from crm.events.actions import record
from crm.timeline.models import Attachment
from crm.timeline.serving import serve
from crm.web import limits
from crm.web.actions import add_message, call_solved, call_unsolved
from crm.web.forms import MessageForm
from crm.web.limits import TooOften
from crm.web.links import opened_by
from crm.web.models import StatusLink
from crm.web.public import asked_language, minutes, page, public, too_often, waited
from crm.web.status import Status, shown, status_of
from crm.web.tokens import NotOurs, new_ticket, read_ticket


def behind_a_link(view: Callable[..., HttpResponseBase]) -> Callable[..., HttpResponseBase]:
    """Hands the link to the view, which speaks the language and the time of whoever filled in the form."""

    @public
    @wraps(view)
    def opened(request: HttpRequest, token: str, **kwargs: Any) -> HttpResponseBase:
        link = opened_by(token)
        if link is None:
            return nothing_here(request)
        try:
            limits.count("look", str(link.pk), limits.LOOKS_BY_LINK)
        except TooOften as error:
            return too_often(request, error)
        status = status_of(link)
        language = asked_language(request) or (status.filing.language if status.filing else translation.get_language())
        zone = status.filing.time_zone if status.filing else link.case.customer.time_zone
        with translation.override(language), timezone.override(zone):
            return view(request, status, **kwargs)

    return opened


def nothing_here(request: HttpRequest) -> HttpResponse:
    """Altered, made-up, renewed, revoked, expired: one page for all, and after many tries from one address, none."""
    try:
        limits.count("wrong-link", limits.address(request), limits.WRONG_LINKS_BY_ADDRESS)
    except TooOften as error:
        return too_often(request, error)
    return page(request, "no_link", 404)


@behind_a_link
@require_safe
def status(request: HttpRequest, status: Status) -> HttpResponse:
    record("case.link_seen", subject=status.case, customer_id=status.case.customer_id, link=status.link.pk)
    return _page(request, status, MessageForm())


def _page(request: HttpRequest, status: Status, form: MessageForm, code: int = 200, trouble: str = "") -> HttpResponse:
    """The same page again keeps its ticket: pressing twice must stay one press."""
    form.fields["text"].label = _("Your message")
    at = timezone.now()
    ticket = request.POST["ticket"] if _nonce(request, status) else new_ticket(_page_of(status.link), at)
    return page(
        request, "status", code, shown=status, form=form, trouble=trouble, ticket=ticket,
        version=status.version, said=SAID.get(request.GET.get("done", ""), ""),
    )  # fmt: skip


def _nonce(request: HttpRequest, status: Status) -> str:
    """The page's own id; empty where it is none of ours."""
    try:
        return read_ticket(request.POST.get("ticket", ""), _page_of(status.link), timezone.now()).nonce
    except NotOurs:
        return ""


def _page_of(link: StatusLink) -> str:
    return f"link-{link.pk}"


@behind_a_link
@require_POST
def message(request: HttpRequest, status: Status) -> HttpResponse:
    form = MessageForm(request.POST, request.FILES, left_out=request.left_out)  # type: ignore[attr-defined]
    nonce = _nonce(request, status)
    if not form.is_valid() or not nonce:
        return _page(request, status, form, 422, trouble="" if nonce else _("Look it through and send it once more."))
    try:
        _add(status, form, nonce)
    except CaseEnded:
        return _ended(request, status.link, form)
    except TooOften as error:
        said = _("That were many messages at once. Your text is still here: send it in %(n)d min.")
        return waited(_page(request, status, form, 429, trouble=said % {"n": minutes(error)}), error)
    return _back(request, status, "sent")


def _ended(request: HttpRequest, link: StatusLink, form: MessageForm) -> HttpResponse:
    """Closed meanwhile, which the page says; or merged, and the next press goes to where it was merged."""
    now = status_of(StatusLink.objects.select_related("case__customer", "case__merged_into").get(pk=link.pk))
    trouble = "" if now.is_closed else _("Look it through and send it once more.")
    return _page(request, now, form, 409, trouble=trouble)


def _add(status: Status, form: MessageForm, nonce: str) -> None:
    limits.count("message", str(status.link.pk), limits.MESSAGES_BY_LINK)
    data = form.cleaned_data
    add_message(link=status.link, text=data["text"].strip(), nonce=nonce, files=data["attachments"])


@behind_a_link
@require_POST
def solved(request: HttpRequest, status: Status) -> HttpResponse:
    """What has been done already, by them or by us, is no error to the customer."""
    act = call_unsolved if request.POST.get("answer") == "no" else call_solved
    try:
        act(link=status.link)
    except (IllegalTransition, FirstReplyMissing):
        return _back(request, status, "")
    return _back(request, status, "reopened" if act is call_unsolved else "solved")


# What the page says after each act, by the word in its address.
SAID = {
    "sent": gettext_lazy("Your message is with us."),
    "solved": gettext_lazy("Thank you. The case is settled."),
    "reopened": gettext_lazy("The case is open again. Tell us below what is still wrong."),
}


def _back(request: HttpRequest, status: Status, done: str) -> HttpResponse:
    lang = asked_language(request)
    query = {key: value for key, value in (("done", done), ("lang", lang)) if value}
    address = reverse("web:status", args=[status.link.token])
    response = redirect(f"{address}?{urlencode(query)}" if query else address)
    response.status_code = 303
    return response


@behind_a_link
@require_GET
def news(_request: HttpRequest, status: Status) -> HttpResponse:
    """Asked by the open page from time to time: has anything changed since it was made?"""
    return JsonResponse({"version": status.version})


@behind_a_link
@require_safe
def file(request: HttpRequest, status: Status, pk: int) -> HttpResponseBase:
    """A file of a message that the page shows."""
    here = Attachment.objects.servable().filter(interaction__in=shown(status.link, status.case))
    attachment = here.filter(pk=pk).first()
    return nothing_here(request) if attachment is None else serve(attachment)
