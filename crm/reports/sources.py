"""What of this room can be had as a file."""

from functools import partial

from django.utils.translation import gettext_lazy as _

from crm.lib.exports import Question, Source, register
from crm.reports.studies.shelf import STUDIES
from crm.reports.studies.study import Study
from crm.reports.views import calls, cases, sla, studies, study_lists, visits
from crm.staff.access import may

FEW = 0  # a table: as many rows as there are groups


def register_all() -> None:
    register(
        Source("sla", _("SLA report"), may_export, lambda question: FEW, sla.table_file, _about_sla, ("reports:sla",))
    )
    register(Source("sla-list", _("SLA report: cases"), may_export, cases.list_size, cases.list_file, _about_sla))
    register(
        Source("visits", _("Visits"), may_export, lambda question: FEW, visits.table_file, page=("reports:visits",))
    )
    register(Source("calls", _("Calls"), may_export, lambda question: FEW, calls.table_file, page=("reports:calls",)))
    for study in STUDIES.values():
        _register(study)


def _register(study: Study) -> None:
    table, size = partial(studies.table_file, study=study), partial(study_lists.list_size, study=study)
    rows, about = partial(study_lists.list_file, study=study), partial(_about, study=study)
    page = ("reports:study", study.slug)
    register(Source(study.slug, study.name, may_export, lambda question: FEW, table, about, page, study.icon))
    register(Source(f"{study.slug}-list", study.name, may_export, size, rows, about))


def may_export(user: object) -> bool:
    return may(user, "report.export")  # type: ignore[arg-type]


def _about(question: Question, study: Study) -> str:
    return studies.asked(question.query, study, question.user).in_words()


def _about_sla(question: Question) -> str:
    return sla.asked(question).in_words()
