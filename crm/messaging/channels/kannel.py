"""Kannel's smsbox, as it speaks: what we ask of it over HTTP, what its answers mean, how it calls us back."""

import datetime as dt
import re
from typing import NamedTuple
from urllib.parse import parse_qsl

import requests
from urllib3.exceptions import ConnectTimeoutError, NewConnectionError, SSLError

from crm.messaging.channels import Passing, Permanent, Sent, Uncertain
from crm.messaging.words import (
    CENTRE_AWAY,
    KANNEL_BROKE,
    KANNEL_LOGIN,
    KANNEL_REFUSED,
    KANNEL_ROUTE,
    KANNEL_SILENT,
    KANNEL_STRANGE,
    KANNEL_TROUBLE,
    KANNEL_UNREACHABLE,
)

# Seconds to reach it, and to hear from it: it answers once bearerbox has the message, in milliseconds.
TIME_LIMITS = (5, 20)
LONGEST_ANSWER = 65_536  # of its status page
# What ails the connection and not the message: log-in, address, too much at once.
OURS_TO_MEND = {401, 403, 404, 405, 407, 408, 429}
BINARY = "1"
CHARSETS = {"utf-8", "utf-16be", "utf-16", "iso-8859-1", "us-ascii", "windows-1252"}
ONLINE = re.compile(r"<smsc>.*?<status>online", re.DOTALL)


class Answer(NamedTuple):
    status: int
    text: str


def ask(url: str, parameters: dict[str, str | int] | None = None) -> Answer:
    """One GET, no redirects, no proxies, on a line of its own. Raises Passing while nothing can have left, Uncertain
    after."""
    with requests.Session() as session:
        session.trust_env = False
        try:
            answer = session.get(url, params=parameters, timeout=TIME_LIMITS, allow_redirects=False, stream=True)
        except requests.exceptions.Timeout as error:
            raise (Uncertain if _had_left(error) else Passing)(KANNEL_SILENT) from error
        except requests.exceptions.ConnectionError as error:
            raise (Uncertain(KANNEL_BROKE) if _had_left(error) else Passing(KANNEL_UNREACHABLE)) from error
        except (requests.exceptions.RequestException, ValueError) as error:
            raise Passing(KANNEL_UNREACHABLE) from error
        return Answer(answer.status_code, _text(answer))


def _had_left(error: requests.exceptions.RequestException) -> bool:
    """Before a line stands, urllib3 gives one of these as the reason; whatever breaks later is another."""
    if isinstance(error, (requests.exceptions.ConnectTimeout, requests.exceptions.SSLError)):
        return False
    reason = getattr(error.args[0] if error.args else None, "reason", None)
    return not isinstance(reason, (NewConnectionError, ConnectTimeoutError, SSLError))


def _text(answer: requests.Response) -> str:
    """The verdict is the status; words that break off, or never come, change nothing."""
    try:
        return str(answer.raw.read(LONGEST_ANSWER).decode("utf-8", "replace"))
    except Exception:
        return ""


def verdict(answer: Answer) -> Sent:
    """Raises Passing or Permanent for anything but 202: 'Accepted', or 'Queued' while its SMS centre is away."""
    if answer.status == requests.codes.accepted:
        return Sent(fault=CENTRE_AWAY if answer.text.startswith("3:") else "")
    if answer.text.startswith("Not routable"):
        raise Passing(KANNEL_ROUTE)
    if answer.status in (401, 403):
        raise Passing(f"{KANNEL_LOGIN} ({answer.status})")
    if answer.status >= 500:
        raise Passing(f"{KANNEL_TROUBLE} ({answer.status})")
    if answer.status < 400 or answer.status in OURS_TO_MEND:
        raise Passing(f"{KANNEL_STRANGE} ({answer.status})")
    raise Permanent(f"{KANNEL_REFUSED} ({answer.status})")


class Incoming(NamedTuple):
    """A customer's message as Kannel hands it over. `at` is when Kannel got it, None where it does not say."""

    sender: str
    receiver: str
    text: str
    at: dt.datetime | None
    is_binary: bool


def read_incoming(query: bytes) -> Incoming:
    """From the query of its get-url. The text comes in the bytes of its own charset, whatever the rest is in."""
    given = dict(parse_qsl(query.decode("ascii", "replace"), keep_blank_values=True, encoding="latin-1"))
    return Incoming(
        sender=given.get("from", "").strip(),
        receiver=given.get("to", "").strip(),
        text=_decoded(given.get("text", ""), given.get("charset", "")),
        at=moment(given.get("ts", "")),
        is_binary=given.get("coding") == BINARY,
    )


def _decoded(octets: str, charset: str) -> str:
    known = charset.lower() if charset.lower() in CHARSETS else "utf-8"
    # PostgreSQL keeps no NUL, and no phone shows one.
    return octets.encode("latin-1").decode(known, "replace").replace("\0", "").strip()


def moment(seconds: str) -> dt.datetime | None:
    """'1795617517' -> that moment; None for anything that is none."""
    try:
        return dt.datetime.fromtimestamp(int(seconds), dt.UTC) if int(seconds) > 0 else None
    except (ValueError, OverflowError, OSError):
        return None
