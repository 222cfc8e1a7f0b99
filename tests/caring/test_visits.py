"""Visits of an office: planned for a day, taken, and printed with what stands on them in clear."""

import datetime as dt

import pytest
from django.utils import timezone

from caring.models import Stage, Task
from caring.refusals import TaskGone, TaskTaken, WorkRefused
from caring.sending import open_due
from caring.visiting import DayPlan, plan_visit, take_visit
from caring.words import State
from crm.customers.models import Address, Reveal
from crm.events.models import Event
from crm.staff.models import Office, Role
from tests.caring.people import a_consenting, a_subscriber, a_task
from tests.desk.test_pages import queries_of
from tests.people import a_member
from tests.visits.people import an_office

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("programme", "all_day")]
DAY = dt.timedelta(days=1)


@pytest.fixture
def sari(programme):
    return a_member("Sari Wulandari", office=an_office(), time_zone="Asia/Jakarta", language="en")


@pytest.fixture
def reader(client, sari):
    client.force_login(sari, backend="crm.staff.backends.StaffBackend")
    return client


def a_visit(name="Rina Maharani", district="Coblong", *, city="Bandung", due=3) -> Task:
    customer, at = a_consenting(name, city=city), timezone.now()
    Address.objects.create(
        customer=customer, kind="home", street="Jalan Dago 12", district=district, city=f"Kota {city}"
    )
    return Task.objects.create(
        stage_id=23, version=Stage.objects.get(pk=23).version, customer=customer,
        subscription=a_subscriber(customer=customer), occasion="usage:2026-10", channel="visit", occurred_at=at,
        next_at=at, due_at=at + due * DAY,
    )  # fmt: skip


def today():
    return timezone.localdate()


def names(visits):
    return [one.task.customer.name for one in visits]


def test_a_day_goes_from_district_to_district_in_each_the_one_that_is_due_first(sari):
    for name, district, due in (("Ani", "Lengkong", 1), ("Budi", "Coblong", 5), ("Citra", "Coblong", 2)):
        plan_visit(task=a_visit(name, district, due=due), day=today(), by=sari)
    assert names(DayPlan(sari.office, today(), sari).planned) == ["Citra", "Budi", "Ani"]


def test_a_visit_is_of_the_office_in_whose_area_the_customer_lives(sari):
    Office.objects.create(code="mks", name="GraPARI Makassar", region="Makassar")
    a_visit("Rina"), a_visit("Andi", city="Makassar"), a_visit("Maria", city="Sorong")
    assert names(DayPlan(sari.office, today(), sari).unplanned) == ["Rina", "Maria"]


def test_before_its_day_a_planned_visit_is_not_among_what_is_to_be_done_now(sari):
    task = plan_visit(task=a_visit(), day=today() + 2 * DAY, by=sari)
    assert task.state == State.WAITING
    open_due(timezone.now())
    assert Task.objects.get(pk=task.pk).state == State.WAITING
    open_due(timezone.now() + 2 * DAY)
    assert Task.objects.get(pk=task.pk).state == State.OPEN


def test_a_planned_visit_is_taken_for_its_day_by_one(sari):
    task, other = plan_visit(task=a_visit(), day=today() + DAY, by=sari), a_member(office=sari.office)
    assert take_visit(task=task, by=sari).may
    with pytest.raises(TaskTaken):
        take_visit(task=task, by=other)
    with pytest.raises(TaskTaken):
        plan_visit(task=task, day=None, by=other)
    task.refresh_from_db()
    assert (task.assignee, task.state, task.facts["visit"]) == (sari, State.OPEN, (today() + DAY).isoformat())


def test_a_day_gone_by_or_far_off_and_a_call_are_refused(sari):
    task = a_visit()
    for day in (today() - DAY, today() + 40 * DAY):
        with pytest.raises(WorkRefused):
            plan_visit(task=task, day=day, by=sari)
    with pytest.raises(TaskGone):
        plan_visit(task=a_task(), day=today(), by=sari)
    task.refresh_from_db()
    assert (task.state, task.facts) == (State.OPEN, {})


def test_what_was_missed_on_its_day_is_to_be_planned_again(sari):
    task = a_visit()
    Task.objects.filter(pk=task.pk).update(facts={"visit": (today() - DAY).isoformat()})
    assert names(DayPlan(sari.office, today(), sari).unplanned) == ["Rina Maharani"]


def test_ticked_visits_are_planned_and_taken_from_the_page(reader, sari):
    task = a_visit()
    sent = {"office": sari.office_id, "day": today().isoformat(), "task": [task.pk]}
    reader.post("/caring/visits/act/", sent | {"act": "plan"})
    reader.post("/caring/visits/act/", sent | {"act": "take"})
    task.refresh_from_db()
    assert (task.facts["visit"], task.assignee) == (today().isoformat(), sari)
    page = reader.get("/caring/visits/").content.decode()
    assert "Sheet of 1 visit" in page
    assert "Jalan Dago" not in page


def test_the_sheet_has_address_number_and_script_in_full_and_each_look_is_recorded_once(reader, sari):
    task = plan_visit(task=a_visit(), day=today(), by=sari)
    take_visit(task=task, by=sari)
    before = Reveal.objects.filter(customer=task.customer).count()
    page = reader.get("/caring/visits/sheet/").content.decode()
    reader.get("/caring/visits/sheet/")
    for words in ("Jalan Dago 12", task.subscription.msisdn, "Signature of the customer", sari.name):
        assert words in page
    assert Event.objects.filter(kind="customer.looked", facts__page="visit_sheet").count() == 1
    seen = Reveal.objects.filter(customer=task.customer).order_by("pk").values_list("what", flat=True)
    assert list(seen)[before:] == ["address", "msisdn"]


def test_a_colleagues_visits_are_on_ones_sheet_for_supervisors_alone(reader, client, sari):
    other = a_member("Tono", office=sari.office)
    take_visit(task=plan_visit(task=a_visit(), day=today(), by=other), by=other)
    assert "Jalan Dago" not in reader.get("/caring/visits/sheet/").content.decode()
    client.force_login(a_member(role=Role.SUPERVISOR), backend="crm.staff.backends.StaffBackend")
    assert "Jalan Dago" in client.get("/caring/visits/sheet/").content.decode()


def test_somebody_of_no_office_is_told_so_and_changes_nothing(client):
    task = a_visit()
    client.force_login(a_member(language="en"), backend="crm.staff.backends.StaffBackend")
    assert "You belong to no office" in client.get("/caring/visits/").content.decode()
    assert client.post("/caring/visits/act/", {"act": "plan", "task": task.pk}).status_code == 404
    task.refresh_from_db()
    assert task.facts == {}


def test_a_full_day_costs_as_many_queries_as_one_visit(reader):
    a_visit()
    few = queries_of(reader, "/caring/visits/")
    for _more in range(3):
        a_visit()
    assert queries_of(reader, "/caring/visits/") == few
