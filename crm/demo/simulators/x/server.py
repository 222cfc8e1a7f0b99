"""A small threaded server: one process, so that what is planned and counted in memory holds for every call."""

import threading
from typing import Any

from django.core.servers.basehttp import ThreadedWSGIServer, WSGIRequestHandler
from django.core.wsgi import get_wsgi_application


class Handler(WSGIRequestHandler):
    """Lets a view hang up on its caller, and says nothing of single calls."""

    def get_environ(self) -> dict[str, Any]:
        return super().get_environ() | {"simulator.connection": self.connection}

    def log_message(self, format: str, *args: Any) -> None:
        pass


class Server(ThreadedWSGIServer):
    """Bound when made; port 0 takes a free one."""

    daemon_threads = True  # a call that hangs on purpose does not hold up the end
    request_queue_size = 64

    def __init__(self, host: str, port: int) -> None:
        super().__init__((host, port), Handler)

    @property
    def url(self) -> str:
        host, port = self.server_address[:2]
        return f"http://{host!s}:{port}"

    def handle_error(self, request: Any, client_address: Any) -> None:
        """A caller that went away is no news."""

    def serve(self, stop: threading.Event) -> None:
        self.set_app(get_wsgi_application())
        threading.Thread(target=self.serve_forever, kwargs={"poll_interval": 0.1}, daemon=True).start()
        stop.wait()
        self.shutdown()
        self.server_close()
