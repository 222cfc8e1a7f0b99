"""Lists that can be had as a file: short ones at once, long ones made in the background.

Every room registers its lists; crm/reports keeps the files and hands them out (its page `export-new`).
"""

import datetime as dt
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponseBase
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone

from crm.lib.patience import TooLong, patient
from crm.lib.sheets import TYPES, Cell, sheet


@dataclass(frozen=True)
class Question:
    """Who asks, what their address says, and when. `user` is a member of staff."""

    user: Any
    query: Any  # a QueryDict
    at: dt.datetime


Table = tuple[Sequence[str], Iterable[Sequence[Cell]]]


@dataclass(frozen=True)
class Source:
    """`size` counts rows, perhaps no further than to EXPORT_AT_ONCE + 1; `about` says in words what was asked;
    `page` names the page that shows it: view and arguments."""

    slug: str
    name: Any
    may: Callable[[Any], bool]
    size: Callable[[Question], int]
    table: Callable[[Question], Table]
    about: Callable[[Question], str] = lambda question: ""
    page: tuple[str, ...] = ()
    icon: str = "chart-bar"


SOURCES: dict[str, Source] = {}


def register(source: Source) -> None:
    """From `AppConfig.ready()`."""
    SOURCES[source.slug] = source


def hand_out(request: HttpRequest, slug: str, suffix: str) -> HttpResponseBase:
    """The file itself, or the page that offers to make it in the background. The view has asked for permission."""
    source = SOURCES[slug]
    if suffix not in TYPES:
        raise Http404
    question = Question(request.user, request.GET, timezone.now())
    size = size_of(source, question)
    if size is not None and size <= settings.EXPORT_AT_ONCE:
        head, rows = source.table(question)
        return sheet(slug, suffix, head, rows)
    query = request.GET.copy()
    query["source"], query["format"] = slug, suffix
    return redirect(f"{reverse('reports:export-new')}?{query.urlencode()}")


def size_of(source: Source, question: Question) -> int | None:
    """None: too long to count while somebody waits."""
    try:
        with patient():
            return source.size(question)
    except TooLong:
        return None
