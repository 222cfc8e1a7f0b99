"""The left pane: queues and pinned views with their counts, and a page of rows, from the address."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

from django.urls import reverse

from crm.cases.queries import CaseQuerySet
from crm.desk import queues
from crm.desk.bulk.acts import acts_for
from crm.desk.forms.filters import FilterForm
from crm.desk.models import BulkJob, View
from crm.desk.orders import ORDERS
from crm.desk.queues import QUEUES, TABS, Queue
from crm.desk.rows import rows_of
from crm.desk.shelf import pinned
from crm.desk.tense import Now
from crm.staff.access import may
from crm.staff.models import User

MOST_ROWS = 200  # how many rows a page that scrolled on fetches again at once
NOT_KEPT = ("queue", "after", "size", "open")


@dataclass(frozen=True)
class Tab:
    """A queue or a pinned view, as it stands above the list."""

    slug: str
    name: object
    url: str
    count: str
    current: bool
    tone: str = ""
    icon: str = ""


@dataclass(frozen=True)
class Search:
    """What the address asks for: a queue, filters, and perhaps the view it came from."""

    queue: Queue
    filters: FilterForm
    cases: CaseQuerySet
    query: dict[str, str]

    @property
    def order(self) -> str:
        return self.filters.order or self.queue.order


def search_of(asked: Mapping[str, Any], user: User, now: Now) -> Search:
    queue = QUEUES.get(str(asked.get("queue") or ""), QUEUES["mine"])
    filters = FilterForm(asked, user=user, at=now.at)
    cases = filters.narrow(queues.cases_in(queue, user, now))
    return Search(queue, filters, cases, {"queue": queue.slug} | filters.query())


def url_of(view: View) -> str:
    """A view's link carries its whole search, so that it can be passed on."""
    return f"{reverse('desk:desk')}?{urlencode(view.query | {'view': view.pk})}"


def listing(asked: Mapping[str, Any], user: User, now: Now) -> dict[str, Any]:
    search, after = search_of(asked, user, now), str(asked.get("after") or "")
    found, behind = queues.page(search.cases, after, _size(asked), search.order)
    context = {
        "queue": search.queue,
        "filters": search.filters,
        "order": ORDERS[search.order].name,
        "rows": rows_of(found, now),
        "after": behind,
        "kept": _kept(asked),
        "current": asked.get("open", ""),
        "may_bulk": may(user, "bulk.run"),
    }
    return context if after else context | _top(asked, search, user, now)


def _size(asked: Mapping[str, Any]) -> int:
    """A list that has scrolled on comes back as long as it was."""
    size = str(asked.get("size") or "")
    return min(MOST_ROWS, max(queues.PAGE, int(size))) if size.isdecimal() else queues.PAGE


def _top(asked: Mapping[str, Any], search: Search, user: User, now: Now) -> dict[str, Any]:
    views = pinned(user)
    view = _view(asked, views, user)
    lists = _lists(search, user, now, narrowed=view is None) | {
        f"view-{one.pk}": search_of(one.query, user, now).cases for one in views
    }
    counted = queues.tally(lists | {"jobs": BulkJob.objects.recent(user, now.at)})
    counted.setdefault("here", counted.get(search.queue.slug, 0))
    return {
        "tabs": _tabs(search, counted, "" if view else _kept(asked), view) + _pins(views, counted, view),
        "view": view,
        "matching": queues.shown(counted["here"]),
        "jobs_now": counted["jobs"],
        "may_open": may(user, "case.open"),
        "bulk_acts": acts_for(user),
    }


def _view(asked: Mapping[str, Any], views: list[View], user: User) -> View | None:
    """The view whose link was followed, pinned or not."""
    pk = str(asked.get("view") or "")
    if not pk.isdecimal():
        return None
    here = next((one for one in views if one.pk == int(pk)), None)
    return here or View.objects.visible_to(user).filter(pk=pk).first()


def _lists(search: Search, user: User, now: Now, *, narrowed: bool) -> dict[str, CaseQuerySet]:
    """Filters stay when one changes the queue; a view's do not."""
    kept = search.filters.narrow if narrowed else (lambda cases: cases)
    lists = {one.slug: kept(queues.cases_in(one, user, now)) for one in TABS}
    return lists if narrowed and search.queue.is_tab else lists | {"here": search.cases}


def _tabs(search: Search, counted: dict[str, int], kept: str, view: View | None) -> list[Tab]:
    here = search.queue
    shown = TABS if here.is_tab or view else (*TABS, here)
    count = {one.slug: counted[one.slug if one.is_tab else "here"] for one in shown}
    return [
        Tab(
            one.slug, one.name, f"{reverse('desk:desk')}?queue={one.slug}{kept}", queues.shown(count[one.slug]),
            one is here and view is None, one.tone, one.icon,
        )
        for one in shown
    ]  # fmt: skip


def _pins(views: list[View], counted: dict[str, int], view: View | None) -> list[Tab]:
    shown = views if view is None or view in views else [*views, view]
    return [
        Tab(
            f"view-{one.pk}", one.name, url_of(one), queues.shown(counted.get(f"view-{one.pk}", counted["here"])),
            one == view, icon="bookmark",
        )
        for one in shown
    ]  # fmt: skip


def _kept(asked: Mapping[str, Any]) -> str:
    """The filters in force, for links that keep them."""
    words = {name: word for name, word in asked.items() if word and name not in NOT_KEPT}
    return f"&{urlencode(words)}" if words else ""
