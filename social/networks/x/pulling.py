"""What the webhook missed, asked for each minute since the last id, and taken in the same way: each thing once."""

import datetime as dt
import json
from collections.abc import Iterator

from django.utils import timezone

from crm.messaging import health
from crm.messaging.arrivals import keep_arrival
from crm.messaging.channels import Passing, SendError
from crm.messaging.models import Connection, Message
from crm.timeline.models import Interaction
from social.echoes import says_the_same
from social.models import Post
from social.networks.x import cursor
from social.networks.x.client import READING, Client, Json
from social.networks.x.intake import PULLED
from social.networks.x.loose import dict_in, dicts_in, list_in, text_in
from social.networks.x.reading import ids_in, plain
from social.networks.x.sending import NETWORK

SECONDS = 45.0  # less than beat's minute
PAGE = 100
# X hands out no more than its newest 800 mentions, so that these pages always reach the end.
PAGES = 10
# Direct messages may be read 15 times in 15 minutes: half of it, so that a second page is possible.
MESSAGES_EVERY = dt.timedelta(seconds=110)
# So long a doubtful post is looked for; after that a person decides.
DOUBTED = dt.timedelta(hours=1)
POST_FIELDS = {
    "tweet.fields": "author_id,conversation_id,created_at,in_reply_to_user_id,referenced_tweets,entities,attachments,"
    "note_tweet",
    "expansions": "author_id,in_reply_to_user_id,entities.mentions.username,referenced_tweets.id,"
    "referenced_tweets.id.author_id,attachments.media_keys",
    "user.fields": "name,username",
    "media.fields": "type,url,preview_image_url,variants",
}
MESSAGE_FIELDS = {
    "event_types": "MessageCreate",
    "dm_event.fields": "id,text,event_type,created_at,sender_id,participant_ids,attachments,entities",
    "expansions": "sender_id,participant_ids,attachments.media_keys",
    "user.fields": "name,username",
    "media.fields": "type,url,preview_image_url,variants",
}


def pull(connection: Connection) -> None:
    """One look at everything. What fails is noted at the connection; one kind does not hold up the other."""
    fault = _look_at_all(connection)
    if fault:
        health.note_fault(connection.pk, fault)
    else:
        health.note_ok(connection.pk)


def _look_at_all(connection: Connection) -> str:
    """The first thing that failed; empty when nothing did."""
    try:
        client = Client(connection, limited=READING, seconds=SECONDS)
    except SendError as error:
        return error.reason
    if not client.user_id:
        return "user id unknown"
    return next(filter(None, [_look(client, kind) for kind in LOOKS]), "")


def _look(client: Client, kind: str) -> str:
    """Why it failed; empty when it did not, or is not to be asked now."""
    if not cursor.is_due(client.connection, kind):
        return ""
    try:
        LOOKS[kind](client)
    except SendError as error:
        if isinstance(error, Passing) and error.retry_at:
            cursor.wait(client.connection, kind, error.retry_at)
        return error.reason
    return ""


def _mentions(client: Client) -> None:
    since = cursor.position(client.connection, "mentions")
    path = f"/2/users/{client.user_id}/mentions"
    if since is None:
        return _begin_now(client, "mentions", client.ask(path, {"max_results": 5}))
    newest = since
    for page in _pages(client, path, POST_FIELDS | ({"since_id": str(since)} if since else {})):
        posts = dicts_in(page.get("data"))
        _keep_posts(client.connection, posts, page, kind="post.mention.create")
        newest = max([newest, *map(_id, posts)])
    return cursor.move(client.connection, "mentions", newest)


def _messages(client: Client) -> None:
    """Of both directions: ours are the proof of what was sent."""
    since = cursor.position(client.connection, "messages")
    cursor.wait(client.connection, "messages", timezone.now() + MESSAGES_EVERY)
    if since is None:
        return _begin_now(client, "messages", client.ask("/2/dm_events", {"max_results": 5}))
    newest = since
    for page in _pages(client, "/2/dm_events", MESSAGE_FIELDS):
        events = dicts_in(page.get("data"))
        _keep_messages(client.connection, [one for one in events if _id(one) > since], page)
        newest = max([newest, *map(_id, events)])
        if any(_id(one) <= since for one in events):
            break
    return cursor.move(client.connection, "messages", newest)


def _doubts(client: Client) -> None:
    """Did X take what we are not sure of? Our newest posts say so."""
    here = Message.objects.tried().filter(channel=NETWORK, account__iexact=client.connection.account, is_public=True)
    open_ones = here.exclude(state=Message.State.SENDING).filter(created_at__gte=timezone.now() - DOUBTED)
    doubtful = list(open_ones.only("reply_to", "body"))
    if not doubtful:
        return
    page = client.ask(f"/2/users/{client.user_id}/tweets", {"max_results": PAGE, **POST_FIELDS})
    found = [one for one in dicts_in(page.get("data")) if any(_is_of(one, message) for message in doubtful)]
    _keep_posts(client.connection, found, page, kind="post.create")


LOOKS = {"mentions": _mentions, "messages": _messages, "doubts": _doubts}


def _is_of(post: Json, message: Message) -> bool:
    parents = {text_in(one.get("id")) for one in dicts_in(post.get("referenced_tweets"))}
    return message.reply_to in parents and says_the_same(message.body, plain(post))


def _begin_now(client: Client, kind: str, page: Json) -> None:
    """A new connection does not begin with the whole past."""
    return cursor.move(client.connection, kind, max([0, *map(_id, dicts_in(page.get("data")))]))


def _pages(client: Client, path: str, fields: dict[str, str]) -> Iterator[Json]:
    """Newest first. A failure on a later page moves no cursor: the next look sees all of them again."""
    token: dict[str, str] = {}
    for _number in range(PAGES):
        page = client.ask(path, {"max_results": PAGE, **fields, **token})
        yield page
        following = text_in(dict_in(page.get("meta")).get("next_token"))
        if not following:
            return
        token = {"pagination_token": following}


def _keep_posts(connection: Connection, posts: list[Json], page: Json, *, kind: str) -> None:
    ids = [text_in(post.get("id")) for post in posts]
    here = Post.objects.filter(account__network=NETWORK, account__handle__iexact=connection.account)
    known = set(here.filter(external_id__in=ids).values_list("external_id", flat=True))
    for post in reversed(posts):
        if text_in(post.get("id")) not in known:
            _keep(connection, f"post:{text_in(post.get('id'))}", kind, post, page)


def _keep_messages(connection: Connection, events: list[Json], page: Json) -> None:
    ids = [text_in(event.get("id")) for event in events]
    here = Interaction.objects.filter(channel=NETWORK, account__iexact=connection.account)
    known = set(here.filter(external_id__in=ids).values_list("external_id", flat=True))
    for event in reversed(events):
        if text_in(event.get("id")) not in known:
            _keep(connection, f"dm:{text_in(event.get('id'))}", PULLED, event, page)


def _keep(connection: Connection, external_id: str, kind: str, payload: Json, page: Json) -> None:
    """As the webhook would have brought it."""
    data = {"event_uuid": external_id, "event_type": kind, "payload": payload, "includes": _beside(payload, page)}
    body = json.dumps({"data": data}).encode()
    keep_arrival(channel=NETWORK, connection=connection, external_id=external_id, body=body, kind=kind)


def _beside(payload: Json, page: Json) -> Json:
    """Of what lies beside a whole page, what this one refers to."""
    includes = dict_in(page.get("includes"))
    refers = {text_in(one.get("id")) for one in dicts_in(payload.get("referenced_tweets"))}
    keys = {text_in(key) for key in list_in(dict_in(payload.get("attachments")).get("media_keys"))}
    people = ids_in({"payload": payload})
    return {
        "tweets": [one for one in dicts_in(includes.get("tweets")) if text_in(one.get("id")) in refers],
        "media": [one for one in dicts_in(includes.get("media")) if text_in(one.get("media_key")) in keys],
        "users": [one for one in dicts_in(includes.get("users")) if text_in(one.get("id")) in people],
    }


def _id(thing: Json) -> int:
    written = text_in(thing.get("id"))
    return int(written) if written.isdecimal() else 0
