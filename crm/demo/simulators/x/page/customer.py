"""Being a customer: who one is, and what one sees."""

from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from crm.demo.simulators.x import here, media, people, posts
from crm.demo.simulators.x.page import behind, looking
from crm.demo.simulators.x.page.acting import REMEMBERED, acting_as, fragment, last_one
from crm.demo.simulators.x.page.saying import composing
from crm.demo.simulators.x.people import BadHandle, User

MOST_SHOWN = 60


@require_GET
def choose(request: HttpRequest) -> HttpResponse:
    """Who do you want to be?"""
    return _chooser(request)


def _chooser(request: HttpRequest, error: str = "", status: int = 200) -> HttpResponse:
    asked, everybody = request.GET.get("q", "").strip().lower(), people.customers(here.store())
    found = [one for one in everybody if asked in f"{one.username} {one.name}".lower()]
    context = {"us": here.us(), "found": found[:MOST_SHOWN], "more": max(0, len(found) - MOST_SHOWN), "q": asked,
               "error": error, "given": request.POST, "everybody": len(everybody)}  # fmt: skip
    return render(request, "demo/x/choose.html", context, status=status)


@require_POST
def invent(request: HttpRequest) -> HttpResponse:
    """Somebody new, or somebody there already by this handle."""
    try:
        user = people.ensure_user(here.store(), request.POST.get("username", ""), request.POST.get("name", "").strip())
    except BadHandle:
        said = _("A handle has 1 to 15 letters, figures or underscores.")
        return _chooser(request, said, status=422)
    if user.is_ours:
        return _chooser(request, _("This handle is the operator's own: be a customer."), status=422)
    return redirect("as", username=user.username)


@require_GET
def page(request: HttpRequest, username: str) -> HttpResponse:
    me = acting_as(username)
    parts = _seen(request, me) | composing(request) | behind.standing()
    response = fragment(request, "page", me, parts | {"lines": looking.lines(here.store(), me)})
    response.set_cookie(REMEMBERED, me.username, samesite="Lax", httponly=True)
    return response


def _seen(request: HttpRequest, me: User) -> dict[str, Any]:
    everyone = request.GET.get("show") == "all"
    found = looking.threads(here.store(), me, everyone=everyone)
    return {"everyone": everyone, "seen": looking.version(here.store()), "threads": found}


def _saw_all(request: HttpRequest) -> bool:
    """Asked every second: nothing is sent to who has seen everything."""
    return request.GET.get("seen") == looking.version(here.store())


@require_GET
def threads(request: HttpRequest, username: str) -> HttpResponse:
    if _saw_all(request):
        return HttpResponse(status=204)
    me = acting_as(username)
    return fragment(request, "_threads", me, _seen(request, me))


@require_GET
def private(request: HttpRequest, username: str) -> HttpResponse:
    if _saw_all(request):
        return HttpResponse(status=204)
    me = acting_as(username)
    seen = {"seen": looking.version(here.store()), "lines": looking.lines(here.store(), me)}
    return fragment(request, "_private", me, seen)


@require_POST
def set_door(request: HttpRequest, username: str) -> HttpResponse:
    """Whether accounts this customer never wrote to may write in private."""
    people.set_takes_messages(here.store(), acting_as(username), takes="takes" in request.POST)
    return fragment(request, "_door", acting_as(username))


@require_GET
def picture(request: HttpRequest, username: str, media_id: int) -> HttpResponse:
    """A picture of this customer's private messages."""
    me, found = acting_as(username), media.find(here.store(), media_id)
    mine = any(media_id in line.message.media for line in looking.lines(here.store(), me))
    if found is None or not mine:
        raise Http404
    return HttpResponse(media.content(here.store(), found), content_type=found.type)


@require_GET
def compose(request: HttpRequest) -> HttpResponse:
    """Where the operator's *write to us privately* leads: to the private part of whoever one was last."""
    return _as_last_one(request, "#private")


@require_GET
def status(request: HttpRequest, username: str, post_id: int) -> HttpResponse:
    """A post's own address on X."""
    if posts.find(here.store(), post_id) is None:
        raise Http404
    return _as_last_one(request, f"?show=all#post-{post_id}")


def _as_last_one(request: HttpRequest, where: str) -> HttpResponse:
    me = last_one(request)
    if me is None:
        return redirect("choose")
    response = redirect("as", username=me.username)
    response["Location"] += where
    return response
