"""The list and the search, one article or tree to read, the list as a file, and what readers say of it."""

import datetime as dt
from collections.abc import Iterator
from typing import Any

from django.db.models import Q
from django.http import HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.dateparse import parse_datetime
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from crm.knowledge.actions import judge
from crm.knowledge.forms import ListFilter
from crm.knowledge.markup import plain, shown
from crm.knowledge.models import Article, Use, Version
from crm.knowledge.models.article import OPEN, VersionQuerySet
from crm.knowledge.search import Found, find, marked
from crm.knowledge.tags import disturbances, topics
from crm.knowledge.trees import read_tree, walk
from crm.knowledge.words import State
from crm.lib.sheets import Cell, sheet
from crm.staff.access import may
from crm.staff.guard import StaffRequest, allowed

PAGE = 25


@allowed("article.read")
@require_safe
def articles(request: StaffRequest) -> HttpResponse:
    """What is published, the newest first; with words, what fits them best."""
    now, asked = timezone.now(), ListFilter(request.GET)
    stale = request.GET.get("show") == "stale"
    among = asked.narrow(Version.objects.stale(now) if stale else Version.objects.published())
    found, older = (find(asked.words, among=among), "") if asked.words else _page(request, among)
    names = dict(topics())
    context = {
        "asked": asked, "rows": _rows(found, names, now), "older_url": older, "stale": stale,
        "counts": _counts(request, now), "kept": _kept(request),
        "is_narrowed": any(request.GET.get(name) for name in asked.fields),
        "disturbances": disturbances(request.user), **_rights(request),
    }  # fmt: skip
    return render(request, "knowledge/list.html", context)


def _page(request: StaffRequest, among: VersionQuerySet) -> tuple[list[Found], str]:
    """A page behind `before`, time and id of the row before it; one that cannot be read is the beginning."""
    at, _dash, pk = request.GET.get("before", "").rpartition("_")
    moment = _moment(at)
    if moment and pk.isdecimal():
        among = among.filter(Q(published_at__lt=moment) | Q(published_at=moment, pk__lt=int(pk)))
    rows = list(among.select_related("article").order_by("-published_at", "-pk")[: PAGE + 1])
    found = [Found(row, 0, marked(plain(row.body or row.answer)[:180])) for row in rows[:PAGE]]
    if len(rows) <= PAGE:
        return found, ""
    last = rows[PAGE - 1]
    query = request.GET.copy()
    query["before"] = f"{last.published_at.isoformat()}_{last.pk}"
    return found, f"?{query.urlencode()}"


def _moment(text: str) -> dt.datetime | None:
    try:
        found = parse_datetime(text.replace(" ", "+"))
    except ValueError:
        return None
    return found if found is not None and found.tzinfo else None


def _rows(found: list[Found], names: dict[str, str], now: dt.datetime) -> list[dict[str, Any]]:
    """With their figures, read once for the page."""
    counted = Version.objects.filter(pk__in=[one.version.pk for one in found]).with_uses()
    figures = {pk: figures for pk, *figures in counted.values_list("pk", "used", "helped", "judged")}
    return [
        {
            "version": one.version, "snippet": one.snippet, "stale": one.version.is_stale(now),
            "past": one.version.is_past(now), "used": figures[one.version.pk][0],
            "helped": share(*figures[one.version.pk][1:]),
            "topics": [names[code] for code in one.version.categories if code in names],
        }
        for one in found
    ]  # fmt: skip


def share(helped: int, judged: int) -> int | None:
    """Per cent of those who said so whom it helped; None when nobody has."""
    return round(100 * helped / judged) if judged else None


def _counts(request: StaffRequest, now: dt.datetime) -> dict[str, int]:
    mine = Version.objects.filter(state__in=OPEN, author=request.user)
    return {
        "published": Version.objects.published().count(), "stale": Version.objects.stale(now).count(),
        "work": (Version.objects.to_review() | mine).count(),
    }  # fmt: skip


def _kept(request: StaffRequest) -> str:
    kept = request.GET.copy()
    kept.pop("before", None)
    return kept.urlencode()


def _rights(request: StaffRequest) -> dict[str, bool]:
    return {f"may_{right}": may(request.user, f"article.{right}") for right in ("write", "publish")}


@allowed("article.read")
@require_safe
def export(request: StaffRequest, suffix: str) -> HttpResponseBase:
    """The list as it is narrowed: title, state, uses, whom it helped."""
    now, asked = timezone.now(), ListFilter(request.GET)
    stale = request.GET.get("show") == "stale"
    among = asked.narrow(Version.objects.stale(now) if stale else Version.objects.published())
    rows = among.with_uses().select_related("article").order_by("-published_at", "-pk")
    head = [_("Title"), _("Kind"), _("State"), _("Published"), _("Valid until"), _("Cases it was used in"),
            _("Judgements"), _("Helped, per cent")]  # fmt: skip
    return sheet("articles", suffix, head, _cells(rows, now))


def _cells(rows: VersionQuerySet, now: dt.datetime) -> Iterator[list[Cell]]:
    for row in rows.iterator():
        state = _("To be looked at") if row.is_stale(now) else row.get_state_display()
        yield [
            row.title, row.article.get_kind_display(), str(state), row.published_at, str(row.valid_until or ""),
            row.used, row.judged, share(row.helped, row.judged),
        ]  # fmt: skip


@allowed("article.read")
@require_safe
def article(request: StaffRequest, pk: int) -> HttpResponse:
    """What is published; without that, what its writers have in work."""
    found = get_object_or_404(Article, pk=pk)
    version = found.versions.filter(state=State.PUBLISHED).with_uses().select_related("author", "published_by").first()
    work = found.versions.filter(state__in=OPEN).select_related("author").first()
    if version is None and work is not None and may(request.user, "article.write"):
        return redirect("knowledge:version", work.pk)
    version = version or found.versions.exclude(state__in=OPEN).with_uses().order_by("-number").first()
    version = version or get_object_or_404(Version, pk=0)
    version.article = found
    context = reader(request, version) | _rights(request) | {"work": work}
    partial = request.htmx and not request.htmx.boosted  # type: ignore[attr-defined]
    return render(request, "knowledge/_walk.html" if partial else "knowledge/article.html", context)


def reader(request: StaffRequest, version: Version) -> dict[str, Any]:
    now, names = timezone.now(), dict(topics())
    mine = Use.objects.filter(article=version.article_id, case=None, by=request.user).values_list("helped", flat=True)
    context = {
        "stale": version.is_stale(now), "past": version.is_past(now), "mine": mine.first(),
        "topics": [names[code] for code in version.categories if code in names],
        "helped": share(getattr(version, "helped", 0), getattr(version, "judged", 0)),
        "history": version.article.versions.select_related("author", "published_by").order_by("-number"),
    }  # fmt: skip
    return context | preview(version, request.GET.get("way", ""))


def preview(version: Version, way: str) -> dict[str, Any]:
    """What it says, as its readers see it. Raises BadTree for a draft whose tree is none."""
    said = {"version": version, "body": shown(version.body), "answer": shown(version.answer)}
    return said | walked(version, way)


def walked(version: Version, way: str) -> dict[str, Any]:
    """Where in its tree the reader stands."""
    if not (version.is_tree and version.steps):
        return {}
    walking = walk(read_tree(version.steps), way)
    taken = [(one, shown(one.step.text)) for one in walking.taken]
    return {"walk": walking, "taken": taken, "step": shown(walking.step.text)}


@allowed("article.read")
@require_POST
def judged(request: StaffRequest, pk: int) -> HttpResponse:
    found = get_object_or_404(Article, pk=pk)
    use = judge(article=found, helped=request.POST.get("helped") == "1", by=request.user)
    context = {"version": Version(article=found), "mine": use.helped, "thanks": True}
    return render(request, "knowledge/_judge.html", context)
