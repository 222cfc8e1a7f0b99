"""A post as X sends it (v2, from the webhook and from the pull alike), and whom X tells us of. Pure."""

import html
from dataclasses import dataclass, field
from typing import NamedTuple

from social.columns import Row
from social.networks.x.loose import Json, Unreadable, dict_in, dicts_in, list_in, moment, text_in
from social.networks.x.mediums import Medium, media


class Person(NamedTuple):
    external_id: str
    handle: str
    name: str


@dataclass(frozen=True)
class Heard:
    """One post, and what hangs on it."""

    row: Row
    media: list[Medium] = field(default_factory=list)
    is_repost: bool = False


def people(envelope: Json) -> list[Person]:
    """Everybody of whom X says id and handle: beside a post, beside a message (v1.1), among the mentions."""
    payload = dict_in(envelope.get("payload"))
    told = [
        *dicts_in(dict_in(envelope.get("includes")).get("users")),
        *(one for one in dict_in(payload.get("users")).values() if isinstance(one, dict)),
        *dicts_in(dict_in(payload.get("entities")).get("mentions")),
    ]
    found: dict[str, Person] = {}
    for one in told:
        person = Person(text_in(one.get("id")), _handle(one), text_in(one.get("name")))
        if person.external_id.isdecimal() and person.handle:
            found.setdefault(person.external_id, person)
    return list(found.values())


def ids_in(envelope: Json) -> set[str]:
    """Of everybody on whose handle it depends where a post or message belongs."""
    payload = dict_in(envelope.get("payload"))
    ids = {text_in(payload.get(name)) for name in ("author_id", "in_reply_to_user_id", "sender_id")}
    ids |= {text_in(one) for one in list_in(payload.get("participant_ids"))}
    for event in dicts_in(payload.get("direct_message_events")):
        said = dict_in(event.get("message_create"))
        ids |= {text_in(said.get("sender_id")), text_in(dict_in(said.get("target")).get("recipient_id"))}
    return ids | {person.external_id for person in people(envelope)}


def _handle(user: Json) -> str:
    return text_in(user.get("username") or user.get("screen_name")).lstrip("@")


def post(envelope: Json, *, us: str, handle_of: dict[str, str]) -> Heard:
    """`us` is our user id; `handle_of` the handles behind ids. Raises Unreadable."""
    payload = dict_in(envelope.get("payload"))
    author_id, external_id = text_in(payload.get("author_id")), text_in(payload.get("id"))
    if not (author_id and external_id and author_id in handle_of):
        raise Unreadable("a post without its author")
    refers = {text_in(one.get("type")): text_in(one.get("id")) for one in dicts_in(payload.get("referenced_tweets"))}
    answered = text_in(payload.get("in_reply_to_user_id"))
    summons = _mentions(payload, us) or _quotes(envelope, refers.get("quoted", ""), us)
    row = Row(
        external_id=external_id,
        conversation=text_in(payload.get("conversation_id")) or external_id,
        at=moment(text_in(payload.get("created_at"))),
        author=handle_of[author_id],
        text=plain(payload),
        reply_to=handle_of.get(answered, "") if answered != author_id else "",
        is_brand=author_id == us,
        parent=refers.get("replied_to", ""),
        addressed=author_id != us and (summons or answered == us),
        summons=author_id != us and summons,
    )
    return Heard(row, media(payload, envelope), "retweeted" in refers)


def _mentions(payload: Json, us: str) -> bool:
    return any(text_in(one.get("id")) == us for one in dicts_in(dict_in(payload.get("entities")).get("mentions")))


def _quotes(envelope: Json, quoted: str, us: str) -> bool:
    """Is what it quotes ours? X says so by the quoted post beside it, or by the kind of the event."""
    beside = dicts_in(dict_in(envelope.get("includes")).get("tweets"))
    authors = {text_in(one.get("id")): text_in(one.get("author_id")) for one in beside}
    told = envelope.get("event_type") == "post.quote.create"
    return bool(quoted) and authors.get(quoted, us if told else "") == us


def plain(payload: Json) -> str:
    """The text as its author wrote it: whole, links in full, letters instead of HTML entities."""
    note = dict_in(payload.get("note_tweet")) or dict_in(payload.get("note_post"))
    text = text_in(note.get("text")) or text_in(payload.get("text"))
    urls = dicts_in(dict_in((note or payload).get("entities")).get("urls"))
    for one in urls:
        short, full = text_in(one.get("url")), text_in(one.get("expanded_url"))
        if short and full and one.get("media_key") is None:
            text = text.replace(short, full)
    return html.unescape(text)
