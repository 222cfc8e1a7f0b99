"""Where a figure leads: the list of its cases, asked with the reader's own question."""

from collections.abc import Mapping
from typing import Any

from django.http import QueryDict
from django.urls import reverse

from crm.reports.sla import cells as cell

OF_A_LIST = ("figure", "in", "order", "after", "table")


class Links:
    def __init__(self, asked: QueryDict) -> None:
        self.question = asked.copy()
        for name in OF_A_LIST:
            self.question.pop(name, None)

    def cases(self, figure: str, cells: Mapping[str, Any] | None = None, *, order: str = "") -> str:
        query = self.question.copy()
        query["figure"] = figure
        query.setlist("in", cell.written(cells or {}))
        if order:
            query["order"] = order
        return f"{reverse('reports:sla-cases')}?{query.urlencode()}"

    def table(self, name: str, suffix: str) -> str:
        query = self.question.copy()
        query["table"] = name
        return f"{reverse('reports:sla-export', args=[suffix])}?{query.urlencode()}"

    def report(self, **changes: str) -> str:
        query = self.question.copy()
        for name, value in changes.items():
            query[name] = value
        return f"{reverse('reports:sla')}?{query.urlencode()}"
