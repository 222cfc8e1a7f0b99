"""`python -m crm.lib.supervisor run|stop`: see `make help`."""

import fcntl
import os
import signal
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from django.core.exceptions import ImproperlyConfigured

from crm.lib.embedded import ServerFailed, ensure_servers, stop_if_unused, stop_servers
from crm.lib.embedded.home import folder
from crm.lib.embedded.process import read_number
from crm.lib.supervisor.leash import Leash, await_free
from crm.lib.supervisor.programs import Address, choose_address, product
from crm.lib.supervisor.supervise import Supervisor, say
from crm.lib.supervisor.welcome import await_ready, log_ins, welcome


@contextmanager
def the_only_one(home: Path) -> Iterator[None]:
    """One supervisor for a data folder; its pid is for `stop`. Raises BlockingIOError for a second."""
    with (home / "supervisor").open("a+") as file:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        file.truncate(0)
        file.write(str(os.getpid()))
        file.flush()
        yield


def run() -> None:
    with the_only_one(folder()):
        await_free(folder() / "leash")
        ensure_servers()
        address = choose_address()
        set_environment(address, folder())
        subprocess.run([sys.executable, "manage.py", "prepare"], check=True)
        supervise(address, folder())
    say("sapa", "stopped, the servers too" if stop_if_unused() else "stopped; the servers stay for those who use them")


def set_environment(address: Address, home: Path) -> None:
    metrics = home / "metrics"
    metrics.mkdir(exist_ok=True)
    for old in metrics.glob("*.db"):
        old.unlink()
    os.environ.update(address.environment)
    os.environ.update({"PROMETHEUS_MULTIPROC_DIR": str(metrics), "PYTHONUNBUFFERED": "1"})
    os.environ.setdefault("LOG_FORMAT", "text")


def supervise(address: Address, home: Path) -> None:
    leash = Leash(home / "leash")
    supervisor = Supervisor(product(address, home), leash, each_round=servers_moved)
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, supervisor.stop)
    threading.Thread(target=greet, args=(address,), daemon=True).start()
    try:
        supervisor.run()
    finally:
        leash.close()


def servers_moved() -> bool:
    """Bring back an embedded server that died. True when it had to take another address."""
    before = os.environ.get("DATABASE_URL"), os.environ.get("REDIS_URL")
    try:
        ensure_servers()
    except ServerFailed as failure:
        say("sapa", str(failure))
    return before != (os.environ.get("DATABASE_URL"), os.environ.get("REDIS_URL"))


def greet(address: Address) -> None:
    demo = log_ins()  # while the programs load
    if await_ready(address):
        print(welcome(address, demo), flush=True)
    else:
        say("sapa", "the pages are not served yet; the lines above say why")


def stop() -> None:
    """End the supervisor of this data folder, if one runs, and the servers."""
    pid = read_number(folder() / "supervisor")
    try:
        with the_only_one(folder()):
            pass
    except BlockingIOError:
        if pid:
            os.kill(pid, signal.SIGTERM)
        with (folder() / "supervisor").open() as file:
            fcntl.flock(file, fcntl.LOCK_EX)
    await_free(folder() / "leash")
    stop_servers()


def main(word: str) -> None:
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))  # until the supervisor has its own handler
    try:
        {"run": run, "stop": stop}[word]()
    except BlockingIOError:
        sys.exit(f"Sapa already runs on {folder()}: `make stop` stops it.")
    except (ServerFailed, OSError, ImproperlyConfigured) as failure:
        sys.exit(str(failure))
    except KeyboardInterrupt:
        sys.exit(130)
    except subprocess.CalledProcessError:
        sys.exit("The database could not be made ready; the lines above say why.")


if __name__ == "__main__":
    if sys.argv[1:] not in (["run"], ["stop"]):
        sys.exit(__doc__)
    main(sys.argv[1])
