"""DATABASE_URL and REDIS_URL as Django's settings want them."""

from urllib.parse import parse_qsl, unquote, urlsplit

from django.core.exceptions import ImproperlyConfigured


def database_from_url(url: str, password: str = "") -> dict[str, object]:
    """`postgresql://user:password@host:port/name?option=value`; a socket folder may be given as `?host=/folder`.

    `password` is for a URL without one: it may then come from a file and needs no escaping.
    """
    parts = urlsplit(url)
    if parts.scheme not in {"postgres", "postgresql"}:
        raise ImproperlyConfigured("DATABASE_URL must begin with postgresql://")
    options = dict(parse_qsl(parts.query))
    return {
        "ENGINE": "django.db.backends.postgresql",
        "NAME": unquote(parts.path.lstrip("/")),
        "USER": unquote(parts.username or ""),
        "PASSWORD": unquote(parts.password or "") or password,
        "HOST": options.pop("host", parts.hostname or ""),
        "PORT": options.pop("port", str(parts.port or "")),
        "OPTIONS": options,
    }


def cache_beside(broker_url: str) -> str:
    """The broker's server, its next database: clearing the cache must not empty the queues."""
    parts = urlsplit(broker_url)
    number = parts.path.strip("/") or "0"
    if not number.isdecimal():
        raise ImproperlyConfigured("REDIS_URL must end with the number of a database, such as /0.")
    return parts._replace(path=f"/{int(number) + 1}").geturl()
