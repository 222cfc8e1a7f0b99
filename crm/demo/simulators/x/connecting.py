"""Registering the operator's webhook from this side, for the demo and for tests."""

from crm.demo.simulators.x.events import TYPES
from crm.demo.simulators.x.store import Store, now_ms


def connect(store: Store, url: str, user_id: str) -> int:
    """The one webhook of the demo, with every kind of event of our account; asked again until it signs.

    Returns its id. The operator may start later than the network: X would refuse, we insist.
    """
    with store.transaction():
        row = store.row("SELECT id FROM webhooks WHERE url = ?", url)
        store.run("DELETE FROM webhooks WHERE insist AND url != ?", url)
        webhook_id: int = row["id"] if row else store.new_id()
        if row is None:
            store.add("webhooks", id=webhook_id, url=url, insist=1, check_at=0, created_at=now_ms())
        store.run("UPDATE webhooks SET insist = 1, check_at = 0 WHERE id = ?", webhook_id)
        store.run("DELETE FROM subscriptions WHERE webhook_id NOT IN (SELECT id FROM webhooks)")
        for kind in TYPES:
            same = (store.new_id(), kind, user_id, webhook_id, now_ms())
            store.run(
                "INSERT OR IGNORE INTO subscriptions (id, event_type, user_id, webhook_id, created_at)"
                " VALUES (?, ?, ?, ?, ?)",
                *same,
            )
    return webhook_id
