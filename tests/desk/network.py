"""A network that tests register: everything the desk asks of an adapter can be set."""

import datetime as dt

from crm.messaging import channels
from crm.messaging.channels import Sent, Standing
from crm.messaging.models import Message


class Network(channels.Adapter):
    can_public = can_attach = repeatable = True
    max_length: int | None = 280

    def __init__(self) -> None:
        self.closed: dict[bool, str] = {}
        self.until: dt.datetime | None = None
        self.link = ""
        self.asked: list[dict] = []

    def send(self, message: Message) -> Sent:
        return Sent("1")

    def limit(self, *, is_public: bool) -> int | None:
        return self.max_length if is_public else 10_000

    def standing(self, **where: object) -> Standing:
        self.asked.append(where)
        said = self.closed.get(bool(where["is_public"]), "")
        return Standing(may=not said, said=said, until=self.until)

    def private_link(self, *, account: str) -> str:
        return self.link
