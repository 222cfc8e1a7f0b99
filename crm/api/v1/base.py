"""What every view of version 1 shares: which cases a client reaches, bodies, versions."""

import re
from collections.abc import Callable
from typing import Any

from django.http import Http404, HttpResponse
from django.utils.translation import gettext as _
from rest_framework.exceptions import ErrorDetail, ValidationError
from rest_framework.generics import GenericAPIView
from rest_framework.request import Request
from rest_framework.response import Response

from crm.api.auth import caller
from crm.api.errors import BadHeader, IfMatchMissing
from crm.api.fields import Body
from crm.api.idempotency import answered_once
from crm.api.models import ApiClient
from crm.api.v1.rows import Row
from crm.cases.models import Case
from crm.cases.queries import CaseQuerySet
from crm.customers.models import Customer
from crm.events.origin import through
from crm.staff import access
from crm.staff.models import User

PAGING = {"limit", "cursor", "ordering"}
ETAG = re.compile(r'"(\d{1,18})"')


def cases_of(client: ApiClient) -> CaseQuerySet:
    """Live cases; for a client of one team, that team's."""
    cases: CaseQuerySet = Case.objects.live()
    return cases.filter(team=client.team_id) if client.team_id else cases


class View(GenericAPIView[Any]):
    http_method_names = ["get", "head", "post", "patch"]
    filter_backends: list[Any] = []
    pagination_class: Any = None

    def cases(self) -> CaseQuerySet:
        return cases_of(caller(self.request))

    def case(self, number: int) -> Case:
        case: Case | None = self.cases().filter(number=number).first()
        if case is None:
            raise Http404
        return case

    def customer(self, pk: int) -> Customer:
        """Of a merged record the one that stays. A client of one team reaches the customers of its cases."""
        found = Customer.objects.filter(pk=pk).first()
        while found is not None and found.absorbed_into is not None:
            found = found.absorbed_into
        if found is None or found.erased_at is not None:
            raise Http404
        if caller(self.request).team_id and not self.cases().filter(customer=found).exists():
            raise Http404
        return found

    def write(self, act: Callable[[], Response]) -> HttpResponse:
        """Run `act` in a transaction, once for its Idempotency-Key; its events name the client."""
        with through(client=caller(self.request).pk):
            return answered_once(self.request, act)

    def said(self, body: type[Body]) -> dict[str, Any]:
        """The body, checked. Raises ValidationError naming each wrong field."""
        form = body(data=self.request.data)
        form.is_valid(raise_exception=True)
        return dict(form.validated_data)

    def refuse_unknown(self, known: set[str]) -> None:
        """A misspelt filter would widen the list in silence."""
        if unknown := sorted(set(self.request.query_params) - known):
            said = [ErrorDetail(_("There is no such filter."), code="unknown")]
            raise ValidationError(dict.fromkeys(unknown, said))


def expected_version(request: Request, *, required: bool = False) -> int | None:
    """The version in If-Match; None where any will do. Raises IfMatchMissing, BadHeader."""
    sent = request.META.get("HTTP_IF_MATCH", "").strip()
    if not sent and required:
        raise IfMatchMissing
    if sent in {"", "*"}:
        return None
    match = ETAG.fullmatch(sent)
    if match is None:
        raise BadHeader("If-Match", _('One ETag as it was given out, such as "3".'))
    return int(match[1])


def acting(by: User | None, action: str, case: Case) -> User | None:
    """The named member of staff, whose own role and teams must allow the act; None: the client's system itself."""
    if by is not None:
        access.require(by, action, case)
    return by


def versioned(body: Row, *, status: int = 200, **headers: str) -> Response:
    return Response(body, status=status, headers={"ETag": f'"{body["version"]}"'} | headers)
