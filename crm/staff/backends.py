"""Signing in by user name, e-mail or staff number, or by the company's own sign-on."""

from __future__ import annotations

from typing import Any

from django.contrib.auth.hashers import make_password
from django.core.exceptions import SuspiciousOperation
from django.http import HttpRequest
from mozilla_django_oidc.auth import OIDCAuthenticationBackend

from crm.staff.models import User
from crm.staff.queries import UserQuerySet


class StaffBackend:
    """Knows active members of staff only."""

    def authenticate(
        self,
        request: HttpRequest | None,
        username: str | None = None,
        password: str | None = None,
        **_: Any,
    ) -> User | None:
        if not username or password is None:
            return None
        user = find_person(username)
        if user is None:
            make_password(password)  # as slow as a wrong password, so that timing tells no names
            return None
        return user if user.check_password(password) else None

    def get_user(self, user_id: int) -> User | None:
        return User.objects.working().filter(pk=user_id).first()


def find_person(identifier: str) -> User | None:
    """The one active person so called; None when nobody or, by mistake, two answer to it."""
    found = list(User.objects.working().called(identifier.strip())[:2])
    return found[0] if len(found) == 1 else None


class CompanySignOn(OIDCAuthenticationBackend):
    """OpenID Connect: lets in people who have an account here, by an e-mail that the provider has verified.

    Nobody registers themselves; the provider's other claims are not read.
    """

    def verify_claims(self, claims: dict[str, Any]) -> bool:
        return bool(claims.get("email")) and claims.get("email_verified", True) is True

    def verify_token(self, token: str, **kwargs: Any) -> dict[str, Any]:
        """The library checks signature and nonce; here a token made for another client is refused.

        OpenID Connect Core 1.0, 3.1.3.7 (3).
        """
        claims = super().verify_token(token, **kwargs)
        audience = claims.get("aud", [])
        if self.OIDC_RP_CLIENT_ID not in ([audience] if isinstance(audience, str) else audience):
            raise SuspiciousOperation("The identity token was made for another client.")
        return claims

    def filter_users_by_claims(self, claims: dict[str, Any]) -> UserQuerySet:
        return User.objects.working().filter(email__iexact=claims["email"])

    def get_user(self, user_id: int) -> User | None:
        return User.objects.working().filter(pk=user_id).first()
