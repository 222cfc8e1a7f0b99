"""At the counter: who it is, which paper was seen, what becomes a case, and the end."""

import datetime as dt
from typing import Any

from django.db import transaction

from crm.cases.actions import open_case
from crm.cases.models import Case
from crm.customers.identifying import save_paper
from crm.customers.models import Customer, IdentityDocument
from crm.customers.papers import read_paper
from crm.lib.sealed import digests
from crm.staff.models import Office, User
from crm.timeline.models import Channel, Direction, Interaction
from crm.visits.actions.arriving import check_in
from crm.visits.actions.calling import call_next, start_visit
from crm.visits.actions.locking import lock, moment, save
from crm.visits.errors import NotKnown, PaperDiffers
from crm.visits.models import Visit
from crm.visits.words import AT_A_COUNTER, Purpose, Result, VisitState


@transaction.atomic
def name_customer(*, visit: Visit, customer: Customer, by: User, at: dt.datetime | None = None) -> Visit:
    """This is who stands here. A paper that was seen, was seen of somebody else. Raises WrongState."""
    visit = lock(visit, *AT_A_COUNTER)
    if visit.customer_id != customer.pk:
        visit.customer = customer
        visit.paper, visit.paper_at, visit.paper_by = "", None, None
        save(visit, "visit.customer_named", by=by, at=moment(at))
    return visit


@transaction.atomic
def see_paper(*, visit: Visit, paper: str, by: User, number: str = "", at: dt.datetime | None = None) -> Visit:
    """`by` held this paper in their hands and compared it with the person.

    A `number` must be the one on record; where there is none it is kept there. Raises WrongState, NotKnown,
    PaperDiffers, BadPaper.
    """
    visit, at = lock(visit, *AT_A_COUNTER), moment(at)
    if visit.customer is None:
        raise NotKnown
    if number:
        _compare(visit.customer, paper, number, by=by, at=at)
    visit.paper, visit.paper_at, visit.paper_by = IdentityDocument.Kind(paper), at, by
    return save(visit, "visit.paper_seen", by=by, at=at, paper=paper)


def _compare(customer: Customer, kind: str, number: str, *, by: User, at: dt.datetime) -> None:
    known = customer.documents.filter(kind=kind).first()
    if known is None:
        save_paper(customer=customer, kind=kind, number=number, by=by, at=at)
    elif known.digest not in digests(read_paper(kind, number).number):
        raise PaperDiffers


@transaction.atomic
def register_case(*, visit: Visit, text: str, by: User, at: dt.datetime | None = None, **fields: Any) -> Case:
    """A case of who stands here; its clocks run from now. Raises WrongState, NotKnown, and what open_case raises.

    What they said is the case's first contact, and the visit's: the timeline shows it once.
    """
    visit = lock(visit, *AT_A_COUNTER)
    if visit.customer is None:
        raise NotKnown
    case = open_case(customer=visit.customer, channel=Channel.COUNTER, text=text, by=by, at=at, **fields)
    visit.cases.add(case)
    if visit.interaction_id is None:
        visit.interaction = Interaction.objects.get(in_case__case=case)
    save(visit, "visit.case_registered", by=by, at=case.opened_at, case=case.pk)
    return case


@transaction.atomic
def end_visit(
    *,
    visit: Visit,
    outcome: str = Result.DONE,
    remark: str = "",
    by: User | None = None,
    at: dt.datetime | None = None,
) -> Visit:
    """Served. With a known customer it stands in their timeline from now on. Raises WrongState, BadTime."""
    visit = lock(visit, VisitState.SERVING)
    at = moment(at, after=visit.started_at)
    visit.state, visit.ended_at, visit.outcome, visit.remark = VisitState.ENDED, at, outcome, remark.strip()[:250]
    if visit.customer is not None and visit.interaction_id is None:
        visit.interaction = _contact(visit, visit.customer)
    return save(visit, "visit.ended", by=by, at=at, outcome=outcome)


def _contact(visit: Visit, customer: Customer) -> Interaction:
    said = "\n".join(filter(None, (visit.note, visit.remark)))
    return Interaction.objects.create(
        customer=customer, channel=Channel.COUNTER, account=visit.office.code, direction=Direction.IN,
        staff=visit.by, subject=str(Purpose(visit.purpose).label), text=said, at=visit.started_at or visit.arrived_at,
    )  # fmt: skip


@transaction.atomic
def end_and_call_next(*, visit: Visit, outcome: str, remark: str = "", by: User) -> Visit | None:
    """The one press between two customers. None when nobody waits. Raises WrongState."""
    ended = end_visit(visit=visit, outcome=outcome, remark=remark, by=by)
    assert ended.counter is not None  # the constraint of a visit that is being served
    return call_next(office=ended.office, counter=ended.counter, by=by)


@transaction.atomic
def walk_up(*, office: Office, counter: int, customer: Customer, by: User) -> Visit:
    """Without a queue number straight to a counter: a number is given all the same. Raises CounterBusy."""
    visit, _new = check_in(office=office, customer=customer, by=by)
    return start_visit(visit=visit, counter=counter, by=by)
