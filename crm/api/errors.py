"""Every refusal of the API as application/problem+json (RFC 9457), naming the field it blames."""

import logging
import math
from collections.abc import Iterator
from typing import Any

from django.core.exceptions import PermissionDenied as DjangoPermissionDenied
from django.db import OperationalError
from django.http import Http404
from django.utils.translation import gettext_lazy as _
from rest_framework import exceptions, status
from rest_framework.response import Response

from caring.refusals import NotTaken, TaskGone, TaskTaken, WorkRefused
from crm.cases import errors as cases
from crm.customers.errors import BadContact, CannotEdit, Stale
from crm.customers.lines.errors import LineError

log = logging.getLogger(__name__)
MEDIA_TYPE = "application/problem+json"
Wrong = dict[str, str]


class Problem(exceptions.APIException):
    """A refusal with its own code; `wrongs` name fields, `headers` go with the answer."""

    def __init__(self, detail: Any = None, *, wrongs: list[Wrong] | None = None, **headers: str) -> None:
        super().__init__(detail)
        self.wrongs = wrongs or []
        self.headers = {name.replace("_", "-"): value for name, value in headers.items()}


class InsufficientScope(Problem):
    status_code, default_code = 403, "insufficient_scope"
    default_detail = _("The token lacks the scope for this.")

    def __init__(self, scope: str) -> None:
        challenge = f'Bearer realm="api", error="insufficient_scope", scope="{scope}"'
        super().__init__(WWW_Authenticate=challenge)


class IfMatchMissing(Problem):
    status_code, default_code = 428, "if_match_missing"
    default_detail = _("Send If-Match with the ETag of what you read.")


class BadHeader(Problem):
    status_code, default_code = 400, "bad_header"

    def __init__(self, name: str, sentence: Any) -> None:
        super().__init__(sentence, wrongs=[{"field": name, "code": self.default_code, "detail": str(sentence)}])


class KeyUsedOtherwise(Problem):
    status_code, default_code = 409, "idempotency_key_reused"
    default_detail = _("This Idempotency-Key was used with another request.")


class StillRunning(Problem):
    status_code, default_code = 409, "in_progress"
    default_detail = _("The first request with this Idempotency-Key is still running. Ask again shortly.")


class BodyTooLarge(Problem):
    status_code, default_code = 413, "too_large"


class Unreachable(Problem):
    status_code, default_code = 503, "unavailable"
    default_detail = _("The database cannot be reached. Nothing was changed; try again shortly.")


class ServerFault(Problem):
    status_code, default_code = 500, "server_error"
    default_detail = _("The server had a fault. Nothing was changed; it is in our log.")


TITLES = {
    400: _("The request is not right"),
    401: _("Sign in with a token"),
    403: _("Not allowed"),
    404: _("Not found"),
    405: _("Method not allowed"),
    406: _("Not acceptable"),
    409: _("Not possible now"),
    412: _("Changed meanwhile"),
    413: _("Too large"),
    415: _("Media type not supported"),
    428: _("If-Match is missing"),
    429: _("Too many requests"),
    500: _("Server fault"),
    503: _("Not available"),
}
CASE_STATUS: dict[type[Exception], int] = {
    cases.StaleVersion: status.HTTP_412_PRECONDITION_FAILED,
    cases.IllegalTransition: status.HTTP_409_CONFLICT,
    cases.FirstReplyMissing: status.HTTP_409_CONFLICT,
    cases.EscalationEnded: status.HTTP_409_CONFLICT,
    cases.CaseEnded: status.HTTP_409_CONFLICT,
    cases.ProblemEnded: status.HTTP_409_CONFLICT,
    cases.HangsElsewhere: status.HTTP_409_CONFLICT,
    cases.NoPolicy: status.HTTP_503_SERVICE_UNAVAILABLE,
}


def problem_response(exception: Exception, context: dict[str, Any]) -> Response:
    """The exception handler of REST framework: no exception leaves an API view as anything but a problem."""
    problem = as_problem(exception)
    if isinstance(problem, ServerFault):
        log.error("api fault", exc_info=exception)
    body = problem_body(problem, path=context["request"].path if context.get("request") else "")
    return Response(body, status=problem.status_code, headers=_headers(problem), content_type=MEDIA_TYPE)


def as_problem(exception: Exception) -> exceptions.APIException:
    problem: exceptions.APIException = ServerFault()
    match exception:
        case exceptions.APIException():
            problem = exception
        case Http404():
            problem = exceptions.NotFound()
        case DjangoPermissionDenied():
            problem = exceptions.PermissionDenied(str(exception) or None)
        case cases.CaseError():
            problem = _refused(exception, CASE_STATUS.get(type(exception), 400), exception.code, exception.field)
        case BadContact():
            problem = _refused(exception, 400, "bad_contact", f"customer.{exception.field}")
        case CannotEdit():
            problem = _refused(exception, 412 if isinstance(exception, Stale) else 409, exception.code, exception.field)
        case LineError():
            problem = _refused(exception, 409 if exception.conflict else 400, exception.code, exception.field)
        case WorkRefused():
            conflict = isinstance(exception, TaskGone | TaskTaken | NotTaken)
            problem = _refused(exception, 409 if conflict else 400, exception.code, exception.field)
        case OperationalError():
            problem = Unreachable(Retry_After="5")
    return problem


def _refused(exception: Exception, status_code: int, code: str, field: str) -> Problem:
    wrongs = [{"field": field, "code": code, "detail": str(exception)}] if field else []
    problem = Problem(str(exception), wrongs=wrongs)
    problem.status_code, problem.default_code = status_code, code
    return problem


def problem_body(problem: exceptions.APIException, *, path: str) -> dict[str, Any]:
    wrongs = getattr(problem, "wrongs", []) or list(_wrongs(problem))
    body = {
        "type": f"urn:sapa:problem:{_code(problem)}",
        "title": str(TITLES[problem.status_code]),
        "status": problem.status_code,
        "detail": "; ".join(wrong["detail"] for wrong in wrongs) or str(problem.detail),
        "instance": path,
    }
    return body | ({"errors": wrongs} if wrongs else {})


def _code(problem: exceptions.APIException) -> str:
    return "invalid" if isinstance(problem, exceptions.ValidationError) else problem.default_code


def _wrongs(problem: exceptions.APIException) -> Iterator[Wrong]:
    if isinstance(problem, exceptions.ValidationError):
        yield from _flat(problem.detail, "")


def _flat(detail: Any, field: str) -> Iterator[Wrong]:
    """Nested errors of a serializer as one list: {"customer": {"msisdn": [e]}} -> customer.msisdn."""
    if isinstance(detail, dict):
        for name, inner in detail.items():
            yield from _flat(inner, field if name == "non_field_errors" else f"{field}.{name}".lstrip("."))
    elif isinstance(detail, list):
        for inner in detail:
            yield from _flat(inner, field)
    else:
        yield {"field": field, "code": str(detail.code), "detail": str(detail)}


def _headers(problem: exceptions.APIException) -> dict[str, str]:
    headers = dict(getattr(problem, "headers", {}))
    if challenge := getattr(problem, "auth_header", None):
        headers["WWW-Authenticate"] = challenge
    if wait := getattr(problem, "wait", None):
        headers["Retry-After"] = str(math.ceil(wait))
    return headers
