"""/2/dm_conversations and /2/dm_events."""

from typing import Any

from django.http import HttpResponse, JsonResponse

from crm.demo.simulators.x import events, here, media, messages, people, shapes
from crm.demo.simulators.x.messages import Message
from crm.demo.simulators.x.refusals import Refused, invalid, unknown
from crm.demo.simulators.x.rest.asking import Asked
from crm.demo.simulators.x.rest.endpoint import Call, endpoint
from crm.demo.simulators.x.rest.tweets import before_token, page_meta


@endpoint("POST /2/dm_conversations/with/:participant_id/messages")
def send(call: Call, user_id: str) -> HttpResponse:
    user, given, recipient = call.user, call.json, people.by_id(call.store, user_id)
    if recipient is None or recipient.id == user.id:
        raise Refused(403, messages.CLOSED)
    with call.store.transaction():
        text, pictures = given.get("text") or "", _attachments(given.get("attachments"))
        message = messages.send(call.store, sender=user, recipient=recipient, text=text, pictures=pictures)
        events.message_sent(call.store, message)
    made = {"dm_conversation_id": message.conversation_id, "dm_event_id": str(message.id)}
    return JsonResponse({"data": made}, status=201)


def _attachments(given: Any) -> list[int]:
    found = given or []
    if not isinstance(found, list) or not all(isinstance(one, dict) for one in found):
        raise invalid("attachments", given, "attachments is not a list of objects")
    ids = [str(one.get("media_id", "")) for one in found]
    if wrong := [one for one in ids if not one.isdecimal()]:
        raise invalid("attachments.media_id", wrong[0], "media_id is not an id")
    return [int(one) for one in ids]


@endpoint("GET /2/dm_events")
def recent(call: Call) -> HttpResponse:
    return _page(call, "")


@endpoint("GET /2/dm_conversations/with/:participant_id/dm_events")
def recent_with(call: Call, user_id: str) -> HttpResponse:
    return _page(call, user_id)


def _page(call: Call, other: str) -> HttpResponse:
    most = call.number("max_results", 100, 1, 100)
    found = messages.of_user(call.store, call.user.id, before=before_token(call), most=most + 1, other=other)
    asked, page = Asked.by(call, "dm_event.fields"), found[:most]
    meta = page_meta([one.id for one in page], more=len(found) > most)
    meta = {name: meta[name] for name in ("result_count", "next_token") if name in meta}
    if not page:
        return JsonResponse({"meta": meta})
    data = [shapes.message(call.store, one, asked.fields) for one in page]
    includes = _includes(call, asked, page)
    return JsonResponse({"data": data, **({"includes": includes} if includes else {}), "meta": meta})


def _includes(call: Call, asked: Asked, page: list[Message]) -> dict[str, Any]:
    wanted = asked.expansions & {"sender_id", "participant_ids"}
    ids = {one for message in page for one in (message.sender_id, message.recipient_id)} if wanted else set()
    users = [shapes.user(one, asked.user_fields) for one in people.by_ids(call.store, ids).values()]
    pictures = [one for message in page for one in _pictures(call, asked, message)]
    return {kind: some for kind, some in (("users", users), ("media", pictures)) if some}


def _pictures(call: Call, asked: Asked, message: Message) -> list[shapes.Json]:
    found = [one for media_id in message.media if (one := media.find(call.store, media_id))]
    shown = asked.media(call.store, [one.id for one in found])
    addresses = [shapes.private_address(here.PLACE.url, message, one) for one in found]
    return [one | ({"url": url} if "url" in one else {}) for one, url in zip(shown, addresses, strict=False)]


@endpoint("GET /2/dm_events/:id")
def one(call: Call, message_id: int) -> HttpResponse:
    message = messages.find(call.store, message_id)
    if message is None or call.user.id not in (message.sender_id, message.recipient_id):
        return JsonResponse({"errors": [unknown("dm_event", "id", str(message_id))]})
    asked = Asked.by(call, "dm_event.fields")
    return JsonResponse({"data": shapes.message(call.store, message, asked.fields)})


@endpoint("GET /2/dm_conversations/media/:dm_id/:media_id/:resource_id")
def picture(call: Call, message_id: int, media_id: int, name: str) -> HttpResponse:
    """The bytes of a picture in a direct message: for those who are in it alone."""
    message, found = messages.find(call.store, message_id), media.find(call.store, media_id)
    mine = message is not None and call.user.id in (message.sender_id, message.recipient_id)
    if not mine or found is None or message is None or media_id not in message.media:
        raise Refused(404, "Not Found", kind="resource-not-found")
    return HttpResponse(media.content(call.store, found), content_type=found.type)
