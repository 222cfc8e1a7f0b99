"""ClamAV's daemon, where CLAMD_URL names one: tcp://host:3310, or the path of its socket."""

from typing import BinaryIO, NamedTuple
from urllib.parse import urlsplit

from clamav_client.clamd import (
    BufferTooLongError,
    ClamdError,
    ClamdNetworkSocket,
    ClamdUnixSocket,
    CommunicationError,
)
from django.conf import settings

PORT = 3310
SECONDS = 60


class Verdict(NamedTuple):
    """`finding` is what the scanner calls it; empty: nothing found."""

    finding: str = ""


class ScannerAway(Exception):
    """It cannot be reached: what is kept waits for it."""


class Unscannable(Exception):
    """The scanner is there and will not judge this file. str() is its technical reason."""


def is_configured() -> bool:
    return bool(settings.CLAMD_URL)


def scan(content: BinaryIO) -> Verdict:
    """Over the network, so never inside a transaction. Raises ScannerAway, Unscannable."""
    daemon = _daemon(settings.CLAMD_URL)
    try:
        answer = daemon.instream(content)
    except BufferTooLongError as error:
        raise Unscannable("larger than its StreamMaxLength") from error
    except (CommunicationError, OSError) as error:
        # It hangs up on what is larger than it takes, too: such a file must not look like a scanner that is away.
        if _answers(daemon):
            raise Unscannable("it hung up") from error
        raise ScannerAway from error
    except ClamdError as error:
        raise Unscannable("unreadable answer") from error
    return _verdict(answer)


def _daemon(url: str) -> ClamdNetworkSocket:
    if url.startswith("tcp://"):
        at = urlsplit(url)
        return ClamdNetworkSocket(host=at.hostname or "127.0.0.1", port=at.port or PORT, timeout=SECONDS)
    return ClamdUnixSocket(path=url, timeout=SECONDS)


def _answers(daemon: ClamdNetworkSocket) -> bool:
    try:
        return daemon.ping() == "PONG"
    except (ClamdError, OSError):
        return False
    finally:
        daemon.clamd_socket.close()  # it leaves a socket open that found nobody


def _verdict(answer: dict[str, tuple[str, str | None]]) -> Verdict:
    """{'stream': ('FOUND', 'Eicar-Signature')}; nothing at all when it hung up."""
    for status, name in answer.values():
        if status == "OK":
            return Verdict()
        if status == "FOUND":
            return Verdict(name or "unnamed")
        raise Unscannable(name or status)
    raise Unscannable("it hung up")
