"""Processes and ports: is it still ours, is it gone, which port is free."""

import random
import socket
import time
from importlib.util import find_spec
from pathlib import Path

import psutil

# Below the range from which systems hand out ports for outgoing connections, so a remembered port stays ours.
PORTS = range(20_000, 32_000)


def site_packages(package: str) -> Path:
    """The folder that an installed package lies in, without importing it."""
    spec = find_spec(package)
    if spec is None or spec.origin is None:
        raise ModuleNotFoundError(f"{package} is not installed: run `make` or set DATABASE_URL and REDIS_URL.")
    return Path(spec.origin).parent.parent


def find_ours(pid: int | None, mark: Path) -> psutil.Process | None:
    """The live process `pid` if its command line names `mark`; a pid reused by a stranger does not."""
    try:
        process = psutil.Process(pid) if pid else None
        if process and process.status() != psutil.STATUS_ZOMBIE and str(mark) in process.cmdline():
            return process
    except psutil.Error:
        pass
    return None


def end_all(mark: Path) -> None:
    """Kill whatever process names `mark` on its command line, pid file or not."""
    for process in psutil.process_iter():
        if stray := find_ours(process.pid, mark):
            stray.kill()
            wait_gone(stray, 10)


def wait_gone(process: psutil.Process, seconds: float) -> bool:
    """Did it end in time?"""
    deadline = time.monotonic() + seconds
    while _is_alive(process) and time.monotonic() < deadline:
        time.sleep(0.02)
    return not _is_alive(process)


def _is_alive(process: psutil.Process) -> bool:
    """A zombie whose parent never asks, as in a container without an init, has ended."""
    try:
        return process.is_running() and process.status() != psutil.STATUS_ZOMBIE
    except psutil.NoSuchProcess:
        return False


def free_port(preferred: int | None = None) -> int:
    """`preferred` if nobody listens there, else another."""
    for port in [preferred, *random.sample(PORTS, 200)]:
        if port and _is_free(port):
            return port
    raise OSError("no free port on the loopback interface")


def _is_free(port: int) -> bool:
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", port))
        except OSError:
            return False
    return True


def read_number(path: Path) -> int | None:
    """The number on the file's first line, None when there is none."""
    try:
        return int(path.read_text().split()[0])
    except (OSError, ValueError, IndexError):
        return None
