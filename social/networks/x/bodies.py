"""An answer's body, unless it is endless or comes drop by drop: `requests` itself waits for a whole chunk."""

from collections.abc import Iterator
from time import monotonic

import requests
import urllib3

CHUNK = 64 * 1024


def read(answer: requests.Response, *, most: int, ends: float) -> bytes:
    """At most one byte more than `most`. Raises RequestException; a Timeout when it is not there by `ends`."""
    body = bytearray()
    for chunk in _as_it_comes(answer):
        body += chunk
        if len(body) > most:
            break
        if monotonic() > ends:
            raise requests.ReadTimeout
    return bytes(body[: most + 1])


def _as_it_comes(answer: requests.Response) -> Iterator[bytes]:
    try:
        while chunk := answer.raw.read1(CHUNK, decode_content=True):
            yield chunk
    except urllib3.exceptions.ReadTimeoutError as error:
        raise requests.ReadTimeout from error
    except urllib3.exceptions.HTTPError as error:
        raise requests.exceptions.ChunkedEncodingError from error
