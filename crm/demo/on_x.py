"""The demo's account on the simulated X: connected, its webhook registered, its customers there to be played on."""

from urllib.parse import urlsplit

from django.conf import settings
from django.urls import reverse

from crm.demo.mirror import mirror
from crm.demo.simulators.x.connecting import connect
from crm.demo.simulators.x.credentials import NAME, Credentials, credentials
from crm.demo.simulators.x.here import open_store
from crm.demo.simulators.x.store import Store
from crm.lib import env
from crm.lib.embedded.home import folder
from crm.messaging.models import Connection
from crm.timeline.models import Channel

LOOPBACK = ("127.0.0.1", "localhost", "::1")
SECRETS = ("consumer_key", "consumer_secret", "access_token", "access_secret")


def simulator() -> str:
    """Where it is served: as `make run` says, else where the connection says it was. Empty when there is none."""
    if said := env.text("SAPA_X_SIMULATOR_URL"):
        return said
    known = Connection.objects.filter(channel=Channel.X).first()
    return str(known.option("base_url")) if known and is_simulated(known) else ""


def is_simulated(connection: Connection) -> bool:
    return urlsplit(str(connection.option("base_url"))).hostname in LOOPBACK


def join(url: str, *, anew: bool) -> None:
    """Connect the demo with the simulator at `url`. `anew`: this demo was just made, the network begins with it.

    A connection that somebody has pointed at the real X is left alone.
    """
    home = folder() / "x-simulator"
    ours = credentials(home)
    connection = _connection(ours, url)
    if connection is None:
        return
    store = open_store(home)
    try:
        if anew:
            store.empty()
        with store.transaction():
            connect(store, _site(store) + reverse("social:x-hook", args=[connection.hook]), ours.user_id)
            mirror(store, ours)
    finally:
        store.close()


def _site(store: Store) -> str:
    """Where the product is served. Only `make run` knows; a command beside it goes by what was registered before."""
    known = None if env.text("SAPA_X_SIMULATOR_URL") else store.row("SELECT url FROM webhooks WHERE insist")
    if known is None:
        return settings.SITE_URL
    parts = urlsplit(known["url"])
    return f"{parts.scheme}://{parts.netloc}"


def _connection(ours: Credentials, url: str) -> Connection | None:
    """The one connection of our handle, with the simulator's address and secrets."""
    found = Connection.objects.filter(channel=Channel.X, account__iexact=ours.handle).first()
    if found and not is_simulated(found):
        return None
    connection = found or Connection(channel=Channel.X, account=ours.handle, name=NAME)
    connection.options |= {"user_id": ours.user_id, "base_url": url, "web_url": url}
    connection.secrets = {name: getattr(ours, name) for name in SECRETS}
    connection.save()
    return connection
