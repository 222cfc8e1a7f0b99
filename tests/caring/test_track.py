"""The life of a line on its customer's page: where it stands, what happened, what comes next and why."""

import datetime as dt

import pytest
from django.utils import timezone, translation

from caring.life.track import track_of
from caring.models import Attempt, Stage, Task
from caring.words import Outcome, State, Why
from caring.working import note_outcome, take_task
from crm.billing.months import today
from tests.caring.people import a_bill, a_consenting, a_subscriber, a_task, a_top_up, before, ordered, used
from tests.desk.test_pages import queries_of
from tests.people import a_case, a_member, a_team

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("programme")]
AT = timezone.now()
TODAY = today(AT)


@pytest.fixture(autouse=True)
def in_english():
    with translation.override("en"):
        yield


@pytest.fixture
def sari(programme):
    return a_member(teams=(a_team(),))


@pytest.fixture
def reader(client, sari):
    sari.language = "en"
    sari.save()
    client.force_login(sari)
    return client


def stop(line, stage, user=None):
    track = track_of(line.customer, user or a_member(), AT, line=str(line.pk), stage=str(stage))
    return track.stops[stage - 1]


def said(line, stage):
    found = stop(line, stage)
    return found.status, found.said


def test_a_stage_for_other_products_says_so_and_which_this_line_is():
    assert said(a_subscriber("kartuHALO"), 3) == ("not", "Product: Flexi Classy, POTS. This line: kartuHALO.")
    assert stop(a_subscriber("POTS", state="ordered"), 3).status == "idle"
    assert said(a_subscriber("simPATI"), 11) == ("not", "Pays: Postpaid. This line: Prepaid.")


def test_an_unpaid_bill_says_on_which_day_the_stage_comes_and_why():
    line = a_subscriber()
    a_bill(line, due=TODAY + dt.timedelta(days=9), issued=TODAY)
    status, why = said(line, 12)
    assert status == "next"
    assert why.endswith("unless something changes: at most 3 days before the due date.")
    assert stop(line, 12).outlook.on == TODAY + dt.timedelta(days=6)


def test_what_is_due_now_comes_with_the_next_evaluation_and_not_again_once_it_has_its_task():
    line = a_subscriber()
    bill = a_bill(line, due=TODAY + dt.timedelta(days=2), issued=TODAY)
    assert said(line, 12) == ("next", "At the next evaluation: every condition holds.")
    done = a_task(12)
    Task.objects.filter(pk=done.pk).update(
        customer=line.customer, subscription=line, occasion=f"unpaid:{bill.pk}", state="done", closed_at=AT
    )
    assert stop(line, 12).status == "done"


def test_bills_and_top_ups_come_in_their_order():
    fresh, older = a_subscriber(), a_subscriber()
    a_bill(older, issued=TODAY - dt.timedelta(days=40))
    assert said(fresh, 7) == ("next", "With the next bill, number 1 of the line.")
    assert stop(fresh, 8).status == "idle"
    assert said(older, 8) == ("next", "With the next bill, number 2 of the line.")
    prepaid = a_subscriber("simPATI")
    a_top_up(prepaid, bought_on=TODAY - dt.timedelta(days=40))
    assert said(prepaid, 8) == ("next", "With the next top-up, number 2 of the line.")


def test_a_suspended_line_may_be_opened_again_or_removed():
    line = a_subscriber(state="isolir", state_since=AT - dt.timedelta(days=20))
    assert said(line, 15) == ("next", "Once the line is opened again.")
    assert said(line, 16) == ("next", "If the line is removed.")
    status, why = said(line, 14)
    assert status == "next"
    assert "in 7 days or less" in why


def test_a_planned_order_and_a_running_case_bring_what_follows_them():
    line = a_subscriber()
    ordered(line, "installation", planned_for=AT + dt.timedelta(days=2))
    case = a_case(customer=line.customer, channel="email")
    assert said(line, 5)[1].startswith("Once it is done: Installation, planned for ")
    assert said(line, 17) == ("next", f"Once case #{case.number} (E-mail) is settled.")
    assert stop(line, 18).status == "idle"


def test_years_and_bills_paid_on_time_count_towards_the_thanks():
    line = a_subscriber(activated_on=TODAY - dt.timedelta(days=355))
    assert said(line, 24)[1].endswith("1 year on the network.")


def test_a_line_that_has_ended_waits_for_nothing():
    line = a_subscriber(state="removed", ended_on=TODAY)
    track = track_of(line.customer, a_member(), AT)
    assert [one.stage.pk for one in track.at_hand] == []


def test_a_stage_that_is_off_says_so():
    Stage.objects.filter(pk=6).update(is_on=False)
    assert said(a_subscriber(), 6) == ("not", "Switched off: it makes no tasks.")


def test_the_rule_is_read_beside_the_figures_of_the_line():
    line = a_subscriber()
    used(line, 20, 100, 100, 100)
    track = track_of(line.customer, a_member(), AT, stage="22")
    (way,) = track.rule
    assert way.source == "Active lines, by their use"
    assert [(one.words, one.value, one.holds) for one in way.asked] == [
        ("use at most 40 % of the months before", "20", True)
    ]


def test_what_happened_is_told_with_attempts_who_made_them_and_what_was_left_out(reader, sari, all_day):
    task = a_task(22)
    take_task(task=task, by=sari)
    note_outcome(task=task, outcome=Outcome.NO_ANSWER, by=sari)
    left = Task.objects.create(
        stage_id=22, version=task.version, customer=task.customer, subscription=task.subscription, occasion="usage:1",
        state=State.SUPPRESSED, why=Why.NO_CONSENT, channel="call", occurred_at=AT - dt.timedelta(days=31), next_at=AT,
        due_at=AT, closed_at=AT,
    )  # fmt: skip
    left.suppressions.create(why=Why.NO_CONSENT)
    page = reader.get(f"/customers/{task.customer_id}/caring/?stage=22").content.decode()
    for words in ("No answer", sari.name, "No consent to courtesy contacts", "Left out for good", "Open the task"):
        assert words in page


def test_the_track_costs_the_same_however_much_happened(reader, sari):
    task = a_task(22)
    line = task.subscription
    path = f"/customers/{line.customer_id}/caring/?line={line.pk}&stage=22"
    Attempt.objects.create(task=task, number=1, channel="call", outcome="no_answer", by=sari)
    task.suppressions.create(why="cap")
    a_case(customer=line.customer)  # the head has its own questions about cases
    few = queries_of(reader, path)
    for number in range(4):
        other = Task.objects.create(
            stage_id=22, version=task.version, customer=task.customer, subscription=line, occasion=f"usage:{number}",
            channel="call", occurred_at=AT, next_at=AT, due_at=AT,
        )  # fmt: skip
        Attempt.objects.create(task=other, number=1, channel="call", outcome="no_answer", by=sari)
        other.suppressions.create(why="cap")
        a_bill(line, due=TODAY, issued=TODAY, month=before(number))
        a_case(customer=line.customer)
        ordered(line, "repair", reference=f"R-{number}")
    assert queries_of(reader, path) == few <= 50


def test_another_customers_line_is_not_shown(reader):
    mine, other = a_subscriber(), a_subscriber("Flexi Classy")
    page = reader.get(f"/customers/{mine.customer_id}/caring/?line={other.pk}").content.decode()
    assert "Flexi Classy" not in page.split("tr-rule")[0]


def test_somebody_without_a_line_has_what_concerns_them_as_a_whole(reader):
    page = reader.get(f"/customers/{a_consenting().pk}/caring/").content.decode()
    assert "No line of theirs is known" in page
