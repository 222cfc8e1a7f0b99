"""Where a number leads: the list of what it counts, asked with the reader's own question."""

from collections.abc import Mapping
from typing import Any

from django.http import QueryDict
from django.urls import reverse

from crm.reports.studies import cells as cell
from crm.reports.studies.study import Study

OF_A_LIST = ("figure", "in", "order", "after")


class Links:
    def __init__(self, study: Study, asked: QueryDict) -> None:
        self.study, self.question = study, asked.copy()
        for name in OF_A_LIST:
            self.question.pop(name, None)

    def things(self, measure: str, cells: Mapping[str, Any] | None = None, *, order: str = "") -> str:
        query = self.question.copy()
        query.pop("by", None)
        query["figure"] = measure
        query.setlist("in", cell.written(cells or {}))
        if order:
            query["order"] = order
        return f"{reverse('reports:study-list', args=[self.study.slug])}?{query.urlencode()}"

    def report(self, **changes: str) -> str:
        return f"{reverse('reports:study', args=[self.study.slug])}?{self._changed(changes)}"

    def file(self, suffix: str) -> str:
        return f"{reverse('reports:study-export', args=[self.study.slug, suffix])}?{self.question.urlencode()}"

    def schedule(self) -> str:
        return f"{reverse('reports:schedule-new')}?{self._changed({'report': self.study.slug})}"

    def _changed(self, changes: Mapping[str, str]) -> str:
        query = self.question.copy()
        for name, value in changes.items():
            query[name] = value
        return query.urlencode()
