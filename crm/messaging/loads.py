"""What lies before each connection: messages that wait or are stuck, arrivals that wait or failed."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from django.db.models import Count, Q, QuerySet

from crm.messaging.models import Arrival, Connection, Message


@dataclass
class Load:
    waiting: int = 0
    stuck: int = 0
    arriving: int = 0
    failed: int = 0


def loads(connections: Sequence[Connection]) -> dict[int, Load]:
    """By connection id; four questions, however many connections. `connections` are all of their channels."""
    found = {one.pk: Load() for one in connections}
    for name, messages in (("waiting", _unsent()), ("stuck", Message.objects.stuck())):
        for (channel, account), number in _by_account(messages).items():
            if home := home_of(channel, account, connections):
                setattr(found[home.pk], name, getattr(found[home.pk], name) + number)
    for name, state in (("arriving", Arrival.State.WAITING), ("failed", Arrival.State.FAILED)):
        counted = (
            Arrival.objects.filter(state=state, connection__in=found).values_list("connection").annotate(Count("pk"))
        )
        for pk, number in counted:
            setattr(found[pk], name, number)
    return found


def home_of(channel: str, account: str, connections: Sequence[Connection]) -> Connection | None:
    """The same choice as channels.connection_of, for many messages at once; one that is off keeps its own."""
    here = [one for one in connections if one.channel == channel]
    own = [one for one in here if one.account.lower() == account.lower()]
    return next(iter(own or [one for one in here if one.is_active]), None)


def messages_of(connection: Connection, messages: QuerySet[Message]) -> QuerySet[Message]:
    """Those that go, or would have gone, over this connection."""
    beside = list(Connection.objects.filter(channel=connection.channel))
    accounts = messages.filter(channel=connection.channel).values_list("account", flat=True).distinct()
    own = [account for account in accounts if home_of(connection.channel, account, beside) == connection]
    return messages.filter(channel=connection.channel, account__in=own)


def _unsent() -> QuerySet[Message]:
    """Two conditions, so that the partial index of each state serves."""
    return Message.objects.filter(Q(state=Message.State.QUEUED) | Q(state=Message.State.SENDING))


def _by_account(messages: QuerySet[Message]) -> Counter[tuple[str, str]]:
    rows = messages.order_by().values_list("channel", "account").annotate(Count("pk"))
    return Counter({(channel, account): number for channel, account, number in rows})
