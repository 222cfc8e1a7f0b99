"""What we know beside a case: articles that fit it, with why, and what is disturbed just now."""

from dataclasses import dataclass

from django.conf import settings
from django.db.models import Q
from django.urls import reverse
from django.utils.translation import gettext as _

from crm.cases.models import Case, Category, Problem
from crm.knowledge.markup import sendable
from crm.knowledge.models import Use, Version
from crm.knowledge.search import Matter, Proposal, find, propose
from crm.knowledge.tags import Disturbance
from crm.staff.models import User

PROPOSED, MOST, DISTURBANCES = 3, 8, 3


def matter_of(case: Case) -> Matter:
    """Its first words and what it is filed under, the branch included. One query for the products."""
    category = case.category
    codes = {category.code, category.parent.code if category.parent else ""} - {""} if category else set()
    products = set(case.customer.subscriptions.held().values_list("product_id", flat=True)[:5])
    places = frozenset({case.place, case.customer.city} - {""})
    return Matter(f"{case.subject} {case.preview}", frozenset(codes), frozenset(products), places)


def why(proposal: Proposal) -> str:
    """In words: what it agrees in with the case."""
    said = {"category": _("same category"), "product": _("same product"), "region": _("same region")}
    terms = [_("words: %(words)s") % {"words": ", ".join(proposal.terms)}] if proposal.terms else []
    return " · ".join([said[name] for name in proposal.why] + terms)


@dataclass(frozen=True)
class Beside:
    version: Version
    why: str
    used: bool = False
    helped: bool | None = None


def proposed(case: Case) -> list[Beside]:
    """At most three, and whether they were used or judged in this case."""
    found = propose(matter_of(case), limit=PROPOSED)
    uses = {use.article_id: use for use in Use.objects.filter(case=case.pk)}
    rows = [(one, uses.get(one.version.article_id)) for one in found]
    return [Beside(one.version, why(one), bool(use and use.used), use.helped if use else None) for one, use in rows]


@dataclass(frozen=True)
class Insertion:
    """An article as it goes into an answer: as text, or as a link to its public page."""

    version: Version
    title: str
    text: str
    why: str = ""
    is_link: bool = False

    @property
    def key(self) -> str:
        return f"{self.version.pk}-{'link' if self.is_link else 'text'}"


def insertions(case: Case, asked: str, *, most: int) -> list[Insertion]:
    """What fits the words; without words, what fits the case. In the customer's language."""
    if asked.strip():
        found = [(one.version, "") for one in find(asked, limit=most, snippets=False)]
    else:
        found = [(one.version, why(one)) for one in propose(matter_of(case), limit=min(most, PROPOSED))]
    language = case.customer.language
    return [one for version, reason in found for one in _both_ways(version, reason, language)]


def _both_ways(version: Version, reason: str, language: str) -> list[Insertion]:
    title = version.said("title", language)
    text = sendable(version.said("answer", language) or version.said("body", language))
    ways = [Insertion(version, title, text, reason)] if text else []
    if version.is_public:
        link = f"{settings.SITE_URL}{reverse('web:article', args=[version.article_id])}?lang={language}"
        ways.append(Insertion(version, title, f"{title}: {link}", reason, is_link=True))
    return ways


def known_here(case: Case, user: User) -> list[Problem]:
    """Open problems of its place or city, or of its category."""
    here = Q(pk=case.hangs_on.problem_id) if hasattr(case, "hangs_on") else Q(pk__isnull=True)
    for place in {case.place, case.customer.city} - {""}:
        here |= Q(place__icontains=place)
    if case.category_id:
        here |= Q(category=case.category_id)
    open_ones = Problem.objects.visible_to(user).filter(state=Problem.State.OPEN)
    return list(open_ones.filter(here).order_by("-since", "-pk")[:DISTURBANCES])


def topics() -> list[tuple[str, str]]:
    """The leaves and branches that are in use, for tagging articles."""
    return [(one.code, str(one)) for one in Category.objects.filter(is_active=True)]


def disturbances(user: User) -> list[Disturbance]:
    """Open problems, on top of the knowledge base while they last."""
    found = Problem.objects.visible_to(user).filter(state=Problem.State.OPEN).order_by("-since", "-pk")
    return [
        Disturbance(str(one), one.title, one.place, one.since, reverse("desk:problem", args=[one.number]))
        for one in found[:DISTURBANCES]
    ]
