"""Whose link is it: from a token to a case, and from a case to its link."""

import datetime as dt

from django.db.models import Exists, Q
from django.utils import timezone

from crm.cases.models import Case
from crm.web.models import Filing, StatusLink
from crm.web.tokens import NotOurs, read_link_token


def opened_by(token: str, at: dt.datetime | None = None) -> StatusLink | None:
    """The link that this token opens. None for made-up, altered, renewed, revoked and expired ones alike."""
    try:
        nonce = read_link_token(token)
    except NotOurs:
        return None
    found = StatusLink.objects.unexpired(at or timezone.now()).filter(nonce=nonce)
    return found.select_related("case__customer", "case__category", "case__merged_into").first()


def case_behind(link: StatusLink) -> Case:
    """The case that goes on with it: its own, or the one into which that was merged."""
    case = link.case
    while case.merged_into is not None:
        case = case.merged_into
    return case


def link_to(case_id: int, *conditions: Exists) -> StatusLink | None:
    """The link whose page shows answers in this case: its own, else the newest of those merged into it."""
    here = StatusLink.objects.live().filter(Q(case=case_id) | Q(case__merged_into=case_id), *conditions)
    return min(here.select_related("case"), key=lambda link: (link.case_id != case_id, -link.pk), default=None)


def filing_of(link: StatusLink) -> Filing | None:
    """The form that opened the link's case, if one did."""
    return link.case.filings.order_by("pk").first()
