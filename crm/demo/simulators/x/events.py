"""News for the webhooks of those who subscribed, in the envelope of the X Activity API."""

import json
import uuid
from collections.abc import Iterator

from crm.demo.simulators.x import here, people, posts, shapes
from crm.demo.simulators.x.messages import Message
from crm.demo.simulators.x.mischief import PLAN
from crm.demo.simulators.x.posts import Post
from crm.demo.simulators.x.shapes import Json
from crm.demo.simulators.x.store import Store, now_ms

TYPES = ("post.create", "post.mention.create", "post.reply.create", "post.quote.create", "dm.received", "dm.sent")
GENUINE, FORGED, UNSIGNED = 1, 0, -1


def post_written(store: Store, post: Post) -> None:
    """Tell its author, whom it mentions, whom it answers, whom it quotes: as far as they subscribed."""
    payload = shapes.post(store, post)
    _tell(store, [(*one, payload, shapes.includes(store, [post], here.PLACE.url)) for one in _concerned(store, post)])


def _concerned(store: Store, post: Post) -> Iterator[tuple[str, str]]:
    yield "post.create", post.author_id
    yield from (("post.mention.create", one) for one in sorted(posts.mentioned_ids(store, post)))
    for kind, other in (("post.reply.create", post.reply_to), ("post.quote.create", post.quotes)):
        if (about := posts.find(store, other)) and about.author_id != post.author_id:
            yield kind, about.author_id


def message_sent(store: Store, message: Message) -> None:
    """Tell both ends; for the sender it is the echo of its own words."""
    both = people.by_ids(store, {message.sender_id, message.recipient_id})
    payload = {
        "direct_message_events": [shapes.message_event(store, message, here.PLACE.url)],
        "users": {one.id: shapes.old_user(one) for one in both.values()},
    }
    includes = {"users": [shapes.user(one) for one in both.values()]}
    ends = (("dm.received", message.recipient_id), ("dm.sent", message.sender_id))
    _tell(store, [(kind, user_id, payload, includes) for kind, user_id in ends])


def _tell(store: Store, news: list[tuple[str, str, Json, Json]]) -> None:
    """All that comes of one act, twisted as planned."""
    found = [(hook, one) for one in news for hook in _subscribed(store, one[0], one[1])]
    twist = PLAN.next_twist() if found else ""
    for (webhook_id, tag), (kind, user_id, payload, includes) in found:
        _queue(store, webhook_id, _envelope(kind, user_id, tag, payload, includes), twist)
    if found and twist != "reordered":
        store.run("UPDATE deliveries SET state = 'waiting', due_at = ? WHERE state = 'aside'", now_ms() + 1)


def _subscribed(store: Store, kind: str, user_id: str) -> list[tuple[int, str]]:
    query = (
        "SELECT webhook_id, tag FROM subscriptions JOIN webhooks ON webhooks.id = webhook_id"
        " WHERE event_type = ? AND user_id = ? AND valid"
    )
    return [(row["webhook_id"], row["tag"]) for row in store.rows(query, kind, user_id)]


def _envelope(kind: str, user_id: str, tag: str, payload: Json, includes: Json) -> Json:
    data = {"event_uuid": str(uuid.uuid4()), "filter": {"user_id": user_id}, "event_type": kind, "tag": tag}
    return {"data": data | {"payload": payload, "includes": includes}}


def _queue(store: Store, webhook_id: int, envelope: Json, twist: str) -> None:
    state = {"dropped": "dropped", "reordered": "aside"}.get(twist, "held" if PLAN.holding else "waiting")
    if twist in ("forged", "unsigned"):
        signed = FORGED if twist == "forged" else UNSIGNED
        _add(store, webhook_id, _counterfeit(envelope), state, signed)
    for _copy in range(2 if twist == "twice" else 1):
        _add(store, webhook_id, envelope, state, GENUINE)


def _add(store: Store, webhook_id: int, envelope: Json, state: str, signed: int) -> None:
    kind = envelope["data"]["event_type"]
    body = json.dumps(envelope, ensure_ascii=False, separators=(",", ":")).encode()
    now = now_ms()
    store.add("deliveries", id=store.new_id(), webhook_id=webhook_id, event_type=kind, body=body, signed=signed,
              state=state, due_at=now, created_at=now)  # fmt: skip


def _counterfeit(envelope: Json) -> Json:
    """What somebody without the secret would send: the same sort of event with words and ids of their own."""
    forged: Json = json.loads(json.dumps(envelope))
    data = forged["data"]
    data["event_uuid"] = str(uuid.uuid4())
    for event in data["payload"].get("direct_message_events", [data["payload"]]):
        event["id"] = str(int(event["id"]) + 1)
        event.get("message_create", {}).get("message_data", event)["text"] = "Forged: send me your password."
    return forged


def replay(store: Store, back: int) -> bool:
    """Send a delivered event once more, byte for byte: the last, or the one `back` before it."""
    query = "SELECT * FROM deliveries WHERE state = 'done' AND signed = 1 ORDER BY id DESC LIMIT 1 OFFSET ?"
    row = store.row(query, back)
    if row is not None:
        now = now_ms()
        store.add("deliveries", id=store.new_id(), webhook_id=row["webhook_id"], event_type=row["event_type"],
                  body=row["body"], due_at=now, created_at=now)  # fmt: skip
    return row is not None


def release(store: Store) -> int:
    """Let go what was held back or set aside, in its order. Returns how many."""
    return store.run("UPDATE deliveries SET state = 'waiting', due_at = created_at WHERE state IN ('held', 'aside')")
