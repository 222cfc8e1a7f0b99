"""The floor under live updates: an ASGI application that does nothing but pass a line on to everybody who listens."""

import asyncio
from typing import Any

waiting: set[asyncio.Queue[bytes]] = set()


async def application(scope: dict[str, Any], _receive: Any, send: Any) -> None:
    if scope["type"] != "http":
        return
    kind = [(b"content-type", b"text/event-stream")]
    await send({"type": "http.response.start", "status": 200, "headers": kind})
    if scope["path"].startswith("/tell/"):
        line = f'data: {{"topics": ["{scope["path"][6:]}"]}}\n\n'.encode()
        for one in waiting:
            one.put_nowait(line)
        await send({"type": "http.response.body", "body": b""})
        return
    await send({"type": "http.response.body", "body": b"\n", "more_body": True})
    box: asyncio.Queue[bytes] = asyncio.Queue()
    waiting.add(box)
    try:
        while True:
            await send({"type": "http.response.body", "body": await box.get(), "more_body": True})
    finally:
        waiting.discard(box)
