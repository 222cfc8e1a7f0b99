"""The form, on a page of its own and in a frame, and what stands there when it was sent."""

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods, require_safe

from crm.cases.policies import rules_in_force
from crm.cases.words import Kind
from crm.timeline.models import Channel
from crm.web import limits
from crm.web.actions import file_form
from crm.web.forms import HelpForm
from crm.web.letters import road_of
from crm.web.limits import TooOften
from crm.web.links import link_to
from crm.web.models import Filing
from crm.web.promises import promises_of
from crm.web.public import EMBED, asked_language, framed, minutes, page, public, waited
from crm.web.receipts import read_receipt, receipt_of
from crm.web.tokens import NotOurs, Ticket, new_ticket, read_ticket
from crm.web.words import in_full


@public
@require_http_methods(["GET", "HEAD", "POST"])
def help_form(request: HttpRequest, where: str) -> HttpResponse:
    if request.method != "POST":
        return _form(request, where, HelpForm())
    form = HelpForm(request.POST, request.FILES, left_out=request.left_out)  # type: ignore[attr-defined]
    ticket = _ticket(request, where)
    trouble = _trouble(ticket)
    if not form.is_valid() or trouble or ticket is None:
        return _form(request, where, form, 422, trouble=trouble)
    try:
        _count(request, form)
    except TooOften as error:
        return waited(_form(request, where, form, 429, trouble=_too_often(error)), error)
    told = form.told()
    filing = file_form(nonce=ticket.nonce, page=where, told=told, files=form.cleaned_data["attachments"])
    return _received(request, filing, where)


def _ticket(request: HttpRequest, where: str) -> Ticket | None:
    try:
        return read_ticket(request.POST.get("ticket", ""), where, timezone.now())
    except NotOurs:
        return None


def _trouble(ticket: Ticket | None) -> str:
    """Why this page cannot be taken as it is. A person presses once more; few robots read that."""
    if ticket is None or ticket.is_stale:
        return _("This page had been open for very long. Nothing is lost: look it through and send it once more.")
    if ticket.is_hasty:
        return _("That was very quick. Look it through and send it once more.")
    return ""


def _count(request: HttpRequest, form: HelpForm) -> None:
    """Raises TooOften."""
    limits.count("form", limits.address(request), limits.FORMS_BY_ADDRESS)
    for name in ("msisdn", "email"):
        if form.cleaned_data[name]:
            limits.count(f"form-{name}", form.cleaned_data[name], limits.FORMS_BY_CONTACT)


def _too_often(error: TooOften) -> str:
    return ngettext(
        "We have had several messages from you. What you typed is still here: send it again in %(n)d minute.",
        "We have had several messages from you. What you typed is still here: send it again in %(n)d minutes.",
        minutes(error),
    ) % {"n": minutes(error)}


def _form(request: HttpRequest, where: str, form: HelpForm, status: int = 200, trouble: str = "") -> HttpResponse:
    """A fresh ticket only where the old one is of no use: pressing twice must stay one press."""
    fresh = form.is_bound and not trouble
    ticket = request.POST["ticket"] if fresh else new_ticket(where, timezone.now())
    promise = rules_in_force().promise(channel=Channel.WEB, category_ids=(), kind=Kind.COMPLAINT, tier="")
    shown = page(
        request, "form", status, form=form, ticket=ticket, trouble=trouble, embed=where == EMBED,
        answered_within=in_full(promise.response),
        settled_within=in_full(promise.resolution) if promise.resolution else "",
    )  # fmt: skip
    return framed(shown, where)


def _received(request: HttpRequest, filing: Filing, where: str) -> HttpResponse:
    """Elsewhere, so that a reload sends nothing again."""
    name = "web:embed_received" if where == EMBED else "web:received"
    lang = asked_language(request)
    query = f"?{urlencode({'lang': lang})}" if lang else ""
    response = redirect(reverse(name, args=[receipt_of(filing)]) + query)
    response.status_code = 303
    return framed(response, where)


@public
@require_safe
def received(request: HttpRequest, where: str, receipt: str) -> HttpResponse:
    """Number, promise and link; of one that joined an earlier case, the number alone."""
    filing = read_receipt(receipt)
    if filing is None:
        raise Http404
    link = None if filing.twin_id else link_to(filing.case_id)
    with timezone.override(filing.time_zone):
        promises = promises_of(filing.case) if link else []
        again = filing.twin is not None and road_of(filing.twin) is not None
        shown = page(
            request, "received", filing=filing, link=link, promises=promises, again=again, embed=where == EMBED
        )
    return framed(shown, where)
