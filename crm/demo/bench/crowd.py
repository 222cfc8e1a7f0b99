"""Browsers that listen: `python -m crm.demo.bench.crowd PORT HOW_MANY PATH`.

One process, one loop. Its input begins with their cookie. It writes `ready`, then a JSON line for each further line
of its input: when each topic was heard by how many, in the machine's monotonic time. The end of the input ends it.
"""

import asyncio
import json
import sys
from collections import defaultdict

OPENING_AT_ONCE = 100
heard: dict[str, list[float]] = defaultdict(list)


async def browser(port: int, path: str, cookie: str, gate: asyncio.Semaphore, opened: asyncio.Queue[bool]) -> None:
    async with gate:
        reader, writer = await asyncio.open_connection("127.0.0.1", port, limit=2**14)
        writer.write(f"GET {path} HTTP/1.1\r\nHost: 127.0.0.1\r\nCookie: {cookie}\r\n\r\n".encode())
        while (line := await reader.readline()).strip():
            if line.startswith(b"HTTP/") and b" 200 " not in line:
                raise SystemExit(f"refused: {line!r}")
    opened.put_nowait(True)
    while line := await reader.readline():
        if line.startswith(b'data: {"topics"'):
            now = asyncio.get_running_loop().time()
            for topic in json.loads(line[6:])["topics"] or ():
                heard[topic].append(now)


async def main(port: int, number: int, path: str) -> None:
    cookie = sys.stdin.readline().strip()
    gate, opened = asyncio.Semaphore(OPENING_AT_ONCE), asyncio.Queue[bool]()
    crowd = [asyncio.create_task(browser(port, path, cookie, gate, opened)) for _ in range(number)]
    for _ in range(number):
        await opened.get()
    print("ready", flush=True)  # noqa: T201
    loop = asyncio.get_running_loop()
    while await loop.run_in_executor(None, sys.stdin.readline):
        print(json.dumps(heard), flush=True)  # noqa: T201
        heard.clear()
    for one in crowd:
        one.cancel()


if __name__ == "__main__":
    asyncio.run(main(int(sys.argv[1]), int(sys.argv[2]), sys.argv[3]))
