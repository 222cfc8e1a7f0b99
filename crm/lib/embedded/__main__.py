"""`python -m crm.lib.embedded start|stop`: the embedded servers by hand."""

import os
import sys

from crm.lib.embedded import SERVERS, ensure_servers, stop_servers


def main(word: str) -> None:
    if word == "stop":
        stop_servers()
        return
    ensure_servers()
    for name in SERVERS:
        print(f"{name}={os.environ[name]}")


if __name__ == "__main__":
    if sys.argv[1:] not in (["start"], ["stop"]):
        sys.exit(__doc__)
    main(sys.argv[1])
