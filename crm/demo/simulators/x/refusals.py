"""Refusals as X words them: problem details (RFC 7807) with a status."""

from typing import Any

PROBLEMS = "https://api.x.com/2/problems/"
TITLES = {400: "Invalid Request", 401: "Unauthorized", 403: "Forbidden", 404: "Not Found Error", 409: "Conflict"}


class Refused(Exception):
    """What X would not do. `extra` goes into the problem beside the usual four; `reason` is a word for our own page."""

    def __init__(
        self, status: int, detail: str, *, kind: str = "", title: str = "", reason: str = "", **extra: Any
    ) -> None:
        super().__init__(detail)
        self.status, self.reason = status, reason
        self.problem = {
            "title": title or TITLES.get(status, "Error"),
            "detail": detail,
            "type": PROBLEMS + kind if kind else "about:blank",
            "status": status,
            **extra,
        }


def invalid(parameter: str, value: Any, message: str, *, reason: str = "") -> Refused:
    """A request X cannot read."""
    errors = [{"parameters": {parameter: [str(value)]}, "message": message}]
    detail = "One or more parameters to your request was invalid."
    return Refused(400, detail, kind="invalid-request", reason=reason, errors=errors)


def unknown(resource: str, parameter: str, value: str) -> dict[str, Any]:
    """X answers 200 with this among `errors` for a thing that is not there."""
    return {
        "value": value,
        "detail": f"Could not find {resource} with {parameter}: [{value}].",
        "title": "Not Found Error",
        "resource_type": resource,
        "parameter": parameter,
        "resource_id": value,
        "type": PROBLEMS + "resource-not-found",
    }
