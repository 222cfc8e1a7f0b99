"""What the log-in page says of today: shares and times to everybody, nobody's case."""

import datetime as dt

import pytest
from django.core.cache import cache
from django.test import Client
from pytest_django import Settings

from crm.reports.promise import KEY, promise_of
from tests.reports.conftest import an_answered_case

EIGHT = dt.datetime(2026, 10, 20, 1, 0, tzinfo=dt.UTC)  # in the morning in Jakarta


@pytest.fixture(autouse=True)
def _own_cache(settings: Settings) -> None:
    """The broker is shared with whoever else runs tests."""
    settings.CACHES = {"default": {"BACKEND": "django.core.cache.backends.locmem.LocMemCache", "LOCATION": "promise"}}
    cache.clear()


def test_today_is_counted_as_far_as_it_has_come(sari):
    for opened, after in ((EIGHT, 3), (EIGHT, 21), (EIGHT - dt.timedelta(days=1), 90)):
        an_answered_case(sari, opened=opened, after=after)
    assert promise_of(EIGHT + dt.timedelta(hours=4)) == {"in_time": 50.0, "first_reply": 12 * 60}


def test_a_day_without_an_answer_promises_nothing_yet(client, sari):
    assert promise_of(EIGHT) == {}
    assert "Answered in time today" not in log_in_page(client)


def test_the_log_in_page_says_how_todays_promise_is_kept(client, db):
    cache.set(KEY, {"in_time": 96.4, "first_reply": 168.0})
    page = log_in_page(client)
    assert "96,4\u00a0%" in page
    assert "2 min 48 s" in page


def test_it_is_counted_once_a_minute(client, db, django_assert_num_queries):
    log_in_page(client)
    with django_assert_num_queries(1):  # the desks to choose from
        log_in_page(client)


def log_in_page(client: Client) -> str:
    return client.get("/login/", headers={"accept-language": "en"}).content.decode()
