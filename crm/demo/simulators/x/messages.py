"""Direct messages between two."""

import sqlite3
from dataclasses import dataclass

from crm.demo.simulators.x import media
from crm.demo.simulators.x.people import User
from crm.demo.simulators.x.refusals import Refused, invalid
from crm.demo.simulators.x.store import Store, now_ms, words

LONGEST = 10_000
CLOSED = "You do not have permission to DM one or more participants."


@dataclass(frozen=True)
class Message:
    """A direct message; at most one picture. Times are milliseconds since 1970."""

    id: int
    sender_id: str
    recipient_id: str
    text: str
    media: list[int]
    created_at: int

    @property
    def conversation_id(self) -> str:
        return conversation_of(self.sender_id, self.recipient_id)


def conversation_of(one: str, other: str) -> str:
    """X names a conversation of two by both, the smaller first."""
    return "-".join(sorted((one, other), key=int))


def _message(row: sqlite3.Row) -> Message:
    return Message(**dict(row) | {"media": words(row["media"])})


def find(store: Store, message_id: int | str) -> Message | None:
    row = store.row("SELECT * FROM messages WHERE id = ?", message_id)
    return _message(row) if row else None


def of_user(store: Store, user_id: str, *, before: int, most: int, other: str = "") -> list[Message]:
    """Newest first, with one other or with all."""
    query = (
        "SELECT * FROM messages WHERE ? IN (sender_id, recipient_id) AND (? = '' OR ? IN (sender_id, recipient_id))"
        " AND id < ? ORDER BY id DESC LIMIT ?"
    )
    return [_message(row) for row in store.rows(query, user_id, other, other, before, most)]


def send(
    store: Store,
    *,
    sender: User,
    recipient: User,
    text: str,
    pictures: list[int] | None = None,
) -> Message:
    """One message; the news of it is `events.message_sent`. Raises Refused."""
    with store.transaction():
        _check(store, sender, recipient, text.strip(), pictures or [])
        return keep(store, sender=sender, recipient=recipient, text=text.strip(), pictures=pictures)


def keep(
    store: Store,
    *,
    sender: User,
    recipient: User,
    text: str,
    pictures: list[int] | None = None,
    at_ms: int | None = None,
) -> Message:
    """Write it down, whatever X's rules say: also a message of the past."""
    at = at_ms or now_ms()
    message = Message(store.new_id(at_ms), sender.id, recipient.id, text, pictures or [], at)
    store.add("messages", **vars(message) | {"media": str(message.media)})
    return message


def _check(store: Store, sender: User, recipient: User, text: str, pictures: list[int]) -> None:
    if not text and not pictures:
        raise invalid("text", text, "text or attachments are needed", reason="empty")
    if len(text) > LONGEST:
        raise invalid(
            "text", f"{len(text)} characters", f"text must be at most {LONGEST} characters", reason="too long"
        )
    if len(pictures) > 1:
        raise invalid("attachments", len(pictures), "at most one attachment")
    media.check_usable(store, sender, pictures)
    if not (recipient.takes_messages or recipient.is_ours or _wrote_before(store, recipient, sender)):
        raise Refused(403, CLOSED)


def _wrote_before(store: Store, one: User, other: User) -> bool:
    query = "SELECT 1 FROM messages WHERE sender_id = ? AND recipient_id = ?"
    return store.row(query, one.id, other.id) is not None
