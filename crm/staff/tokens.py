"""Links that let somebody in: the e-mail holds the token, the database a digest of it."""

import hashlib
import secrets


def new_token() -> str:
    return secrets.token_urlsafe(32)


def digest(token: str) -> str:
    """What we keep of a token; long random ones need no salt."""
    return hashlib.sha256(token.encode()).hexdigest()
