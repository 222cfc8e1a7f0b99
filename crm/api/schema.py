"""What the OpenAPI document must be told about our own classes and refusals."""

from typing import Any

from drf_spectacular.extensions import OpenApiAuthenticationExtension

from crm.api.errors import MEDIA_TYPE, TITLES
from crm.api.models import Scope

ALWAYS = ("400", "401", "403", "404", "429")
WRITING = ("409", "412", "413", "415")
TEXT = {"type": "string"}
WRONG = {
    "type": "object",
    "required": ["field", "code", "detail"],
    "properties": {"field": TEXT | {"description": "Path of the field: customer.msisdn"}, "code": TEXT, "detail": TEXT},
}
PROBLEM = {
    "type": "object",
    "description": "RFC 9457. title and detail come in the language of Accept-Language; type is the same in each.",
    "required": ["type", "title", "status", "detail", "instance"],
    "properties": {
        "type": TEXT | {"description": "urn:sapa:problem:…"},
        "title": TEXT,
        "status": {"type": "integer"},
        "detail": TEXT,
        "instance": TEXT,
        "errors": {"type": "array", "items": WRONG},
    },
}


class ClientCredentialsScheme(OpenApiAuthenticationExtension):
    target_class = "crm.api.auth.ClientAuthentication"
    name = "oauth2"

    def get_security_requirement(self, auto_schema: Any) -> dict[str, list[str]]:
        needed = getattr(auto_schema.view, "scopes", {}).get(auto_schema.method)
        return {self.name: [needed] if needed else []}

    def get_security_definition(self, auto_schema: Any) -> dict[str, Any]:
        scopes = {str(scope.value): str(scope.label) for scope in Scope}
        flow = {"tokenUrl": "/api/oauth/token/", "scopes": scopes}
        return {"type": "oauth2", "flows": {"clientCredentials": flow}}


def finish(result: dict[str, Any], generator: Any, request: Any, public: bool) -> dict[str, Any]:
    """Postprocessing hook: refusals of every operation, and paths in the form we document, without the last slash."""
    result["components"]["schemas"]["Problem"] = PROBLEM
    result["paths"] = {path.rstrip("/"): _with_problems(operations) for path, operations in result["paths"].items()}
    return result


def _with_problems(operations: dict[str, Any]) -> dict[str, Any]:
    for method, operation in operations.items():
        writing = WRITING if method != "get" else ()
        for status in (*ALWAYS, *writing, *(("428",) if method == "patch" else ())):
            operation["responses"][status] = _problem(status)
    return operations


def _problem(status: str) -> dict[str, Any]:
    schema = {"$ref": "#/components/schemas/Problem"}
    return {"description": str(TITLES[int(status)]), "content": {MEDIA_TYPE: {"schema": schema}}}
