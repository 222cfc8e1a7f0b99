"""The palette's answers, and the sheet of keys. What is asked comes by POST: an address would stand in logs of proxies
and in the browser's history, and it names people."""

from dataclasses import replace
from typing import Any

from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_POST, require_safe

from crm.cases.models import Case
from crm.desk.keys import GROUPS
from crm.desk.palette.asked import Asked
from crm.desk.palette.doing import actions, pages
from crm.desk.palette.finding import articles, of_numbers, people_and_cases
from crm.desk.palette.options import Group
from crm.desk.tense import Now
from crm.staff.access import may
from crm.staff.guard import StaffRequest

RECENT = 6


@login_required
@require_POST
@sensitive_post_parameters("q")
def find(request: StaffRequest) -> HttpResponse:
    """Options in groups for `q` in `scope`; with nothing asked, the cases opened last and what is at hand."""
    asked = Asked.read(request.POST.get("q", ""), request.POST.get("scope", ""))
    found = [_with_term(group, asked) for group in _groups(request, asked) if group.options]
    context: dict[str, Any] = {"groups": found, "asked": asked, "count": sum(len(group.options) for group in found)}
    return render(request, "desk/palette/found.html", context)


def _with_term(group: Group, asked: Asked) -> Group:
    return replace(group, options=[replace(option, term=asked.text) for option in group.options])


def _groups(request: StaffRequest, asked: Asked) -> list[Group]:
    user, now = request.user, Now.of(request)
    groups: list[Group] = []
    if asked.text and asked.scope != "actions" and may(user, "case.read"):
        groups += people_and_cases(asked, user, now)
    if asked.text and asked.scope == "all" and may(user, "article.read"):
        groups.append(articles(asked, mend=not any(group.options for group in groups)))
    elif not asked.text and asked.wants("cases"):
        groups.append(Group(_("Opened last"), "cases", of_numbers(_recent(request), user, now)))
    if asked.wants("actions"):
        groups += actions(user, _open_case(request), asked.text)
        if asked.text:
            groups.append(pages(user, asked.text))
    return groups


def _recent(request: StaffRequest) -> list[int]:
    numbers = request.POST.get("recent", "").split(",")
    return [int(one) for one in numbers if one.isdecimal() and len(one) < 15][:RECENT]


def _open_case(request: StaffRequest) -> Case | None:
    number = request.POST.get("case", "")
    if not number.isdecimal() or len(number) > 14:
        return None
    return Case.objects.visible_to(request.user).filter(number=int(number)).first()


@login_required
@require_safe
def keys(request: StaffRequest) -> HttpResponse:
    """All keys, in the dialog behind ?."""
    return render(request, "desk/palette/keys.html", {"groups": GROUPS})
