"""Limits on one page: who sets them, what holds then, and that the audit tells."""

import datetime as dt

import pytest
from django.utils import timezone

from crm.calls.models import WrapUpRule
from crm.customers.lines.nightly import pass_dates
from crm.customers.models import LineRule
from crm.staff import audit
from crm.visits.listing import wait_goal
from crm.visits.models import WaitRule
from tests.people import a_customer, a_line

pytestmark = pytest.mark.django_db
PAGE = "/settings/limits/"


def test_what_is_saved_holds_and_stands_in_the_audit(as_user, ratna):
    client = as_user(ratna)
    assert wait_goal() == dt.timedelta(minutes=10)
    assert client.post(f"{PAGE}counter/", {"minutes": "15"}).status_code == 302
    assert client.post(f"{PAGE}counter/", {"minutes": "12"}).status_code == 302
    assert wait_goal() == dt.timedelta(minutes=12)
    changed, _added = audit.page(ratna, audit.Filters(what="visits.waitrule"))[0]
    assert (changed.by, [(one.before, one.after) for one in changed.changes]) == (ratna.name, [("15", "12")])


@pytest.mark.parametrize(
    ("code", "said", "model"),
    [
        ("counter", {"minutes": "0"}, WaitRule),
        ("wrap-up", {"remind_minutes": "20", "raise_minutes": "5"}, WrapUpRule),
        ("lines", {"grace_days": "0", "blocked_days": "30"}, LineRule),
    ],
)
def test_a_limit_without_sense_is_refused_at_its_field(as_user, ratna, code, said, model):
    answer = as_user(ratna).post(f"{PAGE}{code}/", said)
    assert answer.status_code == 422
    assert "field-error" in answer.content.decode() or "invalid" in answer.content.decode()
    assert not model.objects.exists()


def test_agents_set_no_limits(as_user, sari):
    client = as_user(sari)
    assert client.get(PAGE).status_code == 403
    assert client.post(f"{PAGE}counter/", {"minutes": "15"}).status_code == 403
    assert not WaitRule.objects.exists()


def test_the_grace_that_is_set_is_the_grace_of_the_next_night():
    LineRule.objects.create(grace_days=10, blocked_days=30)
    day = dt.date(2026, 11, 26)
    line = a_line(a_customer(), "+6281200004471", active_until=day - dt.timedelta(days=1), state_since=timezone.now())
    pass_dates(day=day)
    line.refresh_from_db()
    assert (line.state, line.grace_until) == ("grace", day + dt.timedelta(days=9))
