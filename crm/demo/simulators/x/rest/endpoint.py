"""What every answer of the API has in common: who calls, how often, problems as JSON, and planned mischief."""

import json
import socket
import time
from collections import deque
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from functools import wraps
from typing import Any

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.views.decorators.csrf import csrf_exempt

from crm.demo.simulators.x import here, signing
from crm.demo.simulators.x.limits import LIMITS, Over, Standing
from crm.demo.simulators.x.mischief import PLAN, Fault
from crm.demo.simulators.x.people import User
from crm.demo.simulators.x.refusals import Refused, invalid
from crm.demo.simulators.x.shapes import Json
from crm.demo.simulators.x.store import Store

View = Callable[..., HttpResponse]
CALLS: deque[Json] = deque(maxlen=500)
UNSUPPORTED = (
    "Authenticating with OAuth 2.0 Application-Only is forbidden for this endpoint. "
    "Supported authentication types are [OAuth 1.0a User Context, OAuth 2.0 User Context]."
)


@dataclass(frozen=True)
class Call:
    """A call that is who it says: by our account, or (None) by the app alone."""

    request: HttpRequest
    account: User | None

    @property
    def store(self) -> Store:
        return here.store()

    @property
    def user(self) -> User:
        """The account. Raises Refused for the app alone."""
        if self.account is None:
            raise Refused(403, UNSUPPORTED, title="Unsupported Authentication", kind="unsupported-authentication")
        return self.account

    def by_app(self) -> None:
        """Some things X shows to the app alone. Raises Refused for an account."""
        if self.account is not None:
            detail = "Authenticating with a user context is forbidden for this endpoint."
            raise Refused(403, detail, title="Unsupported Authentication", kind="unsupported-authentication")

    @property
    def json(self) -> Json:
        try:
            body = json.loads(self.request.body or b"{}")
        except ValueError:
            raise invalid("body", "", "not JSON") from None
        if not isinstance(body, dict):
            raise invalid("body", "", "not an object")
        return body

    def number(self, name: str, usual: int, least: int, most: int) -> int:
        """A figure of the query string. Raises Refused outside its bounds."""
        given = self.request.GET.get(name, str(usual))
        if not given.isdecimal() or not least <= int(given) <= most:
            raise invalid(
                name, given, f"The `{name}` query parameter value [{given}] is not between {least} and {most}"
            )
        return int(given)

    def words(self, name: str) -> frozenset[str]:
        """A list of the query string, parted by commas."""
        return frozenset(filter(None, self.request.GET.get(name, "").split(",")))


def endpoint(name: str) -> Callable[[Callable[..., HttpResponse]], View]:
    """A view(call, …) that answers as X does. `name` is what X counts by: method and path."""

    def wrap(view: Callable[..., HttpResponse]) -> View:
        @csrf_exempt
        @wraps(view)
        def answer(request: HttpRequest, **parts: Any) -> HttpResponse:
            fault = PLAN.next_fault(request.path)
            refused = fault is not None and not fault.after
            response = misbehave(request, fault) if fault and refused else _answer(request, name, view, parts)
            CALLS.append({"method": request.method, "path": request.path, "status": response.status_code})
            return misbehave(request, fault) if fault and not refused else response

        return answer

    return wrap


def _answer(request: HttpRequest, name: str, view: View, parts: Json) -> HttpResponse:
    standing: Standing | None = None
    try:
        account = signing.caller(request)
        standing = LIMITS.take(name, account.id if account else "app")
        response = view(Call(request, account), **parts)
    except Over as over:
        standing, response = over.standing, problem(over)
    except Refused as refused:
        response = problem(refused)
    return with_standing(response, standing) if standing else response


def with_standing(response: HttpResponse, standing: Standing) -> HttpResponse:
    for name, value in standing.headers.items():
        response[name] = value
    return response


def problem(refused: Refused) -> HttpResponse:
    return JsonResponse(refused.problem, status=refused.status, content_type="application/problem+json")


def by_method(**views: View) -> View:
    """One address, a view for each method; X answers 405 to the others."""

    @csrf_exempt
    def choose(request: HttpRequest, **parts: Any) -> HttpResponse:
        view = views.get(request.method or "")
        if view is None:
            return problem(Refused(405, "Method Not Allowed", title="Method Not Allowed"))
        return view(request, **parts)

    return choose


def misbehave(request: HttpRequest, fault: Fault) -> HttpResponse:
    """Answer as planned: with an error, with rubbish, late and then not at all, or by hanging up."""
    if fault.answer == "garbage":
        return HttpResponse(b"<html>\x00 upstream connect error", content_type="application/json")
    if fault.answer in ("hang", "close"):
        if fault.answer == "hang":
            PLAN.calmed.wait(fault.seconds)
        return hang_up(request)
    over = fault.answer == "429"
    response = problem(Refused(int(fault.answer), "Too Many Requests" if over else "Something is technically wrong.",
                               title="Too Many Requests" if over else "Service Unavailable",
                               kind="" if over else "service-unavailable"))  # fmt: skip
    return with_standing(response, Standing(1, 0, int(time.time() + fault.seconds) + 1)) if over else response


def hang_up(request: HttpRequest) -> HttpResponse:
    """The caller sees a connection that closes without an answer; what is returned goes nowhere."""
    with suppress(OSError):
        request.META["simulator.connection"].shutdown(socket.SHUT_RDWR)
    return HttpResponse(status=500)
