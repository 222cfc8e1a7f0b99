"""One test a stage: what makes its task, in the postpaid and the prepaid reading, and what does not."""

import datetime as dt

import pytest
from django.utils import timezone

from caring.models import Task
from crm.billing.models import Bill
from crm.cases.actions import add_interaction, reopen_case, settle_case
from crm.cases.models import SlaClock
from crm.customers.lines.actions import add_line, move_line
from crm.customers.models import Product
from crm.events.models import Event
from tests.caring.people import (
    MONTH,
    NOW,
    TODAY,
    a_bill,
    a_consenting,
    a_subscriber,
    a_top_up,
    before,
    hear,
    night,
    ordered,
    states_of,
    tasks_of,
    used,
)
from tests.people import a_case, a_member

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("programme")]
DAY = dt.timedelta(days=1)


def test_1_a_new_connection_is_registered():
    ordered(a_subscriber(state="ordered"), "registration")
    hear()
    assert states_of(1) == ["open"]


def test_2_an_order_is_agreed_and_paid():
    line = a_subscriber(state="ordered")
    ordered(line, "transaction", "planned")
    hear()
    assert states_of(2) == []
    ordered(line, "transaction", "done")
    hear()
    assert states_of(2) == ["open"]


def test_3_a_survey_is_planned_of_lines_that_have_an_address_alone():
    survey = timezone.now() + 3 * DAY
    ordered(a_subscriber("Flexi Classy", state="ordered"), "survey", planned_for=survey)
    ordered(a_subscriber("simPATI"), "survey", planned_for=survey, reference="PSB-2")
    hear()
    (task,) = tasks_of(3)
    assert (task.subscription.product_id, task.due_at) == ("Flexi Classy", survey)


def test_4_a_change_is_ordered_and_then_done():
    line = a_subscriber()
    for state in ("planned", "done"):
        ordered(line, "change", state)
        hear()
    assert [task.occasion.rpartition(":")[2] for task in tasks_of(4)] == ["planned", "done"]


def test_5_the_day_before_the_installation_and_after_it():
    line, day = a_subscriber(state="ordered"), timezone.now() + 5 * DAY
    ordered(line, "installation", planned_for=day)
    hear()
    (before,) = tasks_of(5)
    assert (before.state, before.next_at, before.due_at) == ("waiting", day - DAY, day)
    ordered(line, "installation", "done")
    hear()
    assert states_of(5) == ["waiting", "open"]


@pytest.mark.parametrize("product", ["kartuHALO", "simPATI"])
def test_6_a_line_is_activated(product):
    made, _new = Product.objects.get_or_create(code=product, defaults={"postpaid": product == "kartuHALO"})
    add_line(customer=a_consenting(), product=made, number="0811200300", state="active", by=None)
    hear()
    assert states_of(6) == ["open"]


def test_7_the_first_bill_or_the_first_top_up():
    postpaid, prepaid = a_subscriber(), a_subscriber("simPATI")
    a_bill(postpaid, issued=TODAY)
    a_top_up(prepaid)
    night()
    assert {task.subscription for task in tasks_of(7)} == {postpaid, prepaid}


def test_8_the_second_bill_or_the_second_top_up():
    postpaid, prepaid = a_subscriber(), a_subscriber("simPATI")
    a_bill(postpaid, month=before(1))
    second = a_bill(postpaid, issued=TODAY)
    a_top_up(prepaid, bought_on=TODAY - 20 * DAY)
    again = a_top_up(prepaid)
    night()
    assert {task.occasion for task in tasks_of(8)} == {f"issued:{second.pk}", f"topup:{again.pk}"}


def test_9_a_division_takes_up_a_fault():
    line = a_subscriber()
    ordered(line, "repair", planned_for=timezone.now() + DAY)
    hear()
    (task,) = tasks_of(9)
    assert task.subscription == line


def test_10_a_fault_is_repaired_and_the_question_ends_when_it_is_back():
    sari = a_member()
    case = a_case(customer=a_consenting(), kind="problem")
    case = settled(case, sari)
    hear()
    assert states_of(10) == ["open"]
    reopen_case(case=case, by=sari, reason="Masih mati.")
    hear()
    assert states_of(10) == ["ended"]


def test_11_every_bill_but_no_top_up():
    bill = a_bill(a_subscriber(), issued=TODAY)
    a_top_up(a_subscriber("simPATI"))
    night()
    assert [task.facts["bill"] for task in tasks_of(11)] == [bill.pk]


def test_12_a_bill_is_unpaid_three_days_before_it_is_due_or_the_active_period_ends():
    postpaid, prepaid = a_subscriber(), a_subscriber("simPATI", active_until=TODAY + 3 * DAY)
    a_bill(postpaid, due=TODAY + 3 * DAY)
    a_bill(a_subscriber(), due=TODAY + 4 * DAY)
    a_bill(a_subscriber(), due=TODAY + 3 * DAY, paid=TODAY)
    a_subscriber("simPATI", active_until=TODAY + 4 * DAY)
    night()
    assert {task.subscription for task in tasks_of(12)} == {postpaid, prepaid}


def test_12_ends_when_the_bill_is_paid():
    bill = a_bill(a_subscriber(), due=TODAY + 3 * DAY)
    night()
    Bill.objects.filter(pk=bill.pk).update(paid=TODAY)
    night(NOW + DAY)
    assert states_of(12)[0] == "ended"
    assert Event.objects.get(kind="caring.closed").facts["stage"] == 12


@pytest.mark.parametrize(("product", "stopped"), [("kartuHALO", "isolir"), ("simPATI", "grace")])
def test_13_a_line_is_suspended_and_the_call_ends_when_it_is_open_again(product, stopped):
    line = a_subscriber(product)
    move_line(line=line, state=stopped, by=None)
    hear()
    assert (tasks_of(13)[0].stage.work, states_of(13)) == ("retention", ["open"])
    move_line(line=line, state="active", by=None)
    hear()
    assert states_of(13) == ["ended"]


def test_14_a_line_is_removed_in_seven_days():
    suspended = timezone.now() - 55 * DAY
    postpaid = a_subscriber(state="isolir", state_since=suspended)
    prepaid = a_subscriber("simPATI", state="grace", grace_until=timezone.now().date() + 5 * DAY)
    a_subscriber(state="isolir", state_since=timezone.now() - 3 * DAY)
    night(timezone.now())
    assert {task.subscription for task in tasks_of(14)} == {postpaid, prepaid}


def test_15_a_line_is_open_again_after_its_suspension_but_not_after_a_bill_that_was_late():
    late, suspended, prepaid = (
        a_subscriber(state="due"),
        a_subscriber(state="isolir"),
        a_subscriber("simPATI", state="grace"),
    )
    for line in (late, suspended, prepaid):
        move_line(line=line, state="active", by=None)
    hear()
    assert {task.subscription for task in tasks_of(15)} == {suspended, prepaid}


def test_16_a_customer_asks_to_leave_and_is_asked_once_more_after_the_removal():
    line = a_subscriber()
    ordered(line, "removal", planned_for=timezone.now() + 2 * DAY)
    hear()
    assert states_of(16) == ["open"]
    move_line(line=line, state="removed", by=None)
    hear()
    assert [task.occasion.split(":")[0] for task in tasks_of(16)] == ["order", "line.removed"]


def test_16_ends_when_the_order_is_cancelled():
    line = a_subscriber()
    for state in ("planned", "cancelled"):
        ordered(line, "removal", state)
        hear()
    assert states_of(16) == ["ended"]


def settled(case, by):
    """Answered and settled."""
    add_interaction(case=case, direction="out", channel=case.channel, text="Kami cek ya.", by=by)
    case.refresh_from_db()
    return settle_case(case=case, by=by, outcome="solved", text="Sudah selesai.")


@pytest.mark.parametrize(("channel", "stage"), [("counter", 17), ("call", 17), ("x", 18), ("whatsapp", 18)])
def test_17_and_18_a_complaint_is_settled_that_came_formally_or_not(channel, stage):
    settled(a_case(customer=a_consenting(), channel=channel, kind="complaint"), a_member())
    settled(a_case(customer=a_consenting(), channel=channel, kind="question"), a_member())
    hear()
    assert (states_of(stage), states_of(35 - stage)) == (["open"], [])


def test_19_one_of_ten_settled_complaints_of_each_agent_and_every_breach():
    cases = [settled(a_case(kind="complaint", assignee=None), a_member()) for _ in range(10)]
    SlaClock.objects.filter(case=cases[3]).update(verdict="missed", stopped_at=timezone.now())
    night(timezone.now() + dt.timedelta(minutes=1))
    scored = {task.facts["case"] for task in tasks_of(19)}
    assert cases[3].pk in scored
    assert len(scored - {cases[3].pk}) <= 1


def test_20_three_complaints_in_ninety_days_or_a_breach_of_somebody_dear():
    ani, budi, cici = a_consenting("Ani"), a_consenting("Budi", tier="gold"), a_consenting("Cici")
    for customer, number in ((ani, 3), (cici, 2)):
        for _ in range(number):
            settled(a_case(customer=customer, kind="complaint"), a_member())
    late = settled(a_case(customer=budi, kind="problem"), a_member())
    SlaClock.objects.filter(case=late, kind="resolution").update(verdict="missed")
    night(timezone.now() + dt.timedelta(minutes=1))
    assert {task.customer for task in tasks_of(20)} == {ani, budi}


def test_21_no_use_for_a_month_on_an_active_line():
    silent, unknown, suspended = a_subscriber(), a_subscriber(), a_subscriber(state="isolir")
    used(silent, 0, 40)
    used(unknown, None, 40)
    used(suspended, 0, 40)
    used(a_subscriber(), 0.01, 40)
    night()
    assert [task.subscription for task in tasks_of(21)] == [silent]


def test_22_use_falls_to_two_fifths_of_the_months_before():
    fallen, new = a_subscriber(), a_subscriber("simPATI")
    used(fallen, 40, 100, 90, 110)
    used(new, 10, 100)  # one month before is too few to say so
    used(a_subscriber(), 40.01, 100, 90, 110)
    night()
    assert [task.subscription for task in tasks_of(22)] == [fallen]


def test_23_threefold_use_or_two_silent_months_that_stage_21_could_not_explain():
    threefold, silent, asked = a_subscriber(), a_subscriber(), a_subscriber()
    used(threefold, 300, 90, 110)
    used(silent, 0, 0)
    used(asked, 0, 0)
    night()
    Task.objects.filter(stage=21, subscription=asked).update(state="failed", closed_at=timezone.now())
    night(NOW + DAY)
    assert {task.subscription for task in tasks_of(23)} == {threefold, asked}


def test_24_a_year_on_the_network_or_a_dozen_bills_paid_on_time():
    two_years = TODAY.replace(year=TODAY.year - 2, day=min(TODAY.day, 28))
    year = a_subscriber("simPATI", activated_on=two_years)
    a_subscriber("simPATI", activated_on=two_years - 8 * DAY)
    punctual, careless = a_subscriber(), a_subscriber()
    for back in range(12):
        month = (
            dt.date(2025, 11, 1) if back == 11 else dt.date(2026, 10 - back, 1) if back < 10 else dt.date(2025, 12, 1)
        )
        due = month + 15 * DAY
        a_bill(punctual, month=month, due=due, paid=due)
        a_bill(careless, month=month, due=due, paid=due + (DAY if back == 5 else 0 * DAY))
    night()
    assert {(task.subscription, task.occasion) for task in tasks_of(24)} == {
        (year, "year:2"), (punctual, f"row:{MONTH:%Y-%m}"),
    }  # fmt: skip
