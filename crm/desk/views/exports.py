"""The list as a file: what it shows, masked as it shows it."""

from collections.abc import Iterator

from django.contrib.auth.decorators import login_required
from django.http import HttpResponseBase
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from crm.cases.models import Case
from crm.desk import queues
from crm.desk.forms.filters import FilterForm
from crm.desk.tense import Now
from crm.lib.sheets import Cell, sheet
from crm.staff.access import require
from crm.staff.guard import StaffRequest

MOST = 50_000


@login_required
@require_safe
def cases(request: StaffRequest, suffix: str) -> HttpResponseBase:
    require(request.user, "case.read")
    queue = queues.QUEUES.get(request.GET.get("queue", ""), queues.QUEUES["mine"])
    found = FilterForm(request.GET).narrow(queues.cases_in(queue, request.user, Now.of(request)))
    rows = found.by_deadline().with_list_columns()[:MOST]
    return sheet("cases", suffix, _head(), _rows(rows.iterator(chunk_size=2000)))


def _head() -> list[str]:
    return [
        _("Number"), _("State"), _("Kind"), _("Category"), _("Priority"), _("Channel"), _("Customer"), _("Tier"),
        _("Team"), _("Agent"), _("Opened"), _("Next deadline"), _("Which"), _("Tags"),
    ]  # fmt: skip


def _rows(cases: Iterator[Case]) -> Iterator[list[Cell]]:
    for case in cases:
        yield [
            case.number, case.get_state_display(), case.get_kind_display(), str(case.category or ""),
            case.get_priority_display(), case.get_channel_display(), str(case.customer), case.tier,
            str(case.team or ""), str(case.assignee or ""), case.opened_at, case.due_at, case.get_due_kind_display(),
            ", ".join(case.tags),
        ]  # fmt: skip
