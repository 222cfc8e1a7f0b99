"""Lines under a bell, in words."""

from collections.abc import Iterable
from dataclasses import dataclass

from django.db.models import Count, QuerySet
from django.urls import reverse
from django.utils.html import escape
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from crm.desk.handlers import KINDS, Bell
from crm.desk.happenings import CLOCKS
from crm.desk.models import Notification
from crm.events.models import Event
from crm.staff.models import User

Kind = Notification.Kind
SHOWN = 12
LOOKED_AT = 60  # lines read for the menu, which shows the newest of each case
TABS: dict[str, tuple[object, frozenset[str]]] = {
    "all": (gettext_lazy("All"), frozenset()),
    "mentions": (gettext_lazy("Mentions"), frozenset({Kind.MENTIONED})),
    "clocks": (gettext_lazy("Clocks"), frozenset({Kind.WARNED, Kind.BREACHED, Kind.PROMISE, Kind.REVIEW})),
}


@dataclass(frozen=True)
class Line:
    """`more`: how many earlier lines of the same case stand behind it."""

    notification: Notification
    bell: Bell | None
    more: int = 0

    @property
    def icon(self) -> str:
        return self.bell.icon if self.bell else "bell"

    @property
    def tone(self) -> str:
        return self.bell.tone if self.bell else ""

    @property
    def said(self) -> SafeString:
        """Our own words may hold <b>; what is put into them is escaped."""
        one = self.notification
        if self.bell is None:
            return mark_safe(escape(one.get_kind_display()))
        alone = self.bell.alone if one.by is None else None
        facts = {"by": one.by or _("The system"), "percent": one.percent, "clock": CLOCKS.get(one.clock, "")}
        return mark_safe(str(alone or self.bell.said) % {name: escape(value) for name, value in facts.items()})

    @property
    def url(self) -> str:
        return reverse("desk:notification", args=[self.notification.pk])


def of_tab(user: User, tab: str) -> QuerySet[Notification]:
    """Newest first."""
    mine = Notification.objects.filter(user=user).select_related("case__customer", "by")
    kinds = TABS[tab][1]
    return mine.filter(kind__in=kinds) if kinds else mine


def in_words(lines: Iterable[Notification]) -> list[Line]:
    """One query: which event rang each."""
    lines = list(lines)
    kinds = dict(Event.objects.filter(pk__in={one.event_id for one in lines}).values_list("pk", "kind"))
    return [Line(one, bell_for(one, kinds.get(one.event_id, ""))) for one in lines]


def bell_for(one: Notification, event_kind: str) -> Bell | None:
    """The bell that rang; where its event is not known, any of its kind."""
    bells = KINDS.get(event_kind, ())
    same = (bell for bell in (*bells, *(b for each in KINDS.values() for b in each)) if bell.kind == one.kind)
    return next(same, None)


def newest_of_each(lines: Iterable[Notification]) -> list[Line]:
    """One line a case: its newest, with how many unread ones stand behind it."""
    lines = list(lines)
    first: dict[object, Notification] = {}
    behind: dict[object, int] = {}
    for one in lines:
        place = one.case_id or f"line {one.pk}"
        if place in first:
            behind[place] = behind.get(place, 0) + (one.read_at is None)
        first.setdefault(place, one)
    shown = list(first.items())[:SHOWN]
    said = in_words(one for _place, one in shown)
    return [
        Line(line.notification, line.bell, behind.get(place, 0)) for line, (place, _) in zip(said, shown, strict=True)
    ]


def counts(user: User) -> list[tuple[str, object, int]]:
    """(tab, word, unread) of each tab. One query."""
    unread = Notification.objects.filter(user=user, read_at__isnull=True).order_by()
    by_kind = dict(unread.values_list("kind").annotate(Count("pk")))
    return [
        (slug, word, sum(n for kind, n in by_kind.items() if not fits or kind in fits))
        for slug, (word, fits) in TABS.items()
    ]
