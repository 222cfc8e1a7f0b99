"""Every request has an id, a line in the log and a place in the numbers."""

import re
import time
import uuid
from collections.abc import Callable

import structlog
from django.http import HttpRequest, HttpResponse

from crm.lib.observe.metrics import REQUEST_SECONDS, REQUESTS

HEADER = "X-Request-ID"
# What a proxy may hand us: nothing that could forge a line or fill a disk.
SANE = re.compile(r"[A-Za-z0-9._-]{8,64}")
QUIET = {"healthz", "readyz", "metrics"}
log = structlog.get_logger("sapa.request")


def request_id(request: HttpRequest) -> str:
    """The caller's id when it is sane, else a new one."""
    offered = request.headers.get(HEADER, "")
    return offered if SANE.fullmatch(offered) else uuid.uuid4().hex


class RequestLog:
    """First in MIDDLEWARE, so that it sees every answer. Logs the view's name, never the path: that may name people."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        identity, begun = request_id(request), time.perf_counter()
        with structlog.contextvars.bound_contextvars(request_id=identity):
            response = self.get_response(request)
            self.note(request, response, time.perf_counter() - begun)
        response[HEADER] = identity
        return response

    def note(self, request: HttpRequest, response: HttpResponse, seconds: float) -> None:
        match = request.resolver_match
        view = (match.view_name if match else "") or "none"
        method = request.method if request.method in METHODS else "OTHER"
        REQUESTS.labels(view, method, str(response.status_code)).inc()
        REQUEST_SECONDS.labels(view, method).observe(seconds)
        if view not in QUIET:
            facts = {"view": view, "method": method, "status": response.status_code, "user": user_id(request)}
            log.info("request", ms=round(seconds * 1000, 1), **facts)


# Anybody can invent a method, and each would become a time series.
METHODS = {"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"}


def user_id(request: HttpRequest) -> int | None:
    """Without loading the user: a view that did not ask who it is needs no query for the log."""
    user = getattr(request, "_cached_user", None)
    return user.pk if user else None
