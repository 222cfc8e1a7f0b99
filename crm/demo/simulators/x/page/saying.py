"""What a customer says, in public and to the operator alone. A refusal keeps what was typed."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from crm.demo.simulators.x import events, here, media, messages, people, posts
from crm.demo.simulators.x.page import looking
from crm.demo.simulators.x.page.acting import acting_as, fragment
from crm.demo.simulators.x.page.looking import Shown
from crm.demo.simulators.x.people import User
from crm.demo.simulators.x.refusals import Refused


@require_GET
def composer(request: HttpRequest, username: str) -> HttpResponse:
    """The form, turned to a post to answer or quote."""
    return fragment(request, "_composer", acting_as(username), {"focus": True} | composing(request))


def composing(request: HttpRequest) -> dict[str, Shown | None]:
    """The posts that are answered and quoted."""
    return {name: _post(request, name) for name in ("reply_to", "quotes")}


def _post(request: HttpRequest, name: str) -> Shown | None:
    given = request.POST.get(name) or request.GET.get(name) or ""
    post = posts.find(here.store(), int(given)) if given.isdecimal() else None
    return looking.show(here.store(), post, quote=False) if post else None


@require_POST
def say(request: HttpRequest, username: str) -> HttpResponse:
    me, about = acting_as(username), composing(request)
    try:
        _publish(request, me, about)
    except Refused as refused:
        kept = {"text": request.POST.get("text", ""), "unaddressed": "to_us" not in request.POST}
        return fragment(request, "_composer", me, kept | about | _refusal(refused), status=422)
    return _said(fragment(request, "_composer", me, {"focus": True}))


def _publish(request: HttpRequest, me: User, about: dict[str, Shown | None]) -> None:
    reply_to, quotes = (shown.post.id if shown else None for shown in (about["reply_to"], about["quotes"]))
    with here.store().transaction():
        post = posts.publish(
            here.store(),
            author=me,
            text=_addressed(request),
            reply_to=reply_to,
            quotes=quotes,
            pictures=_picture(request, me, "tweet_image"),
            address=True,
        )
        events.post_written(here.store(), post)


def _addressed(request: HttpRequest) -> str:
    """Begun with the operator's handle where that was asked for and is not there yet."""
    text, us = request.POST.get("text", ""), here.us()
    there = any(user.id == us.id for _start, _end, user in people.mentioned(here.store(), text))
    return f"@{us.username} {text}" if "to_us" in request.POST and text.strip() and not there else text


@require_POST
def whisper(request: HttpRequest, username: str) -> HttpResponse:
    me, text = acting_as(username), request.POST.get("text", "")
    try:
        with here.store().transaction():
            pictures = _picture(request, me, "dm_image")
            message = messages.send(here.store(), sender=me, recipient=here.us(), text=text, pictures=pictures)
            events.message_sent(here.store(), message)
    except Refused as refused:
        return fragment(request, "_whisper", me, {"text": text} | _refusal(refused), status=422)
    return _said(fragment(request, "_whisper", me, {"focus": True}))


def _refusal(refused: Refused) -> dict[str, Any]:
    return {"error": why(refused), "focus": True}


def _said(response: HttpResponse) -> HttpResponse:
    """The lists look again at once."""
    response["HX-Trigger"] = "x:said"
    return response


def _picture(request: HttpRequest, me: User, category: str) -> list[int]:
    file = request.FILES.get("picture")
    if file is None:
        return []
    return [media.upload(here.store(), owner=me, data=file.read(), category=category).id]


def why(refused: Refused) -> str:
    """X's refusal in the reader's words."""
    said = {
        "empty": _("Write something or add a picture."),
        "too long": _("Longer than X allows: 280 units in public, where most emoji count as two."),
        "duplicate": _("X refuses the same words twice from the same person. Say it differently."),
        "no picture": _("That file is no picture X takes: JPEG, PNG, GIF or WebP up to 5 MB."),
        "gone": _("The post you answer is no longer there."),
    }
    return said.get(refused.reason, str(refused))
