"""/2/tweets and a user's mentions."""

import base64
import binascii
from typing import Any

from django.http import HttpResponse, JsonResponse

from crm.demo.simulators.x import events, posts, shapes
from crm.demo.simulators.x.posts import Post
from crm.demo.simulators.x.refusals import Refused, invalid, unknown
from crm.demo.simulators.x.rest.asking import Asked
from crm.demo.simulators.x.rest.endpoint import Call, endpoint

NEWEST = 1 << 62


@endpoint("POST /2/tweets")
def create(call: Call) -> HttpResponse:
    given, user = call.json, call.user
    with call.store.transaction():
        post = posts.publish(
            call.store,
            author=user,
            text=_text(given.get("text", "")),
            reply_to=number_in(given, "reply", "in_reply_to_tweet_id"),
            quotes=_number(given.get("quote_tweet_id"), "quote_tweet_id"),
            pictures=[_needed(one, "media_ids") for one in (given.get("media") or {}).get("media_ids", [])],
            by_app=True,
        )
        events.post_written(call.store, post)
    return JsonResponse({"data": shapes.post(call.store, post, frozenset())}, status=201)


def number_in(given: dict[str, Any], outer: str, inner: str) -> int | None:
    if outer not in given:
        return None
    return _needed((given[outer] or {}).get(inner), f"{outer}.{inner}")


def _text(given: Any) -> str:
    if not isinstance(given, str):
        raise invalid("text", given, "text is not a string")
    return given


def _number(given: Any, name: str) -> int | None:
    return None if given is None else _needed(given, name)


def _needed(given: Any, name: str) -> int:
    """X's ids are figures in a string."""
    if not isinstance(given, str) or not given.isdecimal():
        raise invalid(name, given, f"{name} is not an id")
    return int(given)


@endpoint("GET /2/tweets/:id")
def look_up(call: Call, post_id: int) -> HttpResponse:
    post = posts.find(call.store, post_id)
    if post is None:
        return JsonResponse({"errors": [unknown("tweet", "id", str(post_id))]})
    asked = Asked.by(call)
    answer = {"data": shapes.post(call.store, post, asked.fields), "includes": asked.includes(call.store, [post])}
    return JsonResponse({key: value for key, value in answer.items() if value})


@endpoint("DELETE /2/tweets/:id")
def delete(call: Call, post_id: int) -> HttpResponse:
    post = posts.find(call.store, post_id)
    if post and post.author_id != call.user.id:
        raise Refused(403, "You are not permitted to delete this Tweet.")
    posts.remove(call.store, post_id)
    return JsonResponse({"data": {"deleted": True}})


@endpoint("GET /2/users/:id/mentions")
def mentions(call: Call, user_id: str) -> HttpResponse:
    most = call.number("max_results", 10, 5, 100)
    since = call.number("since_id", 0, 0, NEWEST)
    before = min(call.number("until_id", NEWEST, 0, NEWEST), before_token(call))
    found = posts.mentioning(call.store, user_id, since=since, before=before, most=most + 1)
    return JsonResponse(_page(call, found[:most], more=len(found) > most))


@endpoint("GET /2/users/:id/tweets")
def written(call: Call, user_id: str) -> HttpResponse:
    """What a user posted, newest first."""
    most, before = call.number("max_results", 10, 5, 100), before_token(call)
    found = posts.written_by(call.store, user_id, before=before, most=most + 1)
    return JsonResponse(_page(call, found[:most], more=len(found) > most))


def _page(call: Call, found: list[Post], *, more: bool) -> dict[str, Any]:
    asked, meta = Asked.by(call), page_meta([one.id for one in found], more=more)
    if not found:
        return {"meta": meta}
    includes = asked.includes(call.store, found)
    data = [shapes.post(call.store, one, asked.fields) for one in found]
    return {"data": data, **({"includes": includes} if includes else {}), "meta": meta}


def page_meta(ids: list[int], *, more: bool) -> dict[str, Any]:
    """Of a page, newest first."""
    meta: dict[str, Any] = {"result_count": len(ids)}
    if ids:
        meta |= {"newest_id": str(ids[0]), "oldest_id": str(ids[-1])}
    return meta | ({"next_token": _token(ids[-1])} if more else {})


def _token(last: int) -> str:
    """Means something to us alone, as X's do to X."""
    return base64.b32hexencode(str(last).encode()).decode().rstrip("=").lower()


def before_token(call: Call) -> int:
    """Pages go on below the id that the token hides. Raises Refused for a token that is none of ours."""
    given = call.request.GET.get("pagination_token") or call.request.GET.get("next_token")
    if not given:
        return NEWEST
    try:
        return int(base64.b32hexdecode(given.upper() + "=" * (-len(given) % 8)))
    except (binascii.Error, ValueError):
        raise invalid("pagination_token", given, "The pagination token is invalid") from None
