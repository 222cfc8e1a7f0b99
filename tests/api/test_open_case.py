"""A call-centre system opens cases."""

import datetime as dt

import pytest
from django.utils import timezone

from crm.cases.models import Case, SlaClock
from crm.customers.models import Customer
from crm.events.models import Event

pytestmark = pytest.mark.django_db
CASES = "/api/v1/cases"


def ago(**span):
    return (timezone.now() - dt.timedelta(**span)).isoformat()


def test_a_call_becomes_a_case_with_15_minutes_and_72_hours(caller, a_call):
    answer = caller.post(CASES, a_call)
    case = Case.objects.get()
    assert answer.status_code == 201
    assert answer["Location"] == f"/api/v1/cases/{case.number}"
    assert answer["ETag"] == '"1"'
    assert answer.json()["state"] == "new"
    assert 895 <= answer.json()["remaining_seconds"] <= 900
    assert list(SlaClock.objects.order_by("id").values_list("target_seconds", flat=True)) == [900, 259_200]


def test_the_event_names_the_client(caller, a_call, system):
    caller.post(CASES, a_call)
    assert Event.objects.get(kind="case.opened").facts["client"] == system.pk
