"""What the OpenAPI document must be told about our own classes."""

from typing import Any

from drf_spectacular.extensions import OpenApiAuthenticationExtension

from crm.api.models import Scope


class ClientCredentialsScheme(OpenApiAuthenticationExtension):
    """How the OpenAPI document describes ClientAuthentication."""

    target_class = "crm.api.auth.ClientAuthentication"
    name = "oauth2"

    def get_security_requirement(self, auto_schema: Any) -> dict[str, list[str]]:
        needed = getattr(auto_schema.view, "scopes", {}).get(auto_schema.method)
        return {self.name: [needed] if needed else []}

    def get_security_definition(self, auto_schema: Any) -> dict[str, Any]:
        scopes = {str(scope.value): str(scope.label) for scope in Scope}
        flow = {"tokenUrl": "/api/oauth/token/", "scopes": scopes}
        return {"type": "oauth2", "flows": {"clientCredentials": flow}}
