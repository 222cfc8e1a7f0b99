"""`python -m crm.demo.simulators.x`: see the package's own words."""

import argparse
import os
import shutil
import signal
import threading
from pathlib import Path

import django

from crm.demo.simulators.x import here
from crm.demo.simulators.x.delivery import Carrier
from crm.demo.simulators.x.server import Server
from crm.lib.embedded.home import folder


def arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m crm.demo.simulators.x", description="The X simulator.")
    parser.add_argument("--host", default="127.0.0.1")
    parser.add_argument("--port", type=int, default=0, help="0 takes a free one and prints where")
    parser.add_argument("--home", type=Path, help="where its data are kept; SAPA_HOME/x-simulator when not given")
    parser.add_argument("--reset", action="store_true", help="begin anew: no users, posts or secrets of before")
    return parser.parse_args()


def main() -> None:
    asked, stop = arguments(), threading.Event()
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, lambda *_: stop.set())
    home = asked.home or folder() / "x-simulator"
    if asked.reset:
        shutil.rmtree(home, ignore_errors=True)
    server = Server(asked.host, asked.port)
    os.environ["DJANGO_SETTINGS_MODULE"] = "crm.demo.simulators.x.settings"
    here.PLACE.home, here.PLACE.url = home, server.url
    django.setup()
    carrier = Carrier(here.store(), here.secrets().consumer_secret)
    carrier.start()
    print(f"The X simulator is served at {server.url}", flush=True)
    server.serve(stop)
    carrier.stop()


if __name__ == "__main__":
    main()
