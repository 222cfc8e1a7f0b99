"""From the queue number to the end: each verb, each refusal, and two counters at once."""

import datetime as dt

import pytest
from django.db import IntegrityError, transaction
from django.utils import timezone

from crm.cases.defaults import ensure_policy
from crm.customers.errors import BadPaper
from crm.customers.models import IdentityDocument
from crm.events.models import Event
from crm.timeline.models import Interaction
from crm.visits import errors
from crm.visits.actions import (
    call_again,
    call_next,
    call_visit,
    check_in,
    close_counter,
    end_and_call_next,
    end_visit,
    leave,
    name_customer,
    open_counter,
    register_case,
    see_paper,
    start_visit,
)
from crm.visits.models import Counter, Visit
from tests.connections import somebody_else, until_somebody_waits
from tests.people import a_customer
from tests.visits.people import a_clerk, a_visitor, an_office

pytestmark = pytest.mark.django_db
MINUTE = dt.timedelta(minutes=1)


def kinds():
    told = Event.objects.filter(kind__startswith="visit.").order_by("pk")
    return [kind.removeprefix("visit.") for kind in told.values_list("kind", flat=True)]


def picture():
    return list(Visit.objects.order_by("pk").values()), Event.objects.count()


def served(**fields):
    clerk, visit = a_clerk(), a_visitor(**fields)
    return clerk, start_visit(visit=visit, counter=3, by=clerk)


def test_a_visit_from_the_queue_number_to_the_end():
    clerk, visit = a_clerk(), a_visitor(purpose="bill", at=timezone.now() - 6 * MINUTE)
    called = call_next(office=an_office(), counter=3, by=clerk)
    assert (called, called.ticket, called.state, called.by) == (visit, "B-001", "called", clerk)
    assert 6 * MINUTE <= called.waited < 7 * MINUTE
    call_again(visit=visit, by=clerk)
    start_visit(visit=visit, by=clerk)
    ended = end_visit(visit=visit, by=clerk, outcome="back", remark="KTP tertinggal")
    assert (ended.state, ended.calls, ended.outcome, ended.served is not None) == ("ended", 2, "back", True)
    assert kinds() == ["checked_in", "called", "called_again", "started", "ended"]
    assert {event.facts["office"] for event in Event.objects.filter(kind__startswith="visit.")} == {an_office().pk}


def test_numbers_go_up_by_purpose_office_and_day():
    far = an_office("panakkukang", "Asia/Makassar")
    given = [a_visitor(purpose=one).ticket for one in ("card", "bill", "complaint", "new", "other")]
    assert given == ["A-001", "B-001", "B-002", "C-001", "D-001"]
    assert a_visitor(is_priority=True).ticket == "P-001"
    assert a_visitor(far, purpose="card").ticket == "A-001"
    assert a_visitor(purpose="card", at=timezone.now() - dt.timedelta(days=1)).ticket == "A-001"


def test_the_day_is_that_of_the_office():
    at = dt.datetime(2026, 11, 20, 16, 30, tzinfo=dt.UTC)
    assert a_visitor(at=at).day == dt.date(2026, 11, 20)
    assert a_visitor(an_office("panakkukang", "Asia/Makassar"), at=at).day == dt.date(2026, 11, 21)


def test_a_queue_number_of_the_kiosk_is_kept_and_taken_once():
    assert a_visitor(ticket="b042").ticket == "B-042"
    before = picture()
    with pytest.raises(errors.TicketTaken):
        a_visitor(ticket="B-42")
    with pytest.raises(errors.BadTicket):
        a_visitor(ticket="B-")
    assert picture() == before
    assert a_visitor(purpose="bill").ticket == "B-043"


def test_the_queue_system_may_tell_twice():
    first = check_in(office=an_office(), external_id="Q-1", ticket="A-001")
    again = check_in(office=an_office(), external_id="Q-1", ticket="A-001")
    assert (first[1], again) == (True, (first[0], False))
    assert kinds() == ["checked_in"]


def test_priority_is_called_first_then_whoever_came_first():
    now = timezone.now()
    late, early = a_visitor(at=now - MINUTE), a_visitor(at=now - 9 * MINUTE)
    old = a_visitor(at=now, is_priority=True)
    assert list(Visit.objects.waiting()) == [old, early, late]
    assert call_next(office=an_office(), counter=1, by=a_clerk()) == old


def test_nobody_waits_or_waited_yesterday():
    a_visitor(at=timezone.now() - dt.timedelta(days=1))
    assert call_next(office=an_office(), counter=1, by=a_clerk()) is None


@pytest.mark.django_db(transaction=True)
def test_two_counters_never_call_one_person():
    first, second = a_visitor(at=timezone.now() - 9 * MINUTE), a_visitor(at=timezone.now() - MINUTE)
    clerk, colleague, office = a_clerk(), a_clerk("Bayu"), an_office()
    with somebody_else() as does, transaction.atomic():
        mine = call_next(office=office, counter=1, by=clerk)
        theirs = does(call_next, office=office, counter=2, by=colleague).result(timeout=60)
    assert (mine, theirs) == (first, second)
    assert sorted(Visit.objects.values_list("counter", flat=True)) == [1, 2]


@pytest.mark.django_db(transaction=True)
def test_two_at_one_counter_call_one_person():
    """Two screens of one counter: the second waits for the first, and is told."""
    a_visitor(at=timezone.now() - 9 * MINUTE), a_visitor(at=timezone.now() - MINUTE)
    clerk, office = a_clerk(), an_office()
    with somebody_else() as does:
        with transaction.atomic():
            call_next(office=office, counter=1, by=clerk)
            later = does(call_next, office=office, counter=1, by=clerk)
            until_somebody_waits()
        with pytest.raises(errors.CounterBusy):
            later.result(timeout=60)
    assert Visit.objects.filter(state="waiting").count() == 1
    assert kinds().count("called") == 1


@pytest.mark.django_db(transaction=True)
def test_two_arrivals_at_once_get_two_numbers():
    office = an_office()
    with somebody_else() as does:
        with transaction.atomic():
            check_in(office=office, purpose="card")
            later = does(check_in, office=office, purpose="card")
            until_somebody_waits()
        later.result(timeout=60)
    assert sorted(visit.ticket for visit in Visit.objects.all()) == ["A-001", "A-002"]


def test_a_counter_has_one_person_before_it():
    clerk, _visit = served()
    other, before = a_visitor(), picture()
    for act in (
        lambda: call_next(office=an_office(), counter=3, by=clerk),
        lambda: call_visit(visit=other, counter=3, by=clerk),
        lambda: start_visit(visit=other, counter=3, by=clerk),
    ):
        with pytest.raises(errors.CounterBusy):
            act()
    with pytest.raises(errors.CounterNeeded):
        call_visit(visit=other, counter=None)
    with pytest.raises(errors.CounterNeeded):
        start_visit(visit=other)
    assert picture()[0] == before[0]
    assert kinds().count("called") == 0


def test_steps_come_in_their_order():
    clerk, visit = served()
    end_visit(visit=visit, by=clerk)
    before = picture()
    for act in (
        lambda: call_visit(visit=visit, counter=3, by=clerk),
        lambda: call_again(visit=visit, by=clerk),
        lambda: start_visit(visit=visit, counter=3, by=clerk),
        lambda: end_visit(visit=visit, by=clerk),
        lambda: leave(visit=visit, by=clerk),
        lambda: name_customer(visit=visit, customer=a_customer(), by=clerk),
        lambda: see_paper(visit=visit, paper="nik", by=clerk),
        lambda: register_case(visit=visit, text="x", by=clerk),
    ):
        with pytest.raises(errors.WrongState):
            act()
    assert picture() == before


def test_no_step_lies_before_the_one_before_nor_in_the_future():
    visit, now = a_visitor(), timezone.now()
    before = picture()
    for at in (now - dt.timedelta(hours=1), now + dt.timedelta(hours=1)):
        with pytest.raises(errors.BadTime):
            call_visit(visit=visit, counter=1, at=at)
        with pytest.raises(errors.BadTime):
            leave(visit=visit, at=at)
    assert picture() == before
    with pytest.raises(IntegrityError), transaction.atomic():
        Visit.objects.update(state="called", counter=1, called_at=now - dt.timedelta(hours=1))


def test_whoever_walks_out_is_not_called_and_is_no_contact():
    visit = a_visitor(customer=a_customer())
    left = leave(visit=visit)
    assert (left.state, left.waited is not None, left.served) == ("left", True, None)
    assert call_next(office=an_office(), counter=1, by=a_clerk()) is None
    assert not Interaction.objects.exists()


def test_an_ended_visit_of_a_known_customer_stands_in_their_timeline():
    customer = a_customer()
    clerk, visit = served(note="kartu hilang", customer=customer)
    end_visit(visit=visit, by=clerk, remark="diganti")
    contact = Interaction.objects.get(customer=customer)
    assert (contact.channel, contact.direction, contact.staff, contact.account) == ("counter", "in", clerk, "dago")
    assert (contact.text, contact.visit) == ("kartu hilang\ndiganti", visit)


def test_nobody_known_leaves_no_contact():
    clerk, visit = served()
    end_visit(visit=visit, by=clerk)
    assert not Interaction.objects.exists()


def test_a_paper_is_seen_by_somebody_of_somebody():
    clerk, visit = served()
    with pytest.raises(errors.NotKnown):
        see_paper(visit=visit, paper="nik", by=clerk)
    name_customer(visit=visit, customer=a_customer(), by=clerk)
    seen = see_paper(visit=visit, paper="nik", by=clerk)
    assert (seen.paper, seen.paper_by, seen.paper_at is not None) == ("nik", clerk, True)
    other = name_customer(visit=visit, customer=a_customer("Budi"), by=clerk)
    assert (other.paper, other.paper_by) == ("", None)


def test_a_number_of_a_paper_is_compared_and_kept_where_there_was_none():
    clerk, visit = served(customer=a_customer())
    see_paper(visit=visit, paper="nik", number="3273 0141 0190 0007", by=clerk)
    paper = IdentityDocument.objects.get()
    assert (paper.masked, paper.checked_by) == ("3273 •••• •••• 0007", clerk)
    see_paper(visit=visit, paper="nik", number="3273014101900007", by=clerk)
    before = picture()
    with pytest.raises(errors.PaperDiffers):
        see_paper(visit=visit, paper="nik", number="3273014101900008", by=clerk)
    with pytest.raises(BadPaper):
        see_paper(visit=visit, paper="kk", number="satu", by=clerk)
    assert picture() == before
    assert not Event.objects.filter(facts__icontains="3273").exists()


def test_a_case_of_the_counter_is_the_visits_contact_once():
    ensure_policy()
    clerk, visit = served(customer=a_customer())
    case = register_case(visit=visit, text="Kartu hilang.", by=clerk, kind="request", assignee=clerk)
    register_case(visit=visit, text="Dan tagihan salah.", by=clerk, kind="complaint")
    ended = end_visit(visit=visit, by=clerk, outcome="case")
    assert (case.channel, case.assignee, ended.cases.count()) == ("counter", clerk, 2)
    assert Interaction.objects.count() == 2
    assert ended.interaction == Interaction.objects.get(in_case__case=case)


def test_one_press_ends_a_visit_and_calls_the_next():
    clerk, visit = served()
    following = a_visitor()
    assert end_and_call_next(visit=visit, outcome="done", by=clerk) == following
    start_visit(visit=following, by=clerk)
    assert end_and_call_next(visit=following, outcome="done", by=clerk) is None


def test_a_counter_is_one_persons_and_a_person_sits_at_one():
    clerk, colleague = a_clerk(), a_clerk("Bayu")
    open_counter(number=3, by=clerk)
    with pytest.raises(errors.CounterTaken):
        open_counter(number=3, by=colleague)
    open_counter(number=4, by=clerk)
    assert [(one.number, one.by) for one in Counter.objects.all()] == [(4, clerk)]
    assert (close_counter(by=clerk), close_counter(by=clerk)) == (True, False)


def test_nobody_leaves_a_counter_with_somebody_before_it_nor_sits_at_another_office():
    clerk = a_clerk()
    open_counter(number=3, by=clerk)
    call_visit(visit=a_visitor(), counter=3, by=clerk)
    with pytest.raises(errors.StillServing):
        close_counter(by=clerk)
    with pytest.raises(errors.StillServing):
        open_counter(number=4, by=clerk)
    assert Counter.objects.get().number == 3
    clerk.office = None
    with pytest.raises(errors.NoOffice):
        open_counter(number=5, by=clerk)
