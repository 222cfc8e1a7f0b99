"""What a rule would have made, before it is saved: in both readings of time, against the rule in force."""

import datetime as dt

import pytest
from django.utils import timezone

from caring.conditions import kept_ways, read_rule
from caring.models import ContactPolicy, Stage, Task
from caring.simulating import simulate
from crm.customers.lines.actions import move_line
from crm.lib.patience import TooLong
from tests.caring.people import NOW, TODAY, a_bill, a_subscriber, before, night, used
from tests.people import a_case, a_customer

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("programme")]
DAY = dt.timedelta(days=1)


@pytest.fixture(autouse=True)
def nobody_held_out(programme: None) -> None:
    ContactPolicy.objects.update(hold_out_per_mille=0)


def way(source, *when):
    return {"source": source, "when": [{"field": f, "op": op, "value": value} for f, op, value in when]}


def of_stage(number, *rule, at=NOW):
    stage = Stage.objects.select_related("version").get(pk=number)
    kept = kept_ways(stage.version.rule)
    return simulate(stage=stage, wanted=read_rule(list(rule)) if rule else kept, kept=kept, at=at)


def test_bills_are_read_as_of_each_day_and_count_on_the_day_they_are_first_picked():
    for due in (TODAY + 2 * DAY, TODAY + 3 * DAY, TODAY - 10 * DAY, TODAY + 20 * DAY):
        a_bill(a_subscriber(), due=due)
    found = of_stage(12)  # at most three days before the due date
    assert (found.yesterday, found.month) == (1, 3)
    assert (found.yesterday_before, found.month_before, found.added, found.dropped) == (1, 3, 0, 0)


def test_a_wider_rule_says_what_it_adds_and_a_narrower_one_what_it_drops():
    early, late = a_bill(a_subscriber(), due=TODAY + 6 * DAY), a_bill(a_subscriber(), due=TODAY + 3 * DAY)
    wider = of_stage(12, way("unpaid", ("days_to_due", "lte", 7)))
    assert (wider.month, wider.added, wider.dropped) == (2, 1, 0)
    assert [(one.customer, one.is_new) for one in wider.sample] == [(early.customer, True), (late.customer, False)]
    narrower = of_stage(12, way("unpaid", ("days_to_due", "lte", 1)))
    assert (narrower.month, narrower.added, narrower.dropped) == (0, 0, 1)


def test_what_was_picked_before_the_window_had_its_task_before():
    a_bill(a_subscriber(), due=TODAY - 28 * DAY)
    assert of_stage(12).month == 0


def test_events_are_read_over_the_window_alone():
    lines = [a_subscriber(state_since=NOW - 50 * DAY) for _ in range(3)]
    for line, at in zip(lines, (NOW - DAY, NOW - 20 * DAY, NOW - 40 * DAY), strict=True):
        move_line(line=line, state="isolir", by=None, at=at)
    found = of_stage(13, way("line", ("happened", "in", ["line.suspended"])))
    assert (found.yesterday, found.month, found.waiting) == (1, 2, 0)


def test_use_changes_with_the_month():
    silent = a_subscriber()
    used(silent, 0, 40)
    used(a_subscriber(), 0, 0, 40)
    assert of_stage(21).added == 0
    found = of_stage(21, way("usage", ("silent_days", "gte", 60)))
    assert found.dropped == 1 or TODAY.day == 31  # no month began in the window


def test_the_first_night_makes_all_that_stands_and_has_no_task_yet():
    used(a_subscriber(), 0, 40)
    assert of_stage(21).waiting == 1
    night()
    assert of_stage(21).waiting == 0


def test_what_the_policy_would_leave_out_is_said():
    used(a_subscriber(customer=a_customer()), 0, 40)
    used(a_subscriber(), 0, 40)
    found = of_stage(21)
    assert (found.month, found.left_out) == (2, 1)


def test_customers_on_watch_are_counted_once():
    case = a_case(customer=a_customer(), kind="complaint")
    case.opened_at = NOW - 5 * DAY
    case.save()
    found = of_stage(20, way("watch", ("complaints", "gte", 1)))
    assert (found.month, found.lines, found.sample[0].number) == (1, 1, "")


def test_a_rule_that_picks_nearly_everybody_is_wide():
    for _ in range(4):
        a_bill(a_subscriber(), issued=TODAY - DAY, month=before(0))
    found = of_stage(11, way("bill", ("place", "gte", 1)))
    assert (found.share, found.is_wide) == (100, True)


def test_of_many_lines_a_share_stands_for_all(monkeypatch):
    for _ in range(12):
        used(a_subscriber(), 0, 40)
    exact = of_stage(21)
    monkeypatch.setattr("caring.simulating.EXACT", 5)
    monkeypatch.setattr("caring.simulating.SHARE", 6)
    about, again = of_stage(21), of_stage(21)
    assert (exact.month, exact.one_in) == (12, 1)
    assert about == again
    assert (about.month, about.waiting, about.lines) == (12, 12, 12)


def test_nothing_is_made_by_it():
    used(a_subscriber(), 0, 40)
    of_stage(21)
    assert not Task.objects.exists()


def test_it_does_not_take_for_ever(monkeypatch):
    monkeypatch.setattr("caring.simulating.SECONDS", 0.001)
    monkeypatch.setattr("caring.simulating.STATEMENT", "SELECT pg_sleep(1)")
    with pytest.raises(TooLong):
        of_stage(21)


@pytest.mark.parametrize("number", range(1, 25))
def test_every_rule_that_ships_can_be_simulated(number):
    assert of_stage(number, at=timezone.now()).month == 0
