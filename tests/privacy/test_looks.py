"""Whose data did this account see."""

import datetime as dt

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from crm.cases.defaults import ensure_policy
from crm.customers.looks import record_look
from crm.privacy.looks import looks_of
from crm.staff.models import Role
from tests.people import a_customer, a_member, a_team

pytestmark = pytest.mark.django_db
NOW = timezone.now()


@pytest.fixture
def team():
    ensure_policy()
    return a_team()


@pytest.fixture
def sari(team):
    return a_member("Sari Wulandari", Role.AGENT, teams=(team,), language="en")


@pytest.fixture
def ratna(team, client):
    ratna = a_member("Ratna Kusuma", Role.SUPERVISOR, teams=(team,), language="en")
    client.force_login(ratna)
    return ratna


def page(client, who, **asked):
    return client.get(reverse("privacy:looks"), {"who": who.pk, **asked}).content.decode()


def test_a_look_stands_in_the_report_of_who_looked_and_of_nobody_else(client, sari, ratna):
    record_look(customer=a_customer("Rina Maharani"), by=sari, page="overview")
    assert "Rina Maharani" in page(client, sari)
    assert "Rina Maharani" not in page(client, ratna)


def test_only_the_period_that_was_asked_for(client, sari, ratna):
    record_look(customer=a_customer("Rina Maharani"), by=sari, page="overview", at=NOW - dt.timedelta(days=40))
    assert "Rina Maharani" not in page(client, sari)
    assert "Rina Maharani" in page(client, sari, since=f"{NOW - dt.timedelta(days=50):%Y-%m-%d}")


def test_a_supervisor_is_not_told_of_another_team(client, ratna):
    other = a_member("Joko Prasetyo", Role.AGENT, teams=(a_team("Other"),))
    record_look(customer=a_customer("Rina Maharani"), by=other, page="overview")
    assert "Rina Maharani" not in page(client, other)
    assert client.get(reverse("privacy:looks-export"), {"who": other.pk}).status_code == 302


def test_an_agent_is_told_nothing(client, sari):
    client.force_login(sari)
    assert client.get(reverse("privacy:looks")).status_code == 403
    assert client.get(reverse("privacy:looks-export")).status_code == 403


def test_the_file_names_customers_by_their_number_only(client, sari, ratna):
    rina = a_customer("Rina Maharani")
    record_look(customer=rina, by=sari, page="overview")
    answer = client.get(reverse("privacy:looks-export"), {"who": sari.pk})
    text = b"".join(answer.streaming_content).decode()
    assert f",{rina.pk}," in text
    assert "Rina" not in text


def test_a_list_taken_out_at_once_is_a_look_too(client, sari, ratna):
    client.force_login(sari)
    assert list(client.get(reverse("desk:export", args=["csv"])).streaming_content)
    client.force_login(ratna)
    assert "took out a list: cases" in page(client, sari)


def test_fifty_looks_ask_as_much_as_one_and_the_rest_is_another_page(client, sari, ratna):
    counts = []
    for many in (1, 60):
        for _number in range(many):
            record_look(customer=a_customer(), by=sari, page="overview")
        with CaptureQueriesContext(connection) as asked:
            shown = page(client, sari)
        counts.append(len(asked))
    assert counts[0] == counts[1]
    assert 'rel="next"' in shown


def test_the_report_is_read_from_its_index(sari):
    found = looks_of(sari.pk, since=NOW - dt.timedelta(days=1), until=NOW)
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL enable_seqscan = off")
    assert "event_looks" in found.order_by("-at", "-pk").explain()
