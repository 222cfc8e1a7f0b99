"""The signed words that visitors carry. What is not ours is told apart by its signature, in constant time, before
any table is asked: whoever guesses learns nothing, not even from how long it took.
"""

import datetime as dt
import secrets
from dataclasses import dataclass

from django.core.signing import BadSignature, Signer

NONCE_BYTES = 16
# People need longer than that to write to us; a page may lie open over a night's sleep.
QUICKEST, LONGEST = dt.timedelta(seconds=3), dt.timedelta(hours=12)
RECEIPT_LASTS = dt.timedelta(hours=24)


class NotOurs(ValueError):
    """Made up, altered, or made for another purpose."""


def new_nonce() -> str:
    """22 letters that nobody guesses."""
    return secrets.token_urlsafe(NONCE_BYTES)


def link_token(nonce: str) -> str:
    """What stands in a status link: derived, so that it can be shown again and a copy of the database holds none."""
    return _links().sign(nonce)


def read_link_token(token: str) -> str:
    """The nonce of a link. Raises NotOurs."""
    return _unsigned(_links(), token)


def _links() -> Signer:
    return Signer(salt="sapa.web.link", sep=".")


def _unsigned(signer: Signer, token: str) -> str:
    try:
        return signer.unsign(token)
    except BadSignature:
        raise NotOurs from None


@dataclass(frozen=True)
class Ticket:
    """A page that we handed out: its own id, and when."""

    nonce: str
    age: dt.timedelta

    @property
    def is_hasty(self) -> bool:
        return self.age < QUICKEST

    @property
    def is_stale(self) -> bool:
        return self.age > LONGEST


def new_ticket(page: str, at: dt.datetime) -> str:
    """Stands in for a CSRF cookie, which a frame on another site would not get: good for one page, and for a time."""
    return _tickets(page).sign(f"{new_nonce()}~{int(at.timestamp())}")


def read_ticket(token: str, page: str, at: dt.datetime) -> Ticket:
    """Raises NotOurs, also for a ticket of another page."""
    nonce, _tilde, stamp = _unsigned(_tickets(page), token).partition("~")
    return Ticket(nonce, dt.timedelta(seconds=at.timestamp() - int(stamp)))


def _tickets(page: str) -> Signer:
    return Signer(salt=f"sapa.web.{page}", sep=".")
