"""Posts: written, found, and the rules X holds them to."""

import sqlite3
from collections.abc import Iterable
from dataclasses import dataclass

from crm.demo.simulators.x import media, people
from crm.demo.simulators.x.length import LONGEST, weight
from crm.demo.simulators.x.people import User
from crm.demo.simulators.x.refusals import Refused, invalid
from crm.demo.simulators.x.store import Store, now_ms, words

MOST_PICTURES = 4
# X refuses what the same account said lately; how lately it does not say.
DUPLICATE_WITHIN_MS = 24 * 3600 * 1000
DUPLICATE = "You are not allowed to create a Tweet with duplicate content."
TOO_LONG = "Your Tweet text is too long."
NOT_SUMMONED = (
    "Reply to this conversation is not allowed because you have not been mentioned or otherwise engaged by the author "
    "of the post you are replying to."
)


@dataclass(frozen=True)
class Post:
    """A post. Its text begins with the handles it answers, up to `shown_from`; times are milliseconds since 1970."""

    id: int
    author_id: str
    text: str
    conversation_id: int
    reply_to: int | None
    quotes: int | None
    media: list[int]
    shown_from: int
    created_at: int

    @property
    def words(self) -> str:
        """Without the handles X put before a reply."""
        return self.text[self.shown_from :]


def _post(row: sqlite3.Row) -> Post:
    return Post(**dict(row) | {"media": words(row["media"])})


def find(store: Store, post_id: int | str | None) -> Post | None:
    row = store.row("SELECT * FROM posts WHERE id = ?", post_id)
    return _post(row) if row else None


def find_many(store: Store, ids: Iterable[int]) -> list[Post]:
    return [post for one in ids if (post := find(store, one))]


def mentioning(store: Store, user_id: str, *, since: int, before: int, most: int) -> list[Post]:
    """Newest first: those after `since` and before `before`."""
    query = (
        "SELECT posts.* FROM mentions JOIN posts ON posts.id = post_id"
        " WHERE user_id = ? AND post_id > ? AND post_id < ? ORDER BY post_id DESC LIMIT ?"
    )
    return [_post(row) for row in store.rows(query, user_id, since, before, most)]


def written_by(store: Store, user_id: str, *, before: int, most: int) -> list[Post]:
    """Newest first."""
    query = "SELECT * FROM posts WHERE author_id = ? AND id < ? ORDER BY id DESC LIMIT ?"
    return [_post(row) for row in store.rows(query, user_id, before, most)]


def in_thread(store: Store, conversation_id: int) -> list[Post]:
    return [
        _post(row) for row in store.rows("SELECT * FROM posts WHERE conversation_id = ? ORDER BY id", conversation_id)
    ]


def mentioned_ids(store: Store, post: Post) -> set[str]:
    return {row["user_id"] for row in store.rows("SELECT user_id FROM mentions WHERE post_id = ?", post.id)}


def publish(
    store: Store,
    *,
    author: User,
    text: str,
    reply_to: int | None = None,
    quotes: int | None = None,
    pictures: list[int] | None = None,
    by_app: bool = False,
    address: bool = False,
) -> Post:
    """One post; the news of it is `events.post_written`. Raises Refused.

    `by_app` holds it to what X asks of apps; `address` puts the handles of those it answers first, as X's own pages do.
    """
    with store.transaction():
        parent = _needed(store, "reply.in_reply_to_tweet_id", reply_to)
        _needed(store, "quote_tweet_id", quotes)
        text = text.strip()
        _check(store, author, text, pictures or [])
        if by_app and parent and not is_summoned(store, author, parent):
            raise Refused(403, NOT_SUMMONED)
        prefix = _prefix(store, author, parent) if address and parent else ""
        text = prefix + text
        return keep(
            store, author=author, text=text, parent=parent, quotes=quotes, pictures=pictures, shown_from=len(prefix)
        )


def keep(
    store: Store,
    *,
    author: User,
    text: str,
    parent: Post | None = None,
    quotes: int | None = None,
    pictures: list[int] | None = None,
    shown_from: int = 0,
    at_ms: int | None = None,
) -> Post:
    """Write it down, whatever X's rules say: also a post of the past."""
    new_id = store.new_id(at_ms)
    post = Post(
        id=new_id,
        author_id=author.id,
        text=text,
        conversation_id=parent.conversation_id if parent else new_id,
        reply_to=parent.id if parent else None,
        quotes=quotes,
        media=pictures or [],
        shown_from=shown_from,
        created_at=at_ms or now_ms(),
    )
    with store.transaction():
        _insert(store, post)
    return post


def remove(store: Store, post_id: int) -> None:
    with store.transaction():
        store.run("DELETE FROM mentions WHERE post_id = ?", post_id)
        store.run("DELETE FROM posts WHERE id = ?", post_id)


def _needed(store: Store, parameter: str, post_id: int | None) -> Post | None:
    if post_id is None:
        return None
    if post := find(store, post_id):
        return post
    detail = "You attempted to reply to a Tweet that is deleted or not visible to you."
    if parameter.startswith("reply"):
        raise Refused(403, detail, reason="gone")
    raise invalid(parameter, post_id, "no such post", reason="gone")


def _check(store: Store, author: User, text: str, pictures: list[int]) -> None:
    if not text and not pictures:
        raise invalid("text", text, "text or media is needed", reason="empty")
    if weight(text) > LONGEST:
        raise Refused(403, TOO_LONG, reason="too long")
    if len(pictures) > MOST_PICTURES:
        raise invalid("media.media_ids", len(pictures), "at most four pictures")
    media.check_usable(store, author, pictures)
    if text and _said_lately(store, author, text):
        raise Refused(403, DUPLICATE, reason="duplicate")


def _said_lately(store: Store, author: User, text: str) -> bool:
    query = "SELECT 1 FROM posts WHERE author_id = ? AND substr(text, shown_from + 1) = ? AND created_at > ?"
    return store.row(query, author.id, text, now_ms() - DUPLICATE_WITHIN_MS) is not None


def is_summoned(store: Store, user: User, post: Post) -> bool:
    """Whether an app of this user may answer: the author mentioned it, or quoted it, or is itself."""
    quoted = find(store, post.quotes)
    quotes_us = quoted is not None and quoted.author_id == user.id
    return post.author_id == user.id or quotes_us or user.id in mentioned_ids(store, post)


def _prefix(store: Store, author: User, parent: Post) -> str:
    """The one answered first, then the others of the post; never oneself."""
    ids = [parent.author_id, *(user.id for _s, _e, user in people.mentioned(store, parent.text))]
    users = people.by_ids(store, set(ids))
    return "".join(f"@{users[one].username} " for one in dict.fromkeys(ids) if one in users and one != author.id)


def _insert(store: Store, post: Post) -> None:
    store.add("posts", **vars(post) | {"media": str(post.media)})
    for one in {user.id for _start, _end, user in people.mentioned(store, post.text)} - {post.author_id}:
        store.add("mentions", user_id=one, post_id=post.id)
