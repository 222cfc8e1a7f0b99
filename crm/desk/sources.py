"""The desk's lists that may be long: had as a file at once, or made in the background (crm/lib/exports.py)."""

from django.conf import settings
from django.utils.translation import gettext_lazy as _

from crm.calls.listing import CallFilter
from crm.calls.listing import table as call_table
from crm.desk.breaches import BreachFilter, breaches_for, export_rows
from crm.desk.views import exports
from crm.lib.exports import Question, Source, Table, register
from crm.staff.access import may
from crm.staff.models import User
from crm.visits.listing import VisitFilter
from crm.visits.listing import table as visit_table


def register_all() -> None:
    register(Source("cases", _("Cases"), exports.may_take_out, exports.size, exports.table))
    register(Source("visit-list", _("Visits"), _may_take_visits, _visits, _visit_table))
    register(Source("call-list", _("Calls"), _may_take_calls, _calls, _call_table))
    register(Source("breaches", _("Breaches"), _may_read_breaches, _breaches, _breach_table))


def _may_read_breaches(user: User) -> bool:
    return may(user, "breach.read")


def _breaches(question: Question) -> int:
    found = BreachFilter(question.query).narrow(breaches_for(question.user))
    return found.order_by()[: settings.EXPORT_AT_ONCE + 1].count()


def _breach_table(question: Question) -> Table:
    return export_rows(BreachFilter(question.query).narrow(breaches_for(question.user)))


def _may_take_visits(user: User) -> bool:
    return may(user, "visit.read") and may(user, "report.export")


def _visits(question: Question) -> int:
    found = VisitFilter(question.query, question.user).visits()
    return found.order_by()[: settings.EXPORT_AT_ONCE + 1].count()


def _visit_table(question: Question) -> Table:
    return visit_table(VisitFilter(question.query, question.user).visits())


def _may_take_calls(user: User) -> bool:
    return may(user, "call.read") and may(user, "report.export")


def _calls(question: Question) -> int:
    found = CallFilter(question.query, question.user).calls()
    return found.order_by()[: settings.EXPORT_AT_ONCE + 1].count()


def _call_table(question: Question) -> Table:
    found = CallFilter(question.query, question.user).calls()
    return call_table(found.select_related("customer", "agent", "reason", "case"))
