"""The list as a file: what it shows, masked as it shows it."""

from collections.abc import Iterator

from django.conf import settings
from django.contrib.auth.decorators import login_required
from django.http import HttpResponseBase
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from crm.cases.models import Case
from crm.customers.naming import name_outside
from crm.desk.listing import Search, search_of
from crm.desk.orders import ORDERS
from crm.desk.tense import Now
from crm.lib import exports
from crm.lib.exports import Question, Table
from crm.lib.sheets import Cell
from crm.staff.access import may, require
from crm.staff.guard import StaffRequest
from crm.staff.models import User


@login_required
@require_safe
def cases(request: StaffRequest, suffix: str) -> HttpResponseBase:
    require(request.user, "case.read")
    return exports.hand_out(request, "cases", suffix)


def may_take_out(user: User) -> bool:
    return may(user, "case.read")


def size(question: Question) -> int:
    """Counted no further than to where the file is made in the background."""
    return _search(question).cases.order_by()[: settings.EXPORT_AT_ONCE + 1].count()


def table(question: Question) -> Table:
    search = _search(question)
    return _head(), _rows(ORDERS[search.order].sort(search.cases).with_list_columns().iterator(chunk_size=2000))


def _search(question: Question) -> Search:
    return search_of(question.query.dict(), question.user, Now(question.at))


def _head() -> list[str]:
    return [
        _("Number"), _("State"), _("Kind"), _("Category"), _("Priority"), _("Channel"), _("Customer"), _("Tier"),
        _("Team"), _("Agent"), _("Opened"), _("Next deadline"), _("Which"), _("Tags"),
    ]  # fmt: skip


def _rows(cases: Iterator[Case]) -> Iterator[list[Cell]]:
    for case in cases:
        yield [
            case.number, case.get_state_display(), case.get_kind_display(), str(case.category or ""),
            case.get_priority_display(), case.get_channel_display(), name_outside(case.customer), case.tier,
            str(case.team or ""), str(case.assignee or ""), case.opened_at, case.due_at, case.get_due_kind_display(),
            ", ".join(case.tags),
        ]  # fmt: skip
