"""The list of cases, one case, and what a client hands in."""

from django.http import Http404, HttpResponse
from rest_framework.request import Request
from rest_framework.response import Response

from crm.api.auth import caller
from crm.api.models import Scope
from crm.api.v1 import described, rows
from crm.api.v1.base import PAGING, View, acting, expected_version, versioned
from crm.api.v1.bodies import Change, NewCase, NewInteraction
from crm.api.v1.filters import CaseFilters, NamedFilters
from crm.api.v1.intake import log_on, open_from
from crm.api.v1.pages import CasePages, InteractionPages
from crm.api.v1.shapes import CaseDetailShape, CaseShape, InteractionShape, LoggedShape
from crm.cases.actions import edit_case
from crm.cases.models import Case
from crm.timeline.models import Interaction


class Cases(View):
    scopes = {"GET": Scope.READ, "POST": Scope.WRITE}
    filter_backends = [NamedFilters]
    filterset_class = CaseFilters
    pagination_class = CasePages
    queryset = Case.objects.none()

    @described.read(CaseShape(many=True), "list_cases", "List cases")
    def get(self, request: Request) -> Response:
        """The newest first; a `queue` by the nearest deadline. Replayed history is left out."""
        self.refuse_unknown({*CaseFilters.base_filters, *PAGING})
        found = self.filter_queryset(self.cases()).values(*rows.COLUMNS, **rows.EXPRESSIONS)
        return self.get_paginated_response(rows.case_rows(self.paginate_queryset(found) or []))

    @described.handed_in(NewCase, CaseShape, "open_case", "Open a case", described.A_CALL)
    def post(self, request: Request) -> HttpResponse:
        """The customer is found or created; both clocks run from `occurred_at`. 200: `external_id` is known already."""
        return self.write(lambda: self.open(request))

    def open(self, request: Request) -> Response:
        case, new = open_from(caller(request), self.said(NewCase))
        place = f"{request.path.rstrip('/')}/{case.number}"
        row = rows.row_of_new(case) if new else rows.full_row(case)
        return versioned(rows.case_row(row), status=201 if new else 200, Location=place)


class OneCase(View):
    scopes = {"GET": Scope.READ, "PATCH": Scope.WRITE}

    @described.read(CaseDetailShape, "read_case", "Read a case")
    def get(self, request: Request, number: int) -> Response:
        """With its clocks, contacts and escalations. Internal notes never leave the house."""
        row = rows.full_rows(self.cases().filter(number=number)).first()
        if row is None:
            raise Http404
        return versioned(rows.case_detail(row))

    @described.changed(Change, CaseShape, "change_case", "Change what a case is about")
    def patch(self, request: Request, number: int) -> HttpResponse:
        """No promise moves: the clocks keep their deadlines."""
        return self.write(lambda: self.change(request, number))

    def change(self, request: Request, number: int) -> Response:
        case, version = self.case(number), expected_version(request, required=True)
        changes = self.said(Change)
        by = acting(changes.pop("staff_number", None), "case.edit", case)
        edited = edit_case(case=case, by=by, version=version, **changes)
        return versioned(rows.case_row(rows.full_row(edited)))


class Interactions(View):
    scopes = {"GET": Scope.READ, "POST": Scope.WRITE}
    pagination_class = InteractionPages
    queryset = Interaction.objects.none()

    @described.read(InteractionShape(many=True), "list_interactions", "List a case's contacts")
    def get(self, request: Request, number: int) -> Response:
        """The newest first."""
        self.refuse_unknown(PAGING)
        page = self.paginate_queryset(rows.interactions(self.case(number).pk)) or []
        return self.get_paginated_response([rows.interaction_row(row) for row in page])

    @described.handed_in(
        NewInteraction, LoggedShape, "log_interaction", "Log a contact", described.AN_ANSWER, described.IF_MATCH
    )
    def post(self, request: Request, number: int) -> HttpResponse:
        """A customer's message starts the response clock; a person's answer stops it, judged by `at`."""
        return self.write(lambda: self.log(request, number))

    def log(self, request: Request, number: int) -> Response:
        case, version = self.case(number), expected_version(request)
        contact, new = log_on(caller(request), case, self.said(NewInteraction), version=version)
        row = rows.full_row(case)
        logged = rows.interaction_row(rows.interactions(case.pk).get(pk=contact.pk))
        headers = {"ETag": f'"{row["version"]}"'}
        return Response(
            {"interaction": logged, "case": rows.case_row(row)}, status=201 if new else 200, headers=headers
        )
