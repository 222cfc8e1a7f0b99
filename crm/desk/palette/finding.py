"""People, cases and articles behind what was typed. A handful of queries, however many there are of either."""

from collections.abc import Iterable

from django.db.models import Case as When_
from django.db.models import IntegerField, Value, When
from django.urls import reverse
from django.utils.translation import gettext as _

from crm.cases.finding import customers_like
from crm.cases.models import Case
from crm.cases.queries import CaseQuerySet
from crm.cases.words import RUNNING_STATES
from crm.customers.masking import mask_contact
from crm.customers.models import ContactPoint, Customer
from crm.desk.palette.asked import Asked
from crm.desk.palette.options import Group, Option
from crm.desk.rows import Row, rows_of
from crm.desk.tense import Now
from crm.knowledge.models import Version
from crm.knowledge.search import find
from crm.staff.access import may
from crm.staff.models import User

EACH = 6
ARTICLES = 3  # they stand between cases and actions
SHOWN = (
    ContactPoint.Kind.MSISDN,
    ContactPoint.Kind.HANDLE,
    ContactPoint.Kind.EMAIL,
)  # beside a name, the first there is
LONGEST, LEAD = 80, 24  # letters of a case that are shown; and before the word that was found
THEIRS = 24  # cases read for the customers that were found


def people_and_cases(asked: Asked, user: User, now: Now) -> list[Group]:
    # The case of a number stands there itself.
    likely = customers_like(
        asked.text, cases=Case.objects.none(), papers=may(user, "customer.find_by_paper"), limit=EACH
    )
    ids = [match.customer_id for match in likely]
    theirs = list(first_running(Case.objects.live().visible_to(user).filter(customer__in=ids))[:THEIRS]) if ids else []
    groups = []
    if asked.wants("customers") and ids:
        groups.append(Group(_("Customers"), "customers", _people(ids, theirs, user)))
    if asked.wants("cases"):
        groups.append(Group(_("Cases"), "cases", _cases(asked, theirs, user, now)))
    return groups


def first_running(cases: CaseQuerySet) -> CaseQuerySet:
    ended = When_(When(state__in=RUNNING_STATES, then=Value(0)), default=Value(1), output_field=IntegerField())
    return cases.with_list_columns().order_by(ended, "-opened_at", "-pk")


# --- customers ----------------------------------------------------------------------------------------------------


def _people(ids: list[int], theirs: list[Case], user: User) -> list[Option]:
    people = Customer.objects.in_bulk(ids)
    points, opens = _points(ids), may(user, "customer.read")
    cases = {case.customer_id: case for case in reversed(theirs)}
    return [
        _person(people[pk], points.get(pk, []), None if opens else cases[pk])
        for pk in ids if pk in people and (opens or pk in cases)
    ]  # fmt: skip


def _points(ids: list[int]) -> dict[int, list[ContactPoint]]:
    found: dict[int, list[ContactPoint]] = {}
    for point in ContactPoint.objects.filter(customer__in=ids).order_by("verified_at", "pk"):
        found.setdefault(point.customer_id, []).append(point)
    return found


def _person(person: Customer, points: list[ContactPoint], case: Case | None) -> Option:
    """Leads to their page; to their case for whoever opens no customers."""
    handle = next((point for point in points if point.kind == ContactPoint.Kind.HANDLE), None)
    name = person.name or (f"@{handle.display or handle.value}" if handle else str(person))
    shown = [mask_contact(point.kind, point.value) for point in sorted(points, key=_rank) if point.kind in SHOWN][:1]
    return Option(
        title=name, tier=person.tier, person=person.pk,
        detail=" · ".join(part for part in (*shown, person.city) if part),
        url=reverse("desk:case", args=[case.number]) if case else reverse("desk:customer", args=[person.pk]),
    )  # fmt: skip


def _rank(point: ContactPoint) -> int:
    return SHOWN.index(point.kind) if point.kind in SHOWN else len(SHOWN)


# --- cases --------------------------------------------------------------------------------------------------------


def _cases(asked: Asked, theirs: list[Case], user: User, now: Now) -> list[Option]:
    found = {case.pk: case for case in (*_by_number(asked, user), *theirs, *_by_words(asked, user))}
    return options_of(list(found.values())[:EACH], user, now, asked.text)


def _by_number(asked: Asked, user: User) -> Iterable[Case]:
    """Another team's too, where the role may look at it."""
    if asked.number is None:
        return []
    cases = Case.objects.live().with_list_columns().filter(number=asked.number)
    return cases if may(user, "case.look") else cases.visible_to(user)


def _by_words(asked: Asked, user: User) -> Iterable[Case]:
    if asked.number is not None or asked.is_number or asked.text.startswith("@"):
        return []
    return first_running(Case.objects.visible_to(user).with_words(asked.text))[:EACH]


def of_numbers(numbers: list[int], user: User, now: Now) -> list[Option]:
    """In the order given: those that were opened last. What is not theirs any more is left out."""
    cases = Case.objects.visible_to(user).with_list_columns().in_bulk(numbers, field_name="number")
    return options_of([cases[number] for number in numbers if number in cases], user, now)


def options_of(cases: list[Case], user: User, now: Now, term: str = "") -> list[Option]:
    return [_option(row, user, term) for row in rows_of(cases, now)]


def _option(row: Row, user: User, term: str) -> Option:
    """Of another team's case its number and who holds it: what it says is read by opening it, which is recorded."""
    case = row.case
    url = reverse("desk:case", args=[case.number])
    if not may(user, "case.read", case):
        where = _("with %(team)s: that you look is recorded") % {"team": case.team or "–"}
        return Option(f"#{case.number}", url, detail=where, row=row)
    return Option(f"#{case.number} {_shown(case, term)}", url, detail=row.name, row=row)


def _shown(case: Case, term: str) -> str:
    """The subject; the newest words, from where they were found, when the subject does not say why it was."""
    subject = case.subject or case.preview or case.get_kind_display()
    word = term.split(maxsplit=1)[0].casefold() if term else ""
    at = case.preview.casefold().find(word) if word and word not in subject.casefold() else -1
    if at < 0:
        return subject[:LONGEST]
    begins = max(0, at - LEAD)
    return ("…" if begins else "") + case.preview[begins : begins + LONGEST]


# --- articles -----------------------------------------------------------------------------------------------------


def articles(asked: Asked, *, mend: bool) -> Group:
    """What we know about these words. `mend` leads typing errors back: not while they name somebody."""
    if asked.is_number or asked.text.startswith("@"):
        return Group(_("Knowledge"), "knowledge", [])
    found = [one.version for one in find(asked.text, limit=ARTICLES, snippets=False, mend=mend)]
    return Group(_("Knowledge"), "knowledge", [_article(version) for version in found])


def _article(version: Version) -> Option:
    icon = "affiliate" if version.is_tree else "book-2"
    url = reverse("knowledge:article", args=[version.article_id])
    return Option(version.title, url, detail=version.article.get_kind_display(), icon=icon)
