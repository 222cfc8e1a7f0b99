"""Secrets that people type into a page, kept so that a copy of the database alone reveals nothing.

The key comes from the environment (SEALING_KEYS, else SECRET_KEY and its fallbacks); the first one seals, all open.
"""

import base64
import hashlib
import hmac
import json

from cryptography.fernet import Fernet, InvalidToken, MultiFernet
from django.conf import settings


class Unreadable(Exception):
    """Sealed with a key that this process does not have."""


def seal(values: dict[str, str]) -> str:
    return _box().encrypt(json.dumps(values).encode()).decode()


def unseal(sealed: str) -> dict[str, str]:
    """Raises Unreadable."""
    if not sealed:
        return {}
    try:
        return dict(json.loads(_box().decrypt(sealed.encode())))
    except InvalidToken:
        raise Unreadable from None


def reseal(sealed: str) -> str:
    """The same under the first key, so that an old one can be given up. Raises Unreadable."""
    return seal(unseal(sealed)) if sealed else ""


def digest(text: str) -> str:
    """HMAC-SHA256 under the first key: to find what is sealed by the whole of it, and by nothing less."""
    return digests(text)[0]


def digests(text: str) -> list[str]:
    """Under every key that still opens: to search by, until all is sealed anew."""
    return [hmac.new(_key(f"digest {key}"), text.encode(), hashlib.sha256).hexdigest() for key in _texts()]


def _box() -> MultiFernet:
    return MultiFernet([Fernet(_key(text)) for text in _texts()])


def _texts() -> list[str]:
    return settings.SEALING_KEYS or [settings.SECRET_KEY, *map(str, settings.SECRET_KEY_FALLBACKS)]


def _key(text: str) -> bytes:
    """Any long text becomes a key of the length that Fernet asks for."""
    return base64.urlsafe_b64encode(hashlib.sha256(b"sapa sealed " + text.encode()).digest())
