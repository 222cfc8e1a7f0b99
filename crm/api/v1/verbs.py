"""What a member of staff does with a case from another system. Their own role and teams decide whether they may."""

from typing import Any

from django.http import HttpResponse
from rest_framework.request import Request
from rest_framework.response import Response

from crm.api.fields import Body
from crm.api.models import Scope
from crm.api.v1 import rows
from crm.api.v1.base import View, acting, expected_version, versioned
from crm.api.v1.bodies import HandUp, Reason, Settlement, Wait, Who
from crm.api.v1.described import posted
from crm.api.v1.shapes import CaseShape
from crm.cases.actions import (
    accept_escalation,
    escalate_case,
    hand_back,
    reopen_case,
    resume_case,
    settle_case,
    wait_for,
)
from crm.cases.actions.locking import lock_case
from crm.cases.errors import EscalationEnded
from crm.cases.models import Case, Escalation
from crm.staff.models import User


class Verb(View):
    """POST: read the body, check who acts, do it, answer the case as it now is."""

    scopes = {"POST": Scope.WRITE}
    body: type[Body]
    action: str

    def run(self, case: Case, by: User, version: int | None, **said: Any) -> None:
        raise NotImplementedError

    def act(self, request: Request, number: int) -> HttpResponse:
        return self.write(lambda: self.done(request, number))

    def done(self, request: Request, number: int) -> Response:
        case, version, said = self.case(number), expected_version(request), self.said(self.body)
        by = said.pop("staff_number")
        self.run(case, acting(by, self.action, case) or by, version, **said)
        return versioned(rows.case_row(rows.full_row(case)))


class Settle(Verb):
    body, action = Settlement, "case.settle"

    @posted(body, CaseShape, "settle_case", "Settle a case")
    def post(self, request: Request, number: int) -> HttpResponse:
        """The settlement clock stops and is judged. 409 while the customer has had no answer by a person."""
        return self.act(request, number)

    def run(self, case: Case, by: User, version: int | None, **said: Any) -> None:
        settle_case(case=case, by=by, version=version, **said)


class Reopen(Verb):
    body, action = Reason, "case.reopen"

    @posted(body, CaseShape, "reopen_case", "Reopen a settled case")
    def post(self, request: Request, number: int) -> HttpResponse:
        """With the settlement time that was left, at least four hours by the first policy."""
        return self.act(request, number)

    def run(self, case: Case, by: User, version: int | None, **said: Any) -> None:
        reopen_case(case=case, by=by, version=version, **said)


class WaitFor(Verb):
    body, action = Wait, "case.wait"

    @posted(body, CaseShape, "wait_for", "Wait for the customer, a division or an appointment")
    def post(self, request: Request, number: int) -> HttpResponse:
        """The settlement clock pauses only where the policy says so."""
        return self.act(request, number)

    def run(self, case: Case, by: User, version: int | None, **said: Any) -> None:
        wait_for(case=case, by=by, version=version, **said)


class Resume(Verb):
    body, action = Who, "case.wait"

    @posted(body, CaseShape, "resume_case", "Stop waiting")
    def post(self, request: Request, number: int) -> HttpResponse:
        """What the case waited for has come."""
        return self.act(request, number)

    def run(self, case: Case, by: User, version: int | None, **said: Any) -> None:
        resume_case(case=case, by=by, version=version)


class Escalate(Verb):
    body, action = HandUp, "case.escalate"

    @posted(body, CaseShape, "escalate_case", "Escalate a case")
    def post(self, request: Request, number: int) -> HttpResponse:
        """To the supervisor, to service quality, or to a division."""
        return self.act(request, number)

    def run(self, case: Case, by: User, version: int | None, **said: Any) -> None:
        escalate_case(case=case, by=by, version=version, **said)


class Accept(Verb):
    body, action = Who, "case.accept"

    @posted(body, CaseShape, "accept_escalation", "Accept the open escalation")
    def post(self, request: Request, number: int) -> HttpResponse:
        """Accepting twice changes nothing. 409 when none is open."""
        return self.act(request, number)

    def run(self, case: Case, by: User, version: int | None, **said: Any) -> None:
        accept_escalation(escalation=open_escalation(case, version), by=by)


class HandBack(Verb):
    body, action = Reason, "case.accept"

    @posted(body, CaseShape, "hand_back", "Hand the case back to its team")
    def post(self, request: Request, number: int) -> HttpResponse:
        """With what was found. 409 when no escalation is open."""
        return self.act(request, number)

    def run(self, case: Case, by: User, version: int | None, **said: Any) -> None:
        hand_back(escalation=open_escalation(case, version), by=by, **said)


def open_escalation(case: Case, version: int | None) -> Escalation:
    locked = lock_case(case, version=version)
    found: Escalation | None = locked.escalations.filter(ended_at=None).first()
    if found is None:
        raise EscalationEnded
    return found
