"""What a person sees when everything runs: where to go and who to be."""

import subprocess
import sys
import time
import unicodedata
import urllib.error
import urllib.request

from crm.lib.supervisor.programs import Address

PATIENCE = 60.0


def await_ready(address: Address) -> bool:
    """Until the pages are served; False when they are not after a minute."""
    deadline = time.monotonic() + PATIENCE
    while time.monotonic() < deadline:
        try:
            with urllib.request.urlopen(f"{address.url}readyz", timeout=5):
                return True
        except (urllib.error.URLError, OSError):
            time.sleep(0.2)
    return False


def log_ins() -> list[str]:
    """What `manage.py demo_logins` prints; nothing where there is no demo."""
    asked = subprocess.run([sys.executable, "manage.py", "demo_logins"], capture_output=True, text=True, check=False)
    return asked.stdout.rstrip().splitlines() if asked.returncode == 0 else []


def framed(lines: list[str]) -> str:
    width = max(map(_width, lines))
    body = [f"│  {line}{' ' * (width - _width(line))}  │" for line in lines]
    return "\n".join(["┌" + "─" * (width + 4) + "┐", *body, "└" + "─" * (width + 4) + "┘"])


def _width(line: str) -> int:
    return sum(2 if unicodedata.east_asian_width(letter) in "WF" else 1 for letter in line)


def welcome(address: Address, demo: list[str]) -> str:
    places = [f"Sapa is served at  {address.url}", f"Customers write at {address.url}help/"]
    if address.x_url:
        places.append(f"Be a customer at   {address.x_url}  (X, simulated)")
    return framed(["", *places, "", *([*demo, ""] if demo else []), "Ctrl-C stops it.", ""])
