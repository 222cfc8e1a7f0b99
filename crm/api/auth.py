"""Who calls the API, and whether its token allows the call. Denies by default."""

import hashlib
from typing import Any, cast

from django.utils.translation import gettext_lazy as _
from rest_framework.authentication import BaseAuthentication
from rest_framework.exceptions import AuthenticationFailed
from rest_framework.permissions import BasePermission
from rest_framework.request import Request

from crm.api.errors import InsufficientScope
from crm.api.models import ApiClient


class ClientAuthentication(BaseAuthentication):
    """OAuth2 client credentials: no user; `request.auth` is the client, with the scopes `granted` to its token.

    The toolkit's own class asks three queries for this; the unique index of the token's checksum answers in one.
    """

    def authenticate(self, request: Request) -> tuple[None, ApiClient] | None:
        kind, _space, value = request.META.get("HTTP_AUTHORIZATION", "").partition(" ")
        if kind.lower() != "bearer":
            return None
        client = _client_of(value.strip())
        if client is None:
            raise AuthenticationFailed(_("The token is unknown, expired or revoked."))
        return None, client

    def authenticate_header(self, request: Request) -> str:
        sent = request.META.get("HTTP_AUTHORIZATION")
        return 'Bearer realm="api", error="invalid_token"' if sent else 'Bearer realm="api"'


# By hand, because every request pays for it: building this with the ORM costs more than the database does.
HOLDER = """
SELECT client.*, token.scope AS granted
FROM oauth2_provider_accesstoken token JOIN api_apiclient client USING (application_id)
WHERE token.token_checksum = %s AND token.expires > statement_timestamp() AND client.revoked_at IS NULL
"""


def _client_of(token: str) -> ApiClient | None:
    checksum = hashlib.sha256(token.encode()).hexdigest()
    return next(iter(ApiClient.objects.raw(HOLDER, [checksum])), None)


def caller(request: Request) -> ApiClient:
    """The client whose token the request carries."""
    return cast(ApiClient, request.auth)


def granted_to(request: Request) -> list[str]:
    scopes: str = request.auth.granted  # type: ignore[union-attr]  # set by HOLDER
    return scopes.split()


class HasScope(BasePermission):
    """A view names the scope of each method in `scopes`; a method it does not name is closed to everybody."""

    def has_permission(self, request: Request, view: Any) -> bool:
        if request.auth is None:
            return False
        if request.method not in view.allowed_methods:
            return True  # what follows is 405, which says more than 403
        method = "GET" if request.method == "HEAD" else request.method
        needed = getattr(view, "scopes", {}).get(method)
        if needed is None or needed not in granted_to(request):
            raise InsufficientScope(needed or "")
        return True
