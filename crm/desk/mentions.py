"""@mentions in notes: who may be named, who was, and how that looks. One writes @user_name; the note keeps ids."""

import re
from collections.abc import Iterable

from django.db.models import Q, QuerySet
from django.utils.html import escape, format_html
from django.utils.safestring import SafeString, mark_safe

from crm.cases.models import Case
from crm.staff.models import Role, User

# Not within an address: rina@example.com names nobody.
MENTION = re.compile(r"(?<![\w.@+-])@([\w.+-]*\w)")
OFFERED = 8


def people_who_see(case: Case) -> QuerySet[User]:
    """Who reads this case by right: the other direction of access.may(user, "case.read", case)."""
    reads = Q(pk=case.assignee_id) | Q(role__in=[Role.QUALITY, Role.ADMINISTRATOR])
    if case.team_id:
        members = User.teams.through.objects.filter(team=case.team_id).values("user")
        reads |= Q(role__in=[Role.AGENT, Role.SUPERVISOR], pk__in=members)
    if case.division_id:
        reads |= Q(role=Role.DIVISION, division=case.division_id)
    return User.objects.filter(reads, is_active=True)


def offered(case: Case, text: str, *, to: User) -> list[User]:
    """Whom `to` may mention, by the beginning of the user name or of any of their names."""
    people = people_who_see(case).exclude(pk=to.pk)
    if text:
        people = people.filter(
            Q(username__istartswith=text) | Q(name__istartswith=text) | Q(name__icontains=f" {text}")
        )
    return list(people.order_by("name")[:OFFERED])


def mentioned_in(text: str, case: Case) -> list[User]:
    """Everybody whom the text names and who may see the case."""
    names = {name.lower() for name in MENTION.findall(text)}
    if not names:
        return []
    wanted = Q()
    for name in names:
        wanted |= Q(username__iexact=name)
    return list(people_who_see(case).filter(wanted))


def people_of(ids: Iterable[int]) -> dict[int, User]:
    """No query when nobody is mentioned."""
    wanted = set(ids)
    return User.objects.in_bulk(wanted) if wanted else {}


def with_chips(text: str, people: Iterable[User]) -> SafeString:
    """A note's text with the names of those it mentions; escaped, its lines kept."""
    known = {one.username.lower(): one for one in people}

    def chip(found: re.Match[str]) -> str:
        person = known.get(found[1].lower())
        return format_html('<span class="at">@{}</span>', person.name) if person else found[0]

    said = MENTION.sub(chip, escape(text))  # a user name has nothing that escaping would change
    return mark_safe(said.replace("\n", "<br>"))
