"""An answer on its way to X: a reply in public, or a direct message."""

import re
from typing import NoReturn

from django.utils import timezone

from crm.messaging import channels
from crm.messaging.channels import Passing, Permanent, Sent, Uncertain
from crm.messaging.models import Connection, Message
from crm.timeline.models import Attachment
from social.models import Profile
from social.networks.x.client import MESSAGES, POSTS, Client, Json, heed_pause, text_at
from social.networks.x.uploads import upload_all
from social.profiles import FORMER, keep_profile

NETWORK = "x"
HANDLE = re.compile(r"\w{1,20}", re.ASCII)


def send(message: Message) -> Sent:
    """Raises SendError."""
    connection = channels.connection_of(message)
    if connection is None:
        raise Passing("no connection")
    limited = POSTS if message.is_public else MESSAGES
    heed_pause(connection, limited)
    client = Client(connection, limited=limited)
    try:
        return reply(client, message) if message.is_public else _write_to(client, message)
    except Permanent as refusal:
        _doubt_a_double(message, refusal)


def _doubt_a_double(message: Message, refusal: Permanent) -> NoReturn:
    """X refuses the same post again: perhaps an earlier try of ours got through after all."""
    if refusal.reason.startswith("duplicate") and message.attempts > 1:
        raise Uncertain(refusal.reason) from refusal
    raise refusal


def reply(client: Client, message: Message) -> Sent:
    if not message.reply_to:
        raise Permanent("nothing to reply to")
    body: Json = {"text": message.body, "reply": {"in_reply_to_tweet_id": message.reply_to}}
    if media := upload_all(client, _files(message), is_public=True):
        body["media"] = {"media_ids": media}
    return Sent(text_at(client.publish("/2/tweets", body), "data", "id"))


def _write_to(client: Client, message: Message) -> Sent:
    person = person_id(client, message.recipient)
    media = upload_all(client, _files(message), is_public=False)
    return write(client, person, message.body, media)


def write(client: Client, person: str, text: str, media: list[str] | None = None) -> Sent:
    """A direct message."""
    body: Json = {"text": text}
    if media:
        body["attachments"] = [{"media_id": one} for one in media]
    answer = client.publish(f"/2/dm_conversations/with/{person}/messages", body)
    return Sent(text_at(answer, "data", "dm_event_id"))


def _files(message: Message) -> list[Attachment]:
    return list(message.interaction.attachments.servable()) if message.interaction else []


def person_id(client: Client, recipient: str) -> str:
    """The network's id behind a handle: as we know it, else as X says. Raises Permanent when nobody has it."""
    name = recipient.strip().lstrip("@").lower()
    if name.startswith(FORMER) and name.removeprefix(FORMER).isdecimal():
        return name.removeprefix(FORMER)
    known = Profile.objects.filter(network=NETWORK, handle=name).order_by("-seen_at").first()
    return known.external_id if known else _ask_for(client, name)


def _ask_for(client: Client, name: str) -> str:
    if not HANDLE.fullmatch(name):
        raise Permanent("no such handle")
    try:
        found = client.ask(f"/2/users/by/username/{name}").get("data")
    except Permanent as error:
        raise Permanent("no such handle" if error.reason == "refused (404)" else error.reason) from error
    if not isinstance(found, dict) or not str(found.get("id", "")).isdecimal():
        raise Permanent("no such handle")
    said = {"display": str(found.get("username") or name), "name": str(found.get("name") or "")}
    return keep_profile(network=NETWORK, external_id=str(found["id"]), seen_at=timezone.now(), **said).external_id


def try_out(connection: Connection, *, recipient: str, text: str) -> Sent:
    """A direct message to somebody of ours, past the outbox."""
    client = Client(connection, limited=MESSAGES)
    return write(client, person_id(client, recipient), text)
