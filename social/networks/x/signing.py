"""Who signs what: we our requests, X its events."""

import base64
import hashlib
import hmac

from requests import PreparedRequest
from requests.auth import AuthBase

HEADER = "X-Twitter-Webhooks-Signature"


class AppToken(AuthBase):
    """The app speaks for itself, not for its account."""

    def __init__(self, token: str) -> None:
        self.token = token

    def __call__(self, request: PreparedRequest) -> PreparedRequest:
        request.headers["Authorization"] = f"Bearer {self.token}"
        return request


def signature(secret: str, message: bytes) -> str:
    """Of an event's raw bytes, or of the token with which X asks whether we know the secret."""
    return "sha256=" + base64.b64encode(hmac.digest(secret.encode(), message, hashlib.sha256)).decode()


def is_signed(secret: str, message: bytes, claimed: str) -> bool:
    """In constant time. Without a secret nothing is signed."""
    return bool(secret) and hmac.compare_digest(signature(secret, message).encode(), claimed.encode())
