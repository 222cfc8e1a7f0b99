"""ClamAV's own daemon on loopback, with one signature: no database of the world can be fetched in a test."""

import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from tests.processes import free_port, wait_for_port
from tests.timeline.clamd import EICAR

CONFIG = """
Foreground yes
DatabaseDirectory {home}/signatures
TemporaryDirectory {home}
LogFile {home}/log
TCPAddr 127.0.0.1
TCPSocket {port}
LocalSocket {home}/clamd.ctl
StreamMaxLength 1M
"""


@contextmanager
def clamd(program: str, home: Path) -> Iterator[tuple[str, str]]:
    """Its two addresses: by port and by socket."""
    port = free_port()
    (home / "signatures").mkdir()
    # Name : any kind of file : anywhere in it : these bytes.
    (home / "signatures" / "sapa.ndb").write_text(f"Eicar-Signature:0:*:{EICAR.hex()}\n")
    config = home / "clamd.conf"
    config.write_text(CONFIG.format(home=home, port=port))
    started = subprocess.Popen([program, f"--config-file={config}"], stdout=subprocess.DEVNULL)
    try:
        wait_for_port(port, started)
        yield f"tcp://127.0.0.1:{port}", f"{home}/clamd.ctl"
    finally:
        started.terminate()
        started.wait(20)
