"""Would X work with us? Asked when somebody presses Check: whose keys they are, and whether events reach us."""

from collections.abc import Iterator

from django.conf import settings
from django.urls import reverse

from crm.messaging.channels import Permanent
from crm.messaging.models import Connection
from social.networks.x.client import SECRETS, Client, Json, text_at
from social.networks.x.signing import AppToken

WANTED = ("post.mention.create", "dm.received", "dm.sent", "post.create")
# X offers these to some plans only; a reply mentions us anyhow, and what was missed is pulled.
WELCOME = ("post.reply.create", "post.quote.create")


def check(connection: Connection) -> None:
    """Find out the account's id, register the webhook and its events where they are missing. Raises SendError."""
    client = Client(connection)
    _whose(client, connection)
    webhook = _webhook(client, connection)
    have = set(_subscribed(client, webhook))
    for kind in WANTED:
        if kind not in have:
            _subscribe(client, webhook, kind)
    for kind in WELCOME:
        if kind not in have:
            _subscribe_if_offered(client, webhook, kind)


def _whose(client: Client, connection: Connection) -> None:
    me = client.ask("/2/users/me")
    name, user_id = text_at(me, "data", "username"), text_at(me, "data", "id")
    if name.lower() != connection.account.lower() or client.user_id not in ("", user_id):
        raise Permanent("another account")
    if not client.user_id:
        connection.options = connection.options | {"user_id": user_id}
        connection.save(update_fields=["options"])
        client.user_id = user_id


def address(connection: Connection) -> str:
    return settings.SITE_URL + reverse("social:x-hook", args=[connection.hook])


def _webhook(client: Client, connection: Connection) -> str:
    """The id of ours at X, valid; made or checked anew where it is not."""
    ours = [one for one in _webhooks(client, connection) if one.get("url") == address(connection)]
    if not ours:
        return text_at(client.prepare("/2/webhooks", json={"url": address(connection)}), "data", "id")
    webhook = str(ours[0].get("id"))
    if not ours[0].get("valid"):
        client.change(f"/2/webhooks/{webhook}")
    return webhook


def _webhooks(client: Client, connection: Connection) -> list[Json]:
    """X shows the list to the app alone, not to its account."""
    key, secret = (connection.secrets[name] for name in SECRETS[:2])
    token = text_at(client.prepare("/oauth2/token", data={"grant_type": "client_credentials"}, auth=(key, secret)),
                    "access_token")  # fmt: skip
    return _rows(client.ask("/2/webhooks", auth=AppToken(token)))


def _subscribed(client: Client, webhook: str) -> Iterator[str]:
    for one in _rows(client.ask("/2/activity/subscriptions")):
        if one.get("webhook_id") == webhook and (one.get("filter") or {}).get("user_id") == client.user_id:
            yield str(one.get("event_type"))


def _subscribe(client: Client, webhook: str, kind: str) -> None:
    wish = {"event_type": kind, "filter": {"user_id": client.user_id}, "webhook_id": webhook, "tag": "sapa"}
    client.prepare("/2/activity/subscriptions", json=wish)


def _subscribe_if_offered(client: Client, webhook: str, kind: str) -> None:
    try:
        _subscribe(client, webhook, kind)
    except Permanent:
        return


def _rows(answer: Json) -> list[Json]:
    data = answer.get("data")
    return [one for one in data if isinstance(one, dict)] if isinstance(data, list) else []
