"""Who calls the API, and whether its token allows the call. Denies by default."""

import hashlib
from typing import Any

from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from oauth2_provider.models import AccessToken
from rest_framework.authentication import BaseAuthentication
from rest_framework.exceptions import AuthenticationFailed
from rest_framework.permissions import BasePermission
from rest_framework.request import Request

from crm.api.errors import InsufficientScope
from crm.api.models import ApiClient


class ClientAuthentication(BaseAuthentication):
    """OAuth2 client credentials: there is no user, `request.auth` is the token and its application the caller.

    The toolkit's own class asks three queries for this; the checksum's unique index answers in one.
    """

    def authenticate(self, request: Request) -> tuple[None, AccessToken] | None:
        kind, _space, value = request.META.get("HTTP_AUTHORIZATION", "").partition(" ")
        if kind.lower() != "bearer":
            return None
        token = _token(value.strip())
        if token is None:
            raise AuthenticationFailed(_("The token is unknown, expired or revoked."))
        return None, token

    def authenticate_header(self, request: Request) -> str:
        sent = request.META.get("HTTP_AUTHORIZATION")
        return 'Bearer realm="api", error="invalid_token"' if sent else 'Bearer realm="api"'


def _token(value: str) -> AccessToken | None:
    checksum = hashlib.sha256(value.encode()).hexdigest()
    alive = AccessToken.objects.filter(expires__gt=timezone.now(), application__client__revoked_at=None)
    known = alive.select_related("application__client__team").filter(token_checksum=checksum)
    return known.exclude(application__client=None).first()


def caller(request: Request) -> ApiClient:
    """The client whose token the request carries."""
    client: ApiClient = request.auth.application.client
    return client


class HasScope(BasePermission):
    """A view names the scope of each method in `scopes`; a method it does not name is closed to everybody."""

    def has_permission(self, request: Request, view: Any) -> bool:
        if request.auth is None:
            return False
        method = "GET" if request.method == "HEAD" else str(request.method)
        if not hasattr(view, method.lower()):
            return True  # what follows is 405, which says more than 403
        needed = getattr(view, "scopes", {}).get(method)
        if needed is None or needed not in request.auth.scope.split():
            raise InsufficientScope(needed or "")
        return True
