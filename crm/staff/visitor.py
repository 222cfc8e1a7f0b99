"""Where a request comes from, as the log of sign-ins keeps it."""

import ipaddress

from django.conf import settings
from django.http import HttpRequest

# The first match wins: Edge and Opera also call themselves Chrome, and Chrome calls itself Safari.
FAMILIES = {"Edg": "Edge", "OPR": "Opera", "Firefox": "Firefox", "Chrome": "Chrome", "Safari": "Safari"}
SYSTEMS = {
    "Windows": "Windows",
    "Android": "Android",
    "iPhone": "iOS",
    "iPad": "iOS",
    "Mac OS X": "macOS",
    "CrOS": "ChromeOS",
    "Linux": "Linux",
}


def client_ip(request: HttpRequest) -> str | None:
    """The address of the visitor; behind TRUSTED_PROXIES proxies, the one that the outermost of them saw.

    Without the header the request came past them, from a neighbour.
    """
    forwarded = request.headers.get("X-Forwarded-For", "")
    hops = forwarded.split(",") if forwarded else []
    proxies = settings.TRUSTED_PROXIES
    seen = hops[-proxies] if 0 < proxies <= len(hops) else request.META.get("REMOTE_ADDR", "")
    return _valid(seen.strip())


def _valid(text: str) -> str | None:
    try:
        return str(ipaddress.ip_address(text))
    except ValueError:
        return None


def browser(request: HttpRequest) -> str:
    """'Firefox, Windows'; empty when the agent says nothing we know."""
    agent = request.headers.get("User-Agent", "")
    return ", ".join(filter(None, (_first(FAMILIES, agent), _first(SYSTEMS, agent))))


def _first(names: dict[str, str], agent: str) -> str:
    return next((name for sign, name in names.items() if sign in agent), "")
