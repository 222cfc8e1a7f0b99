"""The bytes of a picture or film: only from X's own places (an event must not send us anywhere else), never endless."""

from time import monotonic
from urllib.parse import urlsplit

import requests
from requests.auth import AuthBase

from crm.messaging.channels import Passing
from crm.messaging.models import Connection
from crm.timeline.attachments import LARGEST
from social.media import Gone
from social.networks.x.bodies import read
from social.networks.x.client import BASE_URL, CONNECTING, WEB_URL, signer

OPEN = ("pbs.twimg.com", "video.twimg.com")
SIGNED = ("ton.twitter.com", "ton.x.com")  # pictures of direct messages: for those alone who are in it
ANSWERING, WHOLE = 15.0, 60.0
LOST = (400, 401, 403, 404, 410)


def fetch(connection: Connection, url: str) -> bytes:
    """At most one byte more than we keep. Raises Gone; whatever else it raises may pass."""
    auth = _pass_for(connection, url)
    times, ends = (CONNECTING, ANSWERING), monotonic() + WHOLE
    with requests.get(url, auth=auth, timeout=times, allow_redirects=False, stream=True) as answer:
        if answer.status_code in LOST:
            raise Gone(f"refused ({answer.status_code})")
        if answer.status_code != 200:
            raise Passing(f"network fault ({answer.status_code})")
        return read(answer, most=LARGEST, ends=ends)


def _pass_for(connection: Connection, url: str) -> AuthBase | None:
    """Our signature where it is asked for and nowhere else. Raises Gone for any other place."""
    try:
        parts = urlsplit(url)
        host, origin = parts.hostname, (parts.scheme, parts.hostname, parts.port)
    except ValueError:
        raise Gone("not an address") from None
    if origin == _origin(str(connection.option("base_url", BASE_URL))):
        return signer(connection)
    if parts.scheme == "https" and parts.port is None and host in SIGNED:
        return signer(connection)
    is_open = parts.scheme == "https" and parts.port is None and host in OPEN
    if is_open or origin == _origin(str(connection.option("web_url", WEB_URL))):
        return None
    raise Gone("not a place of the network")


def _origin(address: str) -> tuple[str, str | None, int | None]:
    parts = urlsplit(address)
    return parts.scheme, parts.hostname, parts.port
