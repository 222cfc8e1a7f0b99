"""A GraPARI's queue system: checks visitors in, says how their visits go on, reads who waits."""

from typing import Any

from django.db.models import QuerySet
from django.http import Http404, HttpResponse
from django.utils.translation import gettext_lazy as _
from rest_framework import serializers
from rest_framework.exceptions import ErrorDetail, ValidationError
from rest_framework.request import Request
from rest_framework.response import Response

from crm.api.auth import caller
from crm.api.errors import Problem
from crm.api.fields import Body, Code, Past, StaffNumber
from crm.api.models import ApiClient, Scope
from crm.api.paging import KeysetPagination, Order, newest
from crm.api.v1 import described
from crm.api.v1.base import PAGING, View
from crm.api.v1.filters import NamedFilters, VisitFilters
from crm.api.v1.rows import Row
from crm.api.v1.shapes import Shape
from crm.customers.actions import find_customer
from crm.customers.errors import BadContact
from crm.staff import access
from crm.staff.models import Office, User
from crm.visits import actions
from crm.visits.errors import VisitError
from crm.visits.models import Visit
from crm.visits.words import Purpose, Result, VisitState

NOT_HERE = _("This member of staff serves at no counter of this GraPARI.")
CONFLICTS = {"wrong_state", "counter_busy", "ticket_taken"}
EVENTS = ("called", "called_again", "started", "ended", "left")


class NewVisit(Body):
    """Somebody who has come."""

    office = Code(queryset=Office.objects.all(), help_text="Code of the GraPARI.")
    ticket = serializers.CharField(
        max_length=8, default="", allow_blank=True, help_text="Your queue number, B-042; ours when left out."
    )
    purpose = serializers.ChoiceField(Purpose.choices, default=Purpose.OTHER)
    priority = serializers.BooleanField(default=False, help_text="Elderly, pregnant, disabled: called before others.")
    note = serializers.CharField(max_length=250, default="", allow_blank=True, help_text="What they told the kiosk.")
    msisdn = serializers.CharField(
        max_length=30, default="", allow_blank=True,
        help_text="0812…, 62812… or +62812…: whoever has it is shown at the counter; nobody is made.",
    )  # fmt: skip
    external_id = serializers.CharField(
        max_length=100, default="", allow_blank=True, help_text="Your id of the visit: the same one again adds nothing."
    )
    arrived_at = Past(required=False, help_text="Now when left out.")


class NewVisitEvent(Body):
    """How a visit goes on."""

    event = serializers.ChoiceField([(one, one) for one in EVENTS])
    counter = serializers.IntegerField(
        min_value=1, max_value=99, required=False, help_text="Needed for called, and for started without a call."
    )
    staff_number = StaffNumber(required=False, help_text="Who sits there.")
    outcome = serializers.ChoiceField(Result.choices, default=Result.DONE, help_text="With ended.")
    at = Past(required=False, help_text="Now when left out; never before the step before.")


class VisitShape(Shape):
    id = serializers.IntegerField()
    office = serializers.CharField()
    day = serializers.DateField(help_text="On the office's own calendar.")
    ticket = serializers.CharField()
    purpose = serializers.ChoiceField(Purpose.choices)
    priority = serializers.BooleanField()
    state = serializers.ChoiceField(VisitState.choices)
    customer = serializers.IntegerField(allow_null=True, help_text="Id; null while nobody knows who it is.")
    counter = serializers.IntegerField(allow_null=True)
    staff_number = serializers.CharField(allow_null=True)
    outcome = serializers.ChoiceField(Result.choices, allow_blank=True)
    external_id = serializers.CharField(allow_blank=True)
    arrived_at = serializers.DateTimeField()
    called_at = serializers.DateTimeField(allow_null=True)
    calls = serializers.IntegerField()
    started_at = serializers.DateTimeField(allow_null=True)
    ended_at = serializers.DateTimeField(allow_null=True)


class VisitPages(KeysetPagination):
    orders = {"newest": Order("arrived_at", newest)}


class VisitView(View):
    queryset = Visit.objects.none()

    def visits(self) -> QuerySet[Visit]:
        return Visit.objects.filter(office__in=offices_for(caller(self.request)))

    def visit(self, pk: int) -> Visit:
        found = self.visits().filter(pk=pk).first()
        if found is None:
            raise Http404
        return found


class Visits(VisitView):
    scopes = {"GET": Scope.VISITS_READ, "POST": Scope.VISITS_WRITE}
    filter_backends = [NamedFilters]
    filterset_class = VisitFilters
    pagination_class = VisitPages

    @described.read(VisitShape(many=True), "list_visits", "List visits", tag="visits")
    def get(self, request: Request) -> Response:
        """The newest first. What visitors said never leaves the house."""
        self.refuse_unknown({*VisitFilters.base_filters, *PAGING})
        found = self.filter_queryset(self.visits()).values(*COLUMNS)
        return self.get_paginated_response([visit_row(one) for one in self.paginate_queryset(found) or []])

    @described.of_visit(NewVisit, VisitShape, "check_in", "Check a visitor in", {201: VisitShape, 200: VisitShape})
    def post(self, request: Request) -> HttpResponse:
        """201: a new queue number. 200: `external_id` is known already."""
        return self.write(lambda: self.check_in(request))

    def check_in(self, request: Request) -> Response:
        said = self.said(NewVisit)
        if said["office"] not in offices_for(caller(request)):
            raise _wrong("office", "does_not_exist", str(Code.default_error_messages["does_not_exist"]), said["office"])
        visit, new = _refused(
            actions.check_in,
            office=said["office"], ticket=said["ticket"], purpose=said["purpose"], is_priority=said["priority"],
            note=said["note"], customer=_known(said["msisdn"]), external_id=said["external_id"],
            at=said.get("arrived_at"),
        )  # fmt: skip
        return Response(row_of(visit), status=201 if new else 200)


class OneVisit(VisitView):
    scopes = {"GET": Scope.VISITS_READ}

    @described.read(VisitShape, "read_visit", "Read a visit", tag="visits")
    def get(self, request: Request, pk: int) -> Response:
        return Response(row_of(self.visit(pk)))


class VisitEvents(VisitView):
    scopes = {"POST": Scope.VISITS_WRITE}

    @described.of_visit(NewVisitEvent, VisitShape, "tell_visit", "Say how a visit goes on", {200: VisitShape})
    def post(self, request: Request, pk: int) -> HttpResponse:
        """`left`: walked out, or did not come when called. 409: the visit is at another step, or the counter taken."""
        return self.write(lambda: self.tell(request, pk))

    def tell(self, request: Request, pk: int) -> Response:
        visit, said = self.visit(pk), self.said(NewVisitEvent)
        act, wanted = STEPS[said["event"]]
        given = {name: said[name] for name in wanted if name in said}
        return Response(row_of(_refused(act, visit=visit, by=_serving(said, visit), at=said.get("at"), **given)))


STEPS: dict[str, tuple[Any, tuple[str, ...]]] = {
    "called": (actions.call_visit, ("counter",)),
    "called_again": (actions.call_again, ()),
    "started": (actions.start_visit, ("counter",)),
    "ended": (actions.end_visit, ("outcome",)),
    "left": (actions.leave, ()),
}
COLUMNS = (
    "id", "office__code", "day", "series", "number", "purpose", "is_priority", "state", "customer_id", "counter",
    "by__staff_number", "outcome", "external_id", "arrived_at", "called_at", "calls", "started_at", "ended_at",
)  # fmt: skip
RENAMED = {"office__code": "office", "is_priority": "priority", "customer_id": "customer",
           "by__staff_number": "staff_number"}  # fmt: skip


def offices_for(client: ApiClient) -> QuerySet[Office]:
    """All; for a client of one team, that team's."""
    return Office.objects.filter(team=client.team_id) if client.team_id else Office.objects.all()


def row_of(visit: Visit) -> Row:
    return visit_row(Visit.objects.values(*COLUMNS).get(pk=visit.pk))


def visit_row(row: Row) -> Row:
    told = {RENAMED.get(name, name): row[name] for name in COLUMNS if name not in ("series", "number")}
    return told | {"ticket": f"{row['series']}-{row['number']:03}"}


def _known(msisdn: str) -> Any:
    try:
        return find_customer(msisdn=msisdn) if msisdn else None
    except BadContact as error:
        raise _wrong("msisdn", "bad_number", str(error)) from None


def _serving(said: dict[str, Any], visit: Visit) -> User | None:
    """Who the queue system says sits there: they must be allowed to."""
    by: User | None = said.get("staff_number")
    if by is not None and not (access.may(by, "visit.serve") and by.office_id == visit.office_id):
        raise _wrong("staff_number", "not_here", str(NOT_HERE))
    return by


def _refused(act: Any, **given: Any) -> Any:
    try:
        return act(**given)
    except VisitError as error:
        if error.code in CONFLICTS:
            raise _conflict(error) from None
        raise _wrong(error.field, error.code, str(error)) from None


def _conflict(error: VisitError) -> Problem:
    problem = Problem(str(error), wrongs=[{"field": error.field, "code": error.code, "detail": str(error)}])
    problem.status_code, problem.default_code = 409, error.code
    return problem


def _wrong(field: str, code: str, sentence: str, value: Any = "") -> ValidationError:
    return ValidationError({field: [ErrorDetail(sentence.format(value=value), code=code)]})
