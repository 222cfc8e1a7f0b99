"""What a customer sees: threads and private messages, made ready for the templates."""

import datetime as dt
from dataclasses import dataclass, field

from django.utils.html import escape
from django.utils.safestring import SafeString, mark_safe

from crm.demo.simulators.x import here, media, messages, people, posts
from crm.demo.simulators.x.media import Media
from crm.demo.simulators.x.messages import Message
from crm.demo.simulators.x.people import MENTION, User
from crm.demo.simulators.x.posts import Post
from crm.demo.simulators.x.store import Store

MOST_THREADS, MOST_MESSAGES = 30, 200
NEWEST = 1 << 62


@dataclass(frozen=True)
class Shown:
    """A post with what stands around it."""

    post: Post
    author: User
    at: dt.datetime
    pictures: list[Media] = field(default_factory=list)
    quoted: "Shown | None" = None
    depth: int = 0

    @property
    def text(self) -> SafeString:
        return with_handles(self.post.words)

    @property
    def answers(self) -> str:
        """The handles that X puts before a reply."""
        return self.post.text[: self.post.shown_from].strip()


@dataclass(frozen=True)
class Line:
    """A private message; `mine` is the customer's."""

    message: Message
    mine: bool
    at: dt.datetime
    pictures: list[Media]


def moment(ms: int) -> dt.datetime:
    return dt.datetime.fromtimestamp(ms / 1000, dt.UTC)


def with_handles(text: str) -> SafeString:
    """Handles stand out; everything else is only text."""
    return mark_safe(MENTION.sub(r'<span class="at">\g<0></span>', str(escape(text))))


def version(store: Store) -> str:
    """Changes with every post and message: who has seen this one has seen all."""
    counts = store.row(
        "SELECT (SELECT count(*) FROM posts) AS posts, (SELECT max(id) FROM posts) AS last,"
        " (SELECT count(*) FROM messages) AS messages"
    )
    return "-".join(str(one) for one in counts or ())


def threads(store: Store, user: User, *, everyone: bool) -> list[list[Shown]]:
    """The conversations this user is in, or all: the one with the latest post first, posts in their order."""
    mine = "SELECT conversation_id FROM posts LEFT JOIN mentions ON post_id = id WHERE ? IN (author_id, user_id)"
    query = (
        "SELECT conversation_id, max(id) AS latest FROM posts"
        + ("" if everyone else f" WHERE conversation_id IN ({mine})")
        + f" GROUP BY conversation_id ORDER BY latest DESC LIMIT {MOST_THREADS}"
    )
    rows = store.rows(query, *([] if everyone else [user.id]))
    return [_thread(store, row["conversation_id"]) for row in rows]


def _thread(store: Store, conversation_id: int) -> list[Shown]:
    depths: dict[int, int] = {}
    shown = []
    for post in posts.in_thread(store, conversation_id):
        depths[post.id] = depths.get(post.reply_to or 0, -1) + 1
        shown.append(show(store, post, depth=min(depths[post.id], 1)))
    return shown


def show(store: Store, post: Post, *, depth: int = 0, quote: bool = True) -> Shown:
    quoted = posts.find(store, post.quotes) if quote else None
    return Shown(
        post=post,
        author=people.by_id(store, post.author_id) or here.us(),
        at=moment(post.created_at),
        pictures=[found for one in post.media if (found := media.find(store, one))],
        quoted=show(store, quoted, quote=False) if quoted else None,
        depth=depth,
    )


def lines(store: Store, user: User) -> list[Line]:
    """What this user and we wrote each other, oldest first."""
    found = messages.of_user(store, user.id, before=NEWEST, most=MOST_MESSAGES, other=here.us().id)
    return [_line(store, user, message) for message in reversed(found)]


def _line(store: Store, user: User, message: Message) -> Line:
    pictures = [found for one in message.media if (found := media.find(store, one))]
    return Line(message, message.sender_id == user.id, moment(message.created_at), pictures)
