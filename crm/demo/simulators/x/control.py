"""What tests and the page's mischief panel may do to the network; the package's own words list it."""

import base64
import json
from collections.abc import Callable
from dataclasses import fields
from functools import wraps
from typing import Any

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.views.decorators.csrf import csrf_exempt

from crm.demo.simulators.x import connecting, delivery, events, here, media, messages, people, posts, shapes
from crm.demo.simulators.x.limits import LIMITS, WINDOW
from crm.demo.simulators.x.mischief import ANSWERS, PLAN, TWISTS, Fault
from crm.demo.simulators.x.people import BadHandle, User
from crm.demo.simulators.x.refusals import Refused, invalid
from crm.demo.simulators.x.rest.endpoint import CALLS, problem
from crm.demo.simulators.x.shapes import Json
from crm.demo.simulators.x.store import Store

NEWEST = 1 << 62


def order(view: Callable[[Json], Json]) -> Callable[[HttpRequest], HttpResponse]:
    """JSON in, JSON out. A page of another site cannot send JSON without asking first, and is not answered."""

    @csrf_exempt
    @wraps(view)
    def answer(request: HttpRequest) -> HttpResponse:
        if request.method == "POST" and request.content_type != "application/json":
            return problem(Refused(400, "JSON is needed."))
        try:
            given = json.loads(request.body) if request.body else dict(request.GET.items())
            return JsonResponse(view(given))
        except Refused as refused:
            return problem(refused)
        except (BadHandle, KeyError, TypeError, ValueError) as wrong:
            return problem(invalid("body", str(wrong), "not understood"))

    return answer


@order
def state(given: Json) -> Json:
    store = here.store()
    query = "SELECT id, event_type, signed, state, tries, answer FROM deliveries ORDER BY id"
    hooks = store.rows("SELECT id, url, valid FROM webhooks ORDER BY id")
    return {
        "account": {"id": here.us().id, "username": here.us().username},
        "webhooks": [dict(row) for row in hooks],
        "deliveries": [dict(row) for row in store.rows(query)],
        "calls": list(CALLS),
        "holding": PLAN.holding,
        "faults": [vars(fault) for fault in PLAN.faults],
        "twists": PLAN.twists,
    }


@order
def add_fault(given: Json) -> Json:
    if given.get("answer") not in ANSWERS:
        raise invalid("answer", given.get("answer"), f"one of {', '.join(ANSWERS)}")
    PLAN.add_fault(Fault(**{field.name: given[field.name] for field in fields(Fault) if field.name in given}))
    return {"planned": len(PLAN.faults)}


@order
def twist_events(given: Json) -> Json:
    if given.get("next") not in TWISTS:
        raise invalid("next", given.get("next"), f"one of {', '.join(TWISTS)}")
    PLAN.twists += [given["next"]] * int(given.get("times", 1))
    return {"planned": len(PLAN.twists)}


@order
def replay(given: Json) -> Json:
    return {"replayed": events.replay(here.store(), int(given.get("back", 0)))}


@order
def hold(given: Json) -> Json:
    PLAN.holding = True
    return {"holding": True}


@order
def release(given: Json) -> Json:
    PLAN.holding = False
    return {"released": events.release(here.store())}


@order
def calm(given: Json) -> Json:
    PLAN.calm()
    LIMITS.set({}, WINDOW)
    return {"released": events.release(here.store())}


@order
def set_limits(given: Json) -> Json:
    limits = {str(name): int(most) for name, most in given.get("limits", {}).items()}
    LIMITS.set(limits, float(given.get("window", WINDOW)))
    return {"limits": LIMITS.limits, "window": LIMITS.window}


@order
def add_user(given: Json) -> Json:
    user = people.ensure_user(here.store(), given["username"], given.get("name", ""))
    if "takes_messages" in given:
        people.set_takes_messages(here.store(), user, takes=bool(given["takes_messages"]))
    return shapes.user(user)


@order
def add_post(given: Json) -> Json:
    store = here.store()
    with store.transaction():
        author = _acting(store, given)
        pictures = _pictures(store, author, given, "tweet_image")
        reply_to, quotes = _id(given, "reply_to"), _id(given, "quotes")
        post = posts.publish(
            store,
            author=author,
            text=given.get("text", ""),
            reply_to=reply_to,
            quotes=quotes,
            pictures=pictures,
            address=bool(given.get("address", True)),
        )
        events.post_written(store, post)
    return shapes.post(store, post)


@order
def add_message(given: Json) -> Json:
    store = here.store()
    with store.transaction():
        sender, recipient = _acting(store, given), people.ensure_user(store, given.get("to", here.us().username))
        pictures = _pictures(store, sender, given, "dm_image")
        message = messages.send(
            store, sender=sender, recipient=recipient, text=given.get("text", ""), pictures=pictures
        )
        events.message_sent(store, message)
    return shapes.message(store, message)


def _acting(store: Store, given: Json) -> User:
    return people.ensure_user(store, given["as"], given.get("name", ""))


def _id(given: Json, name: str) -> int | None:
    return int(given[name]) if given.get(name) else None


def _pictures(store: Store, owner: User, given: Json, category: str) -> list[int]:
    files = [base64.b64decode(one) for one in given.get("media", [])]
    return [media.upload(store, owner=owner, data=data, category=category).id for data in files]


@order
def list_posts(given: Json) -> Json:
    """Those of an account, ours when none is named, oldest first."""
    store, user = here.store(), _named(given)
    rows = store.rows("SELECT id FROM posts WHERE author_id = ? ORDER BY id", user.id)
    found = posts.find_many(store, [row["id"] for row in rows])
    return {"posts": [shapes.post(store, one) for one in found]}


@order
def list_messages(given: Json) -> Json:
    """Those between us and an account, with all when none is named, oldest first."""
    store, other = here.store(), _named(given).id if "with" in given else ""
    found = messages.of_user(store, here.us().id, before=NEWEST, most=1000, other=other)
    return {"messages": [shapes.message(store, one) for one in reversed(found)]}


def _named(given: dict[str, Any]) -> User:
    name = given.get("by") or given.get("with")
    user = people.by_name(here.store(), name) if name else here.us()
    if user is None:
        raise invalid("by", name, "no such user")
    return user


@order
def connect(given: Json) -> Json:
    """Register a webhook with all it needs; `valid` when it signed our token."""
    webhook_id = connecting.connect(here.store(), given["url"], here.us().id)
    return {"id": webhook_id, "valid": delivery.check(here.store(), webhook_id, here.secrets().consumer_secret)}


@order
def recheck(given: Json) -> Json:
    """Ask every webhook to sign again, now."""
    rows = here.store().rows("SELECT id FROM webhooks")
    secret = here.secrets().consumer_secret
    return {"valid": {str(row["id"]): delivery.check(here.store(), row["id"], secret) for row in rows}}
