"""A direct message as X sends it, in two shapes: the event's (v1.1) and the pull's (v2). Pure."""

import datetime as dt
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from social.networks.x.loose import (
    Json,
    Unreadable,
    dict_in,
    dicts_in,
    list_in,
    moment,
    moment_of_milliseconds,
    text_in,
)
from social.networks.x.mediums import Medium, media, media_v1
from social.networks.x.reading import plain


@dataclass(frozen=True)
class Private:
    """One direct message between two."""

    external_id: str
    sender_id: str
    recipient_id: str
    text: str
    at: dt.datetime
    conversation: str
    media: list[Medium] = field(default_factory=list)


def private(envelope: Json) -> Iterator[Private]:
    """The messages of an event; those of groups are none of ours. Raises Unreadable."""
    payload = dict_in(envelope.get("payload"))
    if "direct_message_events" in payload:
        older = [one for one in dicts_in(payload.get("direct_message_events")) if one.get("type") == "message_create"]
        yield from (_private_v1(one) for one in older)
    elif payload.get("event_type") == "MessageCreate" and len(list_in(payload.get("participant_ids"))) == 2:
        yield _private_v2(payload, envelope)


def _private_v1(event: Json) -> Private:
    said = dict_in(event.get("message_create"))
    data = dict_in(said.get("message_data"))
    return _complete(
        external_id=text_in(event.get("id")),
        sender_id=text_in(said.get("sender_id")),
        recipient_id=text_in(dict_in(said.get("target")).get("recipient_id")),
        text=plain(data),
        at=moment_of_milliseconds(text_in(event.get("created_timestamp"))),
        media=media_v1(data),
    )


def _private_v2(event: Json, envelope: Json) -> Private:
    sender = text_in(event.get("sender_id"))
    others = [text_in(one) for one in list_in(event.get("participant_ids")) if text_in(one) != sender]
    return _complete(
        external_id=text_in(event.get("id")),
        sender_id=sender,
        recipient_id=others[0] if others else "",
        text=plain(event),
        at=moment(text_in(event.get("created_at"))),
        media=media(event, envelope),
    )


def _complete(*, external_id: str, sender_id: str, recipient_id: str, **rest: Any) -> Private:
    if not (external_id and sender_id.isdecimal() and recipient_id.isdecimal()):
        raise Unreadable("a message without its ends")
    conversation = "-".join(sorted((sender_id, recipient_id), key=int))
    return Private(external_id, sender_id, recipient_id, conversation=conversation, **rest)
