"""Is the process of this container alive? Its health check; loads nothing of the product, so that asking costs little.

`python -I crm/lib/observe/health.py web|live|loop`
"""

import http.client
import os
import sys
import time

FRESH = 60.0  # seconds; a loop shows itself every few


def web() -> bool:
    """Answers even when the database is away: a new container would not bring that back."""
    host = os.environ.get("ALLOWED_HOSTS", "localhost").split(",")[0]
    return _status(8000, "/healthz", host) == 200


def live() -> bool:
    """Turns away whoever is not signed in."""
    return _status(8001, "/live/", "localhost") == 401


def loop() -> bool:
    """A worker, beat or another that answers no requests: its file is fresh."""
    return time.time() - os.stat(os.environ["SAPA_ALIVE_FILE"]).st_mtime < FRESH


def _status(port: int, path: str, host: str) -> int:
    connection = http.client.HTTPConnection("127.0.0.1", int(os.environ.get("PORT", port)), timeout=4)
    connection.request("GET", path, headers={"Host": host})
    return connection.getresponse().status


if __name__ == "__main__":
    try:
        sys.exit(not {"web": web, "live": live, "loop": loop}[sys.argv[1]]())
    except OSError as error:
        sys.exit(f"{type(error).__name__}: {error}")
