"""The product beside the X simulator: a connection with its keys, and what tests ask of both."""

import json
from itertools import count
from typing import Any

from django.utils import timezone

from crm.cases.actions import answer_case
from crm.cases.models import Case
from crm.messaging.arrivals import keep_arrival, take_due
from crm.messaging.models import Arrival, Connection, Message
from crm.messaging.outbox import send_due
from social.networks.x.signing import signature
from tests.people import a_member
from tests.simulators.x import XSimulator

_number = count(1)


def connect(x: XSimulator, **fields: Any) -> Connection:
    """Our account on the simulator, as somebody would enter it on the page of channels."""
    ours = x.secrets
    connection = Connection(channel="x", account=ours.handle, **fields)
    connection.options = {"base_url": x.url, "web_url": x.url, "user_id": ours.user_id}
    connection.secrets = {
        name: getattr(ours, name) for name in ("consumer_key", "consumer_secret", "access_token", "access_secret")
    }
    connection.save()
    return connection


def envelope(kind: str, payload: dict[str, Any], *, uuid: str, **includes: Any) -> bytes:
    data = {"event_uuid": uuid, "event_type": kind, "filter": {}, "tag": "", "payload": payload, "includes": includes}
    return json.dumps({"data": data}).encode()


def signed(connection: Connection, body: bytes) -> dict[str, str]:
    return {"x-twitter-webhooks-signature": signature(connection.secrets["consumer_secret"], body)}


def mention(x: XSimulator, connection: Connection, who: str, text: str, **more: Any) -> Case:
    """A customer posts; what the webhook would bring is taken in. Returns the case it opened or joined.

    X takes no text twice from one account, hence the number.
    """
    post = x.post(who, f"{text} {next(_number)}", **more)
    bring(connection, "post.mention.create", post, {"users": users_of(x, who)})
    return Case.objects.get(entries__interaction__external_id=post["id"])


def bring(
    connection: Connection, kind: str, payload: dict[str, Any], includes: dict[str, Any] | None = None
) -> Arrival:
    """An event as the webhook keeps it, then looked at."""
    uuid = f"{kind} {payload.get('id')} {next(_number)}"
    body = envelope(kind, payload, uuid=uuid, **(includes or {}))
    arrival, _new = keep_arrival(channel="x", connection=connection, external_id=uuid, body=body, kind=kind)
    take_due(most=100)
    arrival.refresh_from_db()
    return arrival


def users_of(x: XSimulator, *handles: str) -> list[dict[str, Any]]:
    return [x.tell("users", username=handle) for handle in handles]


def answer(case: Case, text: str, **more: Any) -> Message:
    """An agent's answer, due at once."""
    message = answer_case(case=case, text=text, **{"by": a_member()} | more)
    Message.objects.filter(pk=message.pk).update(send_at=timezone.now())
    message.refresh_from_db()
    return message


def sent(message: Message) -> Message:
    """The sender looks; how the message stands then."""
    Message.objects.filter(pk=message.pk, state="queued").update(send_at=timezone.now())
    send_due(batches=1)
    message.refresh_from_db()
    return message
