"""Finding articles by what people write.

Each word stands for itself and for what everyday spelling makes of it; PostgreSQL reduces both to their stems, in
Indonesian and in English. A word that no article has is led back to the nearest that one has. A rare word weighs more
than a common one, a title more than a text.
"""

import math
import re
from dataclasses import dataclass
from functools import reduce
from operator import add, or_
from typing import Any

from django.contrib.postgres.search import SearchHeadline, SearchQuery, SearchRank, TrigramSimilarity
from django.db.models import Count, F, FloatField, Q, Value
from django.db.models.functions import Cast
from django.utils import timezone
from django.utils.html import escape
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import get_language

from crm.knowledge.markup import plain
from crm.knowledge.models import Spelling, Version, Word
from crm.knowledge.models.article import VersionQuerySet

TOKEN = re.compile(r"[^\W_]{2,40}")
MOST_TERMS, LONGEST = 16, 4000
BEGIN, END = "\ue000", "\ue001"  # private characters that no text of ours holds
# A word is taken for a typing error of another when so much of their trigrams is the same.
ALIKE = 0.4
# What has less than this part of the best one's weight is no answer to the question.
WEAK = 0.3
# The words of the best article weigh 1; what else agrees with the matter, so much; less than ENOUGH is not proposed. A
# product alone says little: what fits neither words nor category is no answer.
WEIGHTS, ENOUGH = {"category": 0.7, "product": 0.1, "region": 0.2}, 0.7


@dataclass(frozen=True)
class Term:
    """A word as typed, and everything that it may stand for."""

    typed: str
    forms: tuple[str, ...]
    corrected: bool = False

    def query(self) -> SearchQuery:
        raw = " | ".join("({})".format(" & ".join(TOKEN.findall(form))) for form in self.forms)
        both = [SearchQuery(raw, search_type="raw", config=config) for config in ("indonesian", "english")]
        return both[0] | both[1]


@dataclass(frozen=True)
class Found:
    version: Version
    weight: float
    snippet: SafeString
    terms: tuple[str, ...] = ()


def find(
    text: str, *, among: VersionQuerySet | None = None, limit: int = 30, snippets: bool = True, mend: bool = True
) -> list[Found]:
    """The best articles for these words, the best first. Three queries, and two more for each word to `mend`."""
    among = Version.objects.valid(timezone.localdate()) if among is None else among
    terms, weights = weighed(terms_of(text), among, mend=mend)
    if not terms:
        return []
    rows = _ranked(among, terms, weights, limit, snippets)
    best = rows[0].weight if rows else 0
    order = sorted(range(len(terms)), key=lambda i: -weights[i])
    return [_found(row, terms, order) for row in rows if row.weight >= best * WEAK]


def terms_of(text: str) -> list[Term]:
    """The words that say something, each once, as far as there is room."""
    typed = list(dict.fromkeys(TOKEN.findall(text[:LONGEST].lower())))
    known = dict(Spelling.objects.filter(said__in=typed).values_list("said", "means"))
    said = [word for word in typed if known.get(word) != "" and not word.isdecimal()]
    return [Term(word, _forms(word, known)) for word in said[:MOST_TERMS]]


def _forms(word: str, known: dict[str, str]) -> tuple[str, ...]:
    return (word, known[word]) if word in known else (word,)


def weighed(terms: list[Term], among: VersionQuerySet, *, mend: bool) -> tuple[list[Term], list[float]]:
    """Terms that are in some article, and how much each weighs: ln(1 + all / those that have it)."""
    total, counts = _counted(terms, among)
    lost = [term for term, n in zip(terms, counts, strict=True) if not n]
    if lost and mend:
        mended = {term.typed: _mended(term) for term in lost}
        terms = [mended.get(term.typed) or term for term in terms]
        total, counts = _counted(terms, among)
    held = [(term, n) for term, n in zip(terms, counts, strict=True) if n]
    return [term for term, _n in held], [math.log(1 + total / n) for _term, n in held]


def _counted(terms: list[Term], among: VersionQuerySet) -> tuple[int, list[int]]:
    """How many articles there are, and how many have each term: each by the index of words, in one statement."""
    if not terms:
        return 0, []
    every = among.order_by()
    counts = [_numbered(-1, every), *(_numbered(i, every.filter(words=term.query())) for i, term in enumerate(terms))]
    found = dict(counts[0].union(*counts[1:], all=True))
    return found.get(-1, 0), [found.get(i, 0) for i in range(len(terms))]


def _numbered(place: int, versions: VersionQuerySet) -> Any:
    """(place, count), or no row where there is none."""
    return versions.annotate(place=Value(place)).values("place").annotate(n=Count("pk")).values_list("place", "n")


def _mended(term: Term) -> Term | None:
    near = Word.objects.filter(text__trigram_similar=term.typed)
    likeness: Any = TrigramSimilarity("text", term.typed)
    found = near.annotate(alike=likeness).filter(alike__gte=ALIKE).order_by("-alike", "text")
    words = list(found.values_list("text", flat=True)[:2])
    known = dict(Spelling.objects.filter(said__in=words).values_list("said", "means"))
    forms = tuple(form for word in words for form in _forms(word, known) if form)
    return Term(term.typed, forms, corrected=True) if forms else None


def _ranked(among: VersionQuerySet, terms: list[Term], weights: list[float], limit: int, snippets: bool) -> list[Any]:
    queries = [term.query() for term in terms]
    ranks = [SearchRank(F("words"), query) * Value(w, FloatField()) for query, w in zip(queries, weights, strict=True)]
    any_of: Any = reduce(or_, queries)
    rows = among.filter(words=any_of).annotate(weight=Cast(reduce(add, ranks), FloatField()))
    for i, query in enumerate(queries):
        rows = rows.annotate(**{f"has{i}": Cast(Q(words=query), _boolean())})  # type: ignore[arg-type]
    if snippets:
        rows = rows.annotate(headline=_headline(any_of))
    return list(rows.select_related("article").order_by("-weight", "-pk")[:limit])


def _boolean() -> Any:
    from_models: Any = Version._meta.get_field("is_public").__class__
    return from_models()


def _headline(query: Any) -> SearchHeadline:
    language = "en" if (get_language() or "id").startswith("en") else "id"
    config = {"id": "indonesian", "en": "english"}[language]
    return SearchHeadline(
        f"body_{language}", query, config=config, start_sel=BEGIN, stop_sel=END, max_words=40, min_words=20
    )


def _found(row: Any, terms: list[Term], order: list[int]) -> Found:
    """`order`: the places of the terms, the heaviest first."""
    has = tuple(terms[i].typed for i in order if getattr(row, f"has{i}"))
    return Found(row, row.weight, marked(getattr(row, "headline", "")), has)


def marked(headline: str) -> SafeString:
    """A snippet with the words that were found in <mark>; everything else is escaped."""
    text = escape(" ".join(plain(headline).split()))
    return mark_safe(text.replace(BEGIN, "<mark>").replace(END, "</mark>"))


def learn(version: Version) -> None:
    """The words of what is published now, to lead typing errors back to."""
    texts = (version.title_id, version.title_en, version.body_id, version.body_en, version.steps_id, version.steps_en)
    words = {word for text in texts for word in TOKEN.findall(text.lower()) if len(word) > 3 and not word.isdecimal()}
    Word.objects.bulk_create([Word(text=word) for word in sorted(words)], ignore_conflicts=True)


@dataclass(frozen=True)
class Matter:
    """What a case is about: its words, and what it is filed under."""

    text: str
    categories: frozenset[str] = frozenset()
    products: frozenset[str] = frozenset()
    places: frozenset[str] = frozenset()


@dataclass(frozen=True)
class Proposal:
    """An article beside a matter. `why` is in what they agree: category, product, region; `terms` the words."""

    version: Version
    weight: float
    why: tuple[str, ...]
    terms: tuple[str, ...]


def propose(matter: Matter, *, limit: int = 3) -> list[Proposal]:
    """The articles that fit a matter best. One that is for other regions only is left out."""
    valid = Version.objects.valid(timezone.localdate())
    found = {one.version.pk: one for one in find(matter.text, among=valid, limit=20, snippets=False, mend=False)}
    near = valid.filter(categories__overlap=list(matter.categories)).select_related("article").order_by("pk")[:20]
    versions = {one.pk: one for one in near} | {pk: one.version for pk, one in found.items()}
    best = max([one.weight for one in found.values()], default=1)
    scored = [_proposal(version, matter, found.get(pk), best) for pk, version in versions.items()]
    good = [one for one in scored if one.weight >= ENOUGH]
    return sorted(good, key=lambda one: (-one.weight, one.version.pk))[:limit]


def _proposal(version: Version, matter: Matter, found: Found | None, best: float) -> Proposal:
    regions = {region.casefold() for region in version.regions}
    agreed = {
        "category": bool(matter.categories.intersection(version.categories)),
        "product": bool(matter.products.intersection(version.products)),
        "region": bool(regions & {place.casefold() for place in matter.places}),
    }
    is_elsewhere = bool(regions) and not agreed["region"]
    weight = (found.weight / best if found else 0) + sum(WEIGHTS[name] for name, is_so in agreed.items() if is_so)
    why = tuple(name for name, is_so in agreed.items() if is_so)
    return Proposal(version, 0 if is_elsewhere else weight, why, found.terms[:3] if found else ())
