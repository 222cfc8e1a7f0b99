"""Snoozing from the case page, and what it does to queues."""

import datetime as dt

import pytest
from django.utils import timezone

from crm.cases import actions
from crm.cases.models import Case
from crm.desk.handlers import notify
from crm.desk.models import Notification
from crm.events.models import Event
from tests.desk.conftest import HTMX
from tests.desk.test_queues import slugs_holding

MINUTE = dt.timedelta(minutes=1)


def sheet(client, case) -> str:
    return client.get(f"/cases/{case.number}/act/snooze/", headers=HTMX).content.decode()


def snooze(client, case, **data):
    return client.post(f"/cases/{case.number}/act/snooze/", data, headers=HTMX)


def fresh(case) -> Case:
    return Case.objects.get(pk=case.pk)


def test_a_snoozed_case_is_in_no_queue_but_its_own(case, sari):
    actions.snooze_case(case=case, until=timezone.now() + 5 * MINUTE, by=sari)
    assert slugs_holding(case, sari) == {"snoozed"}


def test_it_is_back_by_the_clock_alone(case, sari):
    actions.snooze_case(case=case, until=timezone.now() + 5 * MINUTE, by=sari)
    Case.objects.update(snoozed_until=timezone.now() - MINUTE)
    assert slugs_holding(case, sari) == {"unassigned", "all"}


def test_what_lies_beyond_the_deadline_is_shown_and_cannot_be_chosen(desk, case):
    page = sheet(desk, case)
    assert "after the deadline" in page
    assert 'value="short" class="m" disabled' in page
    assert snooze(desk, case, choice="short").status_code == 422
    assert fresh(case).snoozed_until is None


def test_until_the_customer_answers_is_back_before_the_deadline(desk, case):
    snooze(desk, case, choice="answer")
    until = fresh(case).snoozed_until
    assert until is not None
    assert until < fresh(case).due_at


def test_a_time_of_ones_own(desk, case):
    at = timezone.localtime(timezone.now() + 6 * MINUTE).replace(second=0, microsecond=0)
    snooze(desk, case, choice="at", until=f"{at:%Y-%m-%dT%H:%M}")
    assert fresh(case).snoozed_until == at


@pytest.mark.parametrize("data", [{}, {"choice": "nonsense"}, {"choice": "at"}, {"choice": "at", "until": "soon"}])
def test_no_time_no_snooze(desk, case, data):
    assert snooze(desk, case, **data).status_code == 422
    assert fresh(case).snoozed_until is None


def test_before_the_promise(desk, case, sari):
    actions.add_interaction(case=case, direction="out", channel="call", text="Halo", by=sari)
    actions.make_promise(case=case, text="Menelepon", due_at=timezone.now() + 60 * MINUTE, by=sari)
    snooze(desk, case, choice="promise")
    assert abs(fresh(case).snoozed_until - timezone.now() - 50 * MINUTE) < MINUTE


def test_it_is_woken_by_hand(desk, case, sari):
    actions.snooze_case(case=case, until=timezone.now() + 5 * MINUTE, by=sari)
    assert "Snoozed until" in desk.get(f"/cases/{case.number}/", headers=HTMX).content.decode()
    desk.post(f"/cases/{case.number}/act/wake/", headers=HTMX)
    assert fresh(case).snoozed_until is None


def test_whoever_snoozed_it_hears_that_the_customer_wrote(case, sari):
    actions.snooze_case(case=case, until=timezone.now() + 5 * MINUTE, by=sari)
    actions.add_interaction(case=case, direction="in", channel="call", text="Halo?")
    notify(Event.objects.get(kind="case.woken"))
    line = Notification.objects.get()
    assert (line.user, line.kind) == (sari, "woken")


def test_and_does_not_hear_of_their_own_waking(case, sari):
    actions.snooze_case(case=case, until=timezone.now() + 5 * MINUTE, by=sari)
    actions.wake_case(case=case, by=sari)
    notify(Event.objects.get(kind="case.woken"))
    assert not Notification.objects.exists()
