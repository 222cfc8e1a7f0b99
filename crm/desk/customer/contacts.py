"""Every contact of a customer, on all channels, newest first."""

import datetime as dt
from dataclasses import dataclass
from typing import Any

from django.db.models import Count, QuerySet
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy

from crm.customers.models import Customer
from crm.desk.conversation import SOCIAL
from crm.desk.customer.paging import page_back
from crm.lib.display import clocktime
from crm.timeline.models import Channel, Interaction

SIZE = 10
YEAR = dt.timedelta(days=365)
# code: (words, channels). Those in which there is nothing are not shown.
GROUPS: dict[str, tuple[Promise, tuple[str, ...]]] = {
    "social": (gettext_lazy("Social"), tuple(sorted(SOCIAL))),
    "messages": (pgettext_lazy("channels", "Messages"), (Channel.WHATSAPP, Channel.SMS, Channel.EMAIL, Channel.WEB)),
    "calls": (gettext_lazy("Calls"), (Channel.CALL, Channel.IVR)),
    "counter": (pgettext_lazy("channel", "Counter"), (Channel.COUNTER,)),
    "letters": (gettext_lazy("Letters"), (Channel.LETTER, Channel.PRESS)),
}


@dataclass(frozen=True)
class Group:
    code: str
    name: str
    count: int
    current: bool


@dataclass(frozen=True)
class Knot:
    contact: Interaction

    @property
    def title(self) -> str:
        one, channel = self.contact, str(self.contact.get_channel_display())
        if not one.is_inbound:
            return _("We answered, %(channel)s") % {"channel": channel}
        if one.channel in SOCIAL:
            return _("Public mention") if one.is_public else _("Private message")
        return channel

    @property
    def when(self) -> str:
        """In the width of a column: the time of today, else the day."""
        at, today = timezone.localtime(self.contact.at), timezone.localdate()
        if at.date() == today:
            return clocktime(at)
        return date_format(at, "j M" if at.year == today.year else "M Y")


def standing(customer: Customer) -> QuerySet[Interaction]:
    """What was taken back or refused for good counts as never given."""
    return Interaction.objects.filter(customer=customer, voided_at=None)


def by_channel(customer: Customer, since: dt.datetime | None = None) -> dict[str, int]:
    """Channel: how many contacts, the most first."""
    found = standing(customer).filter(at__gte=since) if since else standing(customer)
    counted = found.order_by().values_list("channel").annotate(n=Count("pk")).order_by("-n", "channel")
    return dict(counted)


def timeline(customer: Customer, group: str, after: str) -> dict[str, Any]:
    """A page of it, with the groups one can choose from."""
    counts = by_channel(customer)
    group = group if group in GROUPS else ""
    found = standing(customer).select_related("in_case__case").defer("html")
    if group:
        found = found.filter(channel__in=GROUPS[group][1])
    rows, further = page_back(found, "at", after, SIZE)
    return {"knots": [Knot(row) for row in rows], "group": group, "after": further, "groups": _groups(counts, group)}


def _groups(counts: dict[str, int], current: str) -> list[Group]:
    everything = Group("", _("All"), sum(counts.values()), not current)
    found = [
        Group(code, str(name), sum(counts.get(one, 0) for one in channels), code == current)
        for code, (name, channels) in GROUPS.items()
    ]
    return [everything, *(group for group in found if group.count)]
