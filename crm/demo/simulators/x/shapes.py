"""Objects as X v2 writes them: the few fields it always gives, the others when asked for."""

import datetime as dt
from typing import Any

from crm.demo.simulators.x import media as media_store
from crm.demo.simulators.x import people, posts
from crm.demo.simulators.x.media import Media
from crm.demo.simulators.x.messages import Message
from crm.demo.simulators.x.people import User
from crm.demo.simulators.x.posts import Post
from crm.demo.simulators.x.store import Store

Json = dict[str, Any]
ALL_POST_FIELDS = frozenset(
    {"author_id", "conversation_id", "created_at", "entities", "in_reply_to_user_id", "referenced_tweets"}
    | {"attachments", "display_text_range", "lang", "reply_settings", "public_metrics"}
)
ALL_USER_FIELDS = frozenset(
    ("created_at", "description", "verified", "protected", "public_metrics", "receives_your_dm", "url")
)
ALL_MESSAGE_FIELDS = frozenset(("sender_id", "dm_conversation_id", "created_at", "attachments", "participant_ids"))
ALL_MEDIA_FIELDS = frozenset(("url",))
COUNTED = ("followers_count", "following_count", "tweet_count", "post_count", "listed_count")
# The newer spelling of these fields, which the vendor's own client asks for.
RENAMED = {"referenced_posts": "referenced_tweets", "edit_history_post_ids": "edit_history_tweet_ids"}


def instant(ms: int) -> str:
    return dt.datetime.fromtimestamp(ms / 1000, dt.UTC).strftime("%Y-%m-%dT%H:%M:%S.") + f"{ms % 1000:03d}Z"


def post(store: Store, one: Post, fields: frozenset[str] = ALL_POST_FIELDS) -> Json:
    always = {"id": str(one.id), "text": one.text, "edit_history_tweet_ids": [str(one.id)]}
    return always | _chosen(_post_facts(store, one), fields)


def _post_facts(store: Store, one: Post) -> Json:
    parent = posts.find(store, one.reply_to)
    pictures = _found(store, one.media)
    return {
        "author_id": one.author_id,
        "conversation_id": str(one.conversation_id),
        "created_at": instant(one.created_at),
        "entities": _entities(store, one.text),
        "in_reply_to_user_id": parent and parent.author_id,
        "referenced_tweets": _references(one),
        "attachments": {"media_keys": [media.key for media in pictures]} if pictures else None,
        "display_text_range": [one.shown_from, len(one.text)],
        "lang": "in",
        "reply_settings": "everyone",
        "public_metrics": _metrics(store, one),
    }


def _entities(store: Store, text: str) -> Json | None:
    found = people.mentioned(store, text)
    mentions = [{"start": start, "end": end, "username": user.username, "id": user.id} for start, end, user in found]
    return {"mentions": mentions} if mentions else None


def _references(one: Post) -> list[Json] | None:
    both = (("replied_to", one.reply_to), ("quoted", one.quotes))
    return [{"type": kind, "id": str(other)} for kind, other in both if other] or None


def _metrics(store: Store, one: Post) -> Json:
    replies = store.rows("SELECT 1 FROM posts WHERE reply_to = ?", one.id)
    quotes = store.rows("SELECT 1 FROM posts WHERE quotes = ?", one.id)
    nothing = dict.fromkeys(("retweet_count", "repost_count", "like_count", "bookmark_count", "impression_count"), 0)
    return nothing | {"reply_count": len(replies), "quote_count": len(quotes)}


def user(one: User, fields: frozenset[str] = ALL_USER_FIELDS) -> Json:
    facts = {
        "created_at": instant(one.created_at),
        "description": "",
        "verified": one.is_ours,
        "protected": False,
        "receives_your_dm": one.takes_messages,
        "url": "",
        "public_metrics": dict.fromkeys(COUNTED, 0),
    }
    return {"id": one.id, "name": one.name, "username": one.username} | _chosen(facts, fields)


def media(one: Media, base: str, fields: frozenset[str] = ALL_MEDIA_FIELDS) -> Json:
    url = f"{base}/media/{one.file_name}"
    facts = {"url": url, "preview_image_url": url}
    return {"media_key": one.key, "type": one.kind} | _chosen(facts, fields)


def message(store: Store, one: Message, fields: frozenset[str] = ALL_MESSAGE_FIELDS) -> Json:
    keys = [media.key for media in _found(store, one.media)]
    facts = {
        "sender_id": one.sender_id,
        "dm_conversation_id": one.conversation_id,
        "created_at": instant(one.created_at),
        "attachments": {"media_keys": keys} if keys else None,
        "participant_ids": [one.sender_id, one.recipient_id],
    }
    return {"id": str(one.id), "text": one.text, "event_type": "MessageCreate"} | _chosen(facts, fields)


def _chosen(facts: Json, fields: frozenset[str]) -> Json:
    """Those asked for that say something, under the names they were asked by."""
    names = {name: RENAMED.get(name, name) for name in sorted(fields)}
    return {name: facts[key] for name, key in names.items() if facts.get(key) is not None}


def _found(store: Store, ids: list[int]) -> list[Media]:
    return [found for one in ids if (found := media_store.find(store, one))]


def private_address(base: str, message: Message, one: Media) -> str:
    """Of a picture in a direct message: it asks who calls."""
    return f"{base}/2/dm_conversations/media/{message.id}/{one.id}/{one.file_name}"


def message_event(store: Store, one: Message, base: str) -> Json:
    """A direct message as the activity events have it: the older, v1.1 shape."""
    data: Json = {"text": one.text, "entities": {"hashtags": [], "symbols": [], "user_mentions": [], "urls": []}}
    for found in _found(store, one.media):
        url = private_address(base, one, found)
        data["attachment"] = {
            "type": "media",
            "media": {"id": found.id, "id_str": str(found.id), "type": found.kind, "media_url": url,
                      "media_url_https": url},
        }  # fmt: skip
    return {
        "type": "message_create",
        "id": str(one.id),
        "created_timestamp": str(one.created_at),
        "message_create": {
            "target": {"recipient_id": one.recipient_id},
            "sender_id": one.sender_id,
            "message_data": data,
        },
    }


def old_user(one: User) -> Json:
    """A user as v1.1 writes it, beside direct messages."""
    return {
        "id": one.id,
        "created_timestamp": str(one.created_at),
        "name": one.name,
        "screen_name": one.username,
        "protected": False,
        "verified": one.is_ours,
    }


def includes(store: Store, about: list[Post], base: str) -> Json:
    """Everybody and everything these posts refer to."""
    others = posts.find_many(store, sorted({one for post in about for one in (post.reply_to, post.quotes) if one}))
    ids = {post.author_id for post in [*about, *others]}
    ids |= {one for post in about for one in posts.mentioned_ids(store, post)}
    pictures = [found for post in about for found in _found(store, post.media)]
    found = {
        "users": [user(one) for one in people.by_ids(store, ids).values()],
        "tweets": [post(store, one) for one in others],
        "media": [media(one, base) for one in pictures],
    }
    return {kind: some for kind, some in found.items() if some}
