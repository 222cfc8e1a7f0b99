"""Reading the environment: a value that is set but malformed stops the start with its name.

Each variable may be given as NAME or as NAME_FILE, the path of a file that holds it: so come Docker's secrets.
"""

import os
import re
from ipaddress import IPv4Network, IPv6Network, ip_network
from pathlib import Path

from django.core.exceptions import ImproperlyConfigured

ORIGIN = re.compile(r"https?://[a-z0-9.-]+(:\d+)?", re.IGNORECASE)
TRUE, FALSE = {"1", "true", "yes", "on"}, {"0", "false", "no", "off"}


def text(name: str, default: str = "") -> str:
    value, path = (os.environ.get(key, "").strip() for key in (name, f"{name}_FILE"))
    if value and path:
        raise ImproperlyConfigured(f"{name} and {name}_FILE are both set: which one counts?")
    return (_content(name, path) if path else value) or default


def _content(name: str, path: str) -> str:
    """An empty file, like an empty variable, gives nothing."""
    try:
        return Path(path).read_text().strip()
    except (OSError, UnicodeDecodeError) as error:
        raise ImproperlyConfigured(
            f"{name}_FILE names {path}, which cannot be read ({type(error).__name__})."
        ) from None


def flag(name: str, default: bool = False) -> bool:
    value = text(name).lower()
    if not value:
        return default
    if value not in TRUE | FALSE:
        raise ImproperlyConfigured(f"{name} must be one of 1, 0, true, false; it is {value!r}.")
    return value in TRUE


def number(name: str, default: int) -> int:
    value = text(name)
    try:
        return int(value) if value else default
    except ValueError:
        raise ImproperlyConfigured(f"{name} must be a whole number; it is {value!r}.") from None


def choice(name: str, values: tuple[str, ...]) -> str:
    """One of `values`; the first where nothing is set."""
    value = text(name, values[0])
    if value not in values:
        raise ImproperlyConfigured(f"{name} must be one of {', '.join(values)}; it is {value!r}.")
    return value


def words(name: str, default: str = "") -> list[str]:
    """A comma-separated list, blanks dropped."""
    return [word.strip() for word in text(name, default).split(",") if word.strip()]


def origins(name: str) -> list[str]:
    """A comma-separated list of web origins: scheme and host, perhaps a port, nothing after it."""
    for value in words(name):
        if not ORIGIN.fullmatch(value):
            raise ImproperlyConfigured(f"{name} must list origins such as https://www.example.com; {value!r} is none.")
    return words(name)


def networks(name: str, default: str) -> list[IPv4Network | IPv6Network]:
    """Addresses and networks, comma-separated: '127.0.0.0/8, 10.1.2.3'."""
    try:
        return [ip_network(word, strict=False) for word in words(name, default)]
    except ValueError:
        raise ImproperlyConfigured(f"{name} must be a list of addresses or networks; it is {text(name)!r}.") from None


def required(name: str) -> str:
    value = text(name)
    if not value:
        raise ImproperlyConfigured(f"{name} must be set in production.")
    return value
