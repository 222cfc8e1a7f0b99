"""`python -m crm.lib.embedded start|stop|release`: the embedded servers by hand; `release` spares those in use."""

import os
import sys

from crm.lib.embedded import SERVERS, ensure_servers, stop_if_unused, stop_servers


def main(word: str) -> None:
    if word != "start":
        stop_servers() if word == "stop" else stop_if_unused()
        return
    ensure_servers()
    for name in SERVERS:
        print(f"{name}={os.environ[name]}")


if __name__ == "__main__":
    if sys.argv[1:] not in (["start"], ["stop"], ["release"]):
        sys.exit(__doc__)
    main(sys.argv[1])
