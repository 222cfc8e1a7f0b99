"""`/metrics`: the lags as the tables have them, and who may read them."""

import datetime as dt

import pytest
from django.test import Client
from django.utils import timezone
from prometheus_client.parser import text_string_to_metric_families
from pytest_django import Settings

from crm.cases.defaults import ensure_policy
from crm.cases.models import SlaClock, Sweeper
from crm.messaging import health
from crm.messaging.models import Arrival, Connection, Message
from tests.people import a_case, a_customer

pytestmark = pytest.mark.django_db


def scraped(client: Client) -> dict[str, float]:
    families = text_string_to_metric_families(client.get("/metrics").content.decode())
    return {sample.name: sample.value for family in families for sample in family.samples if not sample.labels}


def ago(seconds: float) -> dt.datetime:
    return timezone.now() - dt.timedelta(seconds=seconds)


def test_a_clock_that_nobody_swept_shows_its_lag(client: Client) -> None:
    ensure_policy()
    a_case(timezone.now())
    assert scraped(client)["sapa_clock_overdue_seconds"] == 0
    SlaClock.objects.update(wake_at=ago(90))
    assert scraped(client)["sapa_clock_overdue_seconds"] == pytest.approx(90, abs=5)


def test_archive_clocks_are_nobodys_lag(client: Client) -> None:
    ensure_policy()
    a_case(timezone.now())
    SlaClock.objects.update(wake_at=ago(90), is_archive=True)
    assert scraped(client)["sapa_clock_overdue_seconds"] == 0


def test_a_timer_loop_shows_its_last_sign_of_life_once_there_was_one(client: Client) -> None:
    assert "sapa_clock_heartbeat_seconds" not in scraped(client)
    Sweeper.objects.create(name="clock@one", swept_at=ago(600))
    Sweeper.objects.create(name="clock@two", swept_at=ago(30))
    assert scraped(client)["sapa_clock_heartbeat_seconds"] == pytest.approx(30, abs=5)


def test_the_oldest_message_due_gives_the_age_of_the_outbox(client: Client) -> None:
    customer = a_customer()
    for key, state, seconds in (("due", "queued", 40), ("later", "queued", -60), ("withdrawn", "cancelled", 400)):
        Message.objects.create(customer=customer, channel="email", key=key, state=state, send_at=ago(seconds))
    assert scraped(client)["sapa_outbox_age_seconds"] == pytest.approx(40, abs=5)


def test_a_campaign_that_waits_for_its_budget_has_an_age_of_its_own(client: Client) -> None:
    Message.objects.create(customer=a_customer(), channel="sms", key="many", bulk=True, send_at=ago(400))
    found = scraped(client)
    assert found["sapa_outbox_age_seconds"] == 0
    assert found["sapa_bulk_age_seconds"] == pytest.approx(400, abs=5)


def test_what_came_in_and_waits_shows_its_number_and_age(client: Client) -> None:
    for state, seconds in (("waiting", 50), ("waiting", 20), ("taken", 400), ("failed", 900)):
        Arrival.objects.create(channel="x", external_id=f"{seconds}", body=b"", state=state, came_at=ago(seconds))
    found = scraped(client)
    assert (found["sapa_arrivals_waiting"], found["sapa_arrivals_failed"]) == (2, 1)
    assert found["sapa_arrivals_age_seconds"] == pytest.approx(50, abs=5)


def test_each_connection_that_is_on_shows_its_fault_and_its_silence(client: Client) -> None:
    Connection.objects.create(channel="email", account="care@sapa.example", last_in_at=ago(30))
    broken = Connection.objects.create(channel="x", account="Sapa")
    Connection.objects.create(channel="sms", account="1234", is_active=False)
    health.note_fault(broken.pk, "401")
    families = text_string_to_metric_families(client.get("/metrics").content.decode())
    found = {(s.name, s.labels["account"]): s.value for f in families for s in f.samples if "account" in s.labels}
    silence = found.pop(("sapa_connection_last_in_seconds", "care@sapa.example"))
    assert silence == pytest.approx(30, abs=5)
    assert found == {("sapa_connection_fault", "care@sapa.example"): 0, ("sapa_connection_fault", "Sapa"): 1}


def test_every_queue_of_the_broker_has_its_depth(client: Client) -> None:
    text = client.get("/metrics").content.decode()
    queues = ("clock", "inbox", "default", "outbox", "mass", "bulk", "batch")
    assert all(f'sapa_queue_depth{{queue="{queue}"}}' in text for queue in queues)


def test_a_stranger_cannot_read_the_numbers(client: Client) -> None:
    assert client.get("/metrics", REMOTE_ADDR="203.0.113.7").status_code == 403


def test_a_visitor_behind_our_own_proxy_is_a_stranger(client: Client) -> None:
    assert client.get("/metrics", headers={"X-Forwarded-For": "203.0.113.7"}).status_code == 403


def test_where_a_token_is_set_only_the_token_counts(client: Client, settings: Settings) -> None:
    settings.METRICS_TOKEN = "a-long-secret"
    assert client.get("/metrics").status_code == 403
    assert client.get("/metrics", headers={"Authorization": "Bearer another"}).status_code == 403
    answer = client.get("/metrics", REMOTE_ADDR="203.0.113.7", headers={"Authorization": "Bearer a-long-secret"})
    assert answer.status_code == 200
    assert b"sapa_request_seconds" in answer.content
