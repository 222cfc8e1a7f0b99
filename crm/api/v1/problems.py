"""Problems: one underlying cause of many cases. Read; and a case hung on one, or taken off."""

from typing import Any

from django.db.models import Count, F
from django.http import Http404, HttpResponse
from rest_framework.request import Request
from rest_framework.response import Response

from crm.api.models import Scope
from crm.api.paging import KeysetPagination, Order, newest
from crm.api.v1 import described
from crm.api.v1.base import PAGING, View
from crm.api.v1.bodies import HangOn
from crm.api.v1.filters import NamedFilters, ProblemFilters
from crm.api.v1.rows import Row
from crm.api.v1.shapes import CaseShape, OneCauseShape
from crm.api.v1.verbs import Verb
from crm.cases.actions import hang_case, take_off
from crm.cases.models import Case, Problem
from crm.staff.models import User

COLUMNS = ("number", "state", "title", "place", "since", "opened_at")


class ProblemPages(KeysetPagination):
    orders = {"newest": Order("opened_at", newest)}


class Problems(View):
    scopes = {"GET": Scope.READ}
    filter_backends = [NamedFilters]
    filterset_class = ProblemFilters
    pagination_class = ProblemPages
    queryset = Problem.objects.none()

    @described.read(OneCauseShape(many=True), "list_problems", "List problems", tag="problems")
    def get(self, request: Request) -> Response:
        """Those that somebody has found to be one, the newest first."""
        self.refuse_unknown({*ProblemFilters.base_filters, *PAGING})
        page = self.paginate_queryset(_rows(self.filter_queryset(_known()))) or []
        return self.get_paginated_response([_row(one) for one in page])


class OneProblem(View):
    scopes = {"GET": Scope.READ}

    @described.read(OneCauseShape, "read_problem", "Read a problem", tag="problems")
    def get(self, request: Request, number: int) -> Response:
        """Notes never leave the house."""
        found = _rows(_known().filter(number=number)).first()
        if found is None:
            raise Http404
        return Response(_row(found))


class Hang(Verb):
    body, action = HangOn, "case.problem"

    @described.posted(body, CaseShape, "hang_case", "Hang a case on a problem")
    def post(self, request: Request, number: int) -> HttpResponse:
        """With `problem` null it is taken off. 409 when it hangs on another, or has ended."""
        return self.act(request, number)

    def run(self, case: Case, by: User, version: int | None, **said: Any) -> None:
        if said["problem"] is None:
            take_off(case=case, by=by, version=version)
        else:
            hang_case(problem=said["problem"], case=case, by=by, version=version)


def _known() -> Any:
    return Problem.objects.filter(state__in=[Problem.State.OPEN, Problem.State.SOLVED])


def _rows(problems: Any) -> Any:
    codes = {"category_code": F("category__code"), "division_code": F("division__code")}
    counted = problems.annotate(cases=Count("hanging"))
    return counted.values("id", *COLUMNS, "ended_at", "solution", "cases", **codes)


def _row(row: Row) -> Row:
    return {
        **{name: row[name] for name in COLUMNS},
        "category": row["category_code"], "division": row["division_code"], "solved_at": row["ended_at"],
        "solution": row["solution"], "cases": row["cases"],
    }  # fmt: skip
