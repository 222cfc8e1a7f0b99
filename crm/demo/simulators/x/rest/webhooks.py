"""/2/webhooks and /2/activity/subscriptions."""

import sqlite3
from typing import Any
from urllib.parse import urlsplit

from django.http import HttpResponse, JsonResponse

from crm.demo.simulators.x import delivery, events, here, people
from crm.demo.simulators.x.refusals import Refused, invalid
from crm.demo.simulators.x.rest.endpoint import Call, endpoint
from crm.demo.simulators.x.shapes import instant
from crm.demo.simulators.x.store import now_ms

LOOPBACK = {"127.0.0.1", "localhost", "::1"}
CRC_FAILED = "Webhook URL does not meet the requirements. The CRC check failed."


def _webhook(row: sqlite3.Row) -> dict[str, Any]:
    created = instant(row["created_at"])
    return {"id": str(row["id"]), "url": row["url"], "valid": bool(row["valid"]), "created_at": created}


def _find(call: Call, webhook_id: int) -> sqlite3.Row:
    row = call.store.row("SELECT * FROM webhooks WHERE id = ?", webhook_id)
    if row is None:
        raise Refused(404, f"Could not find webhook with id: [{webhook_id}].", kind="resource-not-found")
    return row


@endpoint("GET /2/webhooks")
def every(call: Call) -> HttpResponse:
    call.by_app()
    rows = call.store.rows("SELECT * FROM webhooks ORDER BY id")
    return JsonResponse({"data": [_webhook(row) for row in rows], "meta": {"result_count": len(rows)}})


@endpoint("POST /2/webhooks")
def create(call: Call) -> HttpResponse:
    """Only an address that signs our token at once is taken."""
    url = str(call.json.get("url", ""))
    check_address(url)
    if call.store.row("SELECT 1 FROM webhooks WHERE url = ?", url):
        raise Refused(409, "A webhook with this URL already exists.", kind="conflict")
    webhook_id = call.store.new_id()
    call.store.add("webhooks", id=webhook_id, url=url, check_at=now_ms() + delivery.CHECK_EVERY_MS, created_at=now_ms())
    if not delivery.check(call.store, webhook_id, here.secrets().consumer_secret):
        call.store.run("DELETE FROM webhooks WHERE id = ?", webhook_id)
        raise Refused(400, CRC_FAILED, title="CrcValidationFailed", kind="invalid-request")
    return JsonResponse({"data": _webhook(_find(call, webhook_id))})


def check_address(url: str) -> None:
    """X takes https alone; on this machine plain http will do. Raises Refused."""
    parts = urlsplit(url)
    if parts.scheme != "https" and not (parts.scheme == "http" and parts.hostname in LOOPBACK):
        raise invalid("url", url, "the url must use https")


@endpoint("PUT /2/webhooks/:id")
def validate(call: Call, webhook_id: int) -> HttpResponse:
    _find(call, webhook_id)
    if not delivery.check(call.store, webhook_id, here.secrets().consumer_secret):
        raise Refused(400, CRC_FAILED, title="CrcValidationFailed", kind="invalid-request")
    return JsonResponse({"data": {"valid": True}})


@endpoint("DELETE /2/webhooks/:id")
def delete(call: Call, webhook_id: int) -> HttpResponse:
    _find(call, webhook_id)
    with call.store.transaction():
        call.store.run("DELETE FROM subscriptions WHERE webhook_id = ?", webhook_id)
        call.store.run("DELETE FROM deliveries WHERE webhook_id = ? AND state != 'done'", webhook_id)
        call.store.run("DELETE FROM webhooks WHERE id = ?", webhook_id)
    return JsonResponse({"data": {"deleted": True}})


@endpoint("GET /2/activity/subscriptions")
def subscriptions(call: Call) -> HttpResponse:
    rows = call.store.rows("SELECT * FROM subscriptions ORDER BY id")
    return JsonResponse({"data": [_subscription(row) for row in rows], "meta": {"result_count": len(rows)}})


def _subscription(row: sqlite3.Row) -> dict[str, Any]:
    created = instant(row["created_at"])
    return {
        "subscription_id": str(row["id"]),
        "event_type": row["event_type"],
        "filter": {"user_id": row["user_id"]},
        "tag": row["tag"],
        "webhook_id": str(row["webhook_id"]),
        "created_at": created,
        "updated_at": created,
    }


@endpoint("POST /2/activity/subscriptions")
def subscribe(call: Call) -> HttpResponse:
    given = call.json
    kind, user_id = str(given.get("event_type", "")), str((given.get("filter") or {}).get("user_id", ""))
    if kind not in events.TYPES:
        raise invalid("event_type", kind, "unknown or not offered here")
    if people.by_id(call.store, user_id) is None:
        raise invalid("filter.user_id", user_id, "no such user")
    if kind.startswith("dm.") and user_id != here.secrets().user_id:
        raise Refused(403, "Direct messages can be subscribed to for the authorized account alone.")
    webhook = _find(call, int(given["webhook_id"]) if str(given.get("webhook_id", "")).isdecimal() else 0)
    row = _subscribe(call, kind, user_id, webhook["id"], str(given.get("tag", "")))
    return JsonResponse({"data": {"subscription": _subscription(row)}, "meta": {"total_subscriptions": 1}}, status=201)


def _subscribe(call: Call, kind: str, user_id: str, webhook_id: int, tag: str) -> sqlite3.Row:
    same = (kind, user_id, webhook_id)
    query = "SELECT * FROM subscriptions WHERE event_type = ? AND user_id = ? AND webhook_id = ?"
    with call.store.transaction():
        if call.store.row(query, *same):
            raise Refused(409, "This subscription already exists.", kind="conflict")
        call.store.add("subscriptions", id=call.store.new_id(), event_type=kind, user_id=user_id, tag=tag,
                       webhook_id=webhook_id, created_at=now_ms())  # fmt: skip
        found = call.store.row(query, *same)
    assert found
    return found


@endpoint("DELETE /2/activity/subscriptions/:id")
def unsubscribe(call: Call, subscription_id: int) -> HttpResponse:
    call.by_app()
    deleted = call.store.run("DELETE FROM subscriptions WHERE id = ?", subscription_id)
    return JsonResponse({"data": {"deleted": bool(deleted)}})
