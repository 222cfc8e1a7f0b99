"""A scanner that speaks clamd's protocol: INSTREAM, chunks with their length before them, a line for the verdict."""

import socketserver
import struct
import threading
from collections.abc import Iterator
from contextlib import contextmanager

EICAR = rb"X5O!P%@AP[4\PZX54(P^)7CC)7}$EICAR-STANDARD-ANTIVIRUS-TEST-FILE!$H+H*"


class Scanner(socketserver.ThreadingTCPServer):
    """`says` answers for what it is given; None hangs up in the middle."""

    allow_reuse_address = daemon_threads = True

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), Talk)
        self.seen: list[bytes] = []
        self.says = lambda content: b"stream: Eicar-Signature FOUND" if EICAR in content else b"stream: OK"

    @property
    def url(self) -> str:
        return f"tcp://127.0.0.1:{self.server_address[1]}"


class Talk(socketserver.StreamRequestHandler):
    server: Scanner

    def handle(self) -> None:
        if (wish := self.rfile.readline()) == b"nPING\n":
            self.wfile.write(b"PONG\n")
            return
        assert wish == b"nINSTREAM\n"
        content = b""
        while (size := struct.unpack("!L", self.rfile.read(4))[0]) > 0:
            content += self.rfile.read(size)
        self.server.seen.append(content)
        answer = self.server.says(content)
        if answer is not None:
            self.wfile.write(answer + b"\n")


@contextmanager
def clamd() -> Iterator[Scanner]:
    with Scanner() as server:
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
        thread.start()
        yield server
        server.shutdown()
        thread.join()
