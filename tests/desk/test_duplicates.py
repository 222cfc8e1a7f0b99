"""The room of duplicates: a supervisor compares two records, merges them, tells them apart, takes a merge apart."""

import datetime as dt

import pytest
from django.urls import reverse
from kombu.exceptions import OperationalError

from crm.cases.defaults import ensure_policy
from crm.customers.duplicates import look_for_duplicates
from crm.customers.models import Customer, Duplicate, IdentityDocument, Merge
from crm.events.models import Event
from crm.staff.models import Role
from tests.people import a_customer, a_line, a_member, a_team

pytestmark = pytest.mark.django_db
BORN = dt.date(1990, 5, 14)
PROOF = "KTP seen at the counter."


@pytest.fixture
def ratna(client):
    ensure_policy()
    ratna = a_member("Ratna Kusumaningrum", Role.SUPERVISOR, teams=(a_team(),), language="en")
    client.force_login(ratna)
    return ratna


@pytest.fixture
def twins():
    rina = a_customer("Rina Maharani", msisdn="+6281200004471", birth_date=BORN, city="Bandung")
    a_line(rina, "+6281200004471")
    double = a_customer("Rina Maharani", email="rina@example.com", birth_date=BORN, honorific="Ibu", city="Medan")
    look_for_duplicates()
    return rina, double


def pair(twins):
    return reverse("desk:pair", args=[one.pk for one in twins])


def test_what_is_proposed_stands_there_with_its_reasons(client, ratna, twins):
    page = client.get(reverse("desk:duplicates")).content.decode()
    assert "The same name and birth date" in page
    assert pair(twins) in page


def test_side_by_side_nothing_personal_stands_in_clear(client, ratna, twins):
    page = client.get(pair(twins)).content.decode()
    assert "+62 812-••••-4471" in page
    assert not any(secret in page for secret in ("81200004471", "rina@example.com", "14 May", "1990-05-14"))


def test_whoever_lays_two_side_by_side_has_looked_at_both(client, ratna, twins):
    client.get(pair(twins))
    looks = Event.objects.filter(kind="customer.looked", actor_id=ratna.pk, facts__page="duplicates")
    assert set(looks.values_list("customer_id", flat=True)) == {one.pk for one in twins}


def test_of_two_that_are_alike_somebody_must_say_how_they_made_sure(client, ratna, twins):
    answer = client.post(pair(twins), {"stays": "first", "f-city": "first"})
    assert answer.status_code == 422
    assert "Say how you made sure" in answer.content.decode()
    assert not Merge.objects.exists()


def test_merged_as_chosen(client, ratna, twins):
    rina, double = twins
    choice = {"stays": "second", "f-city": "first", "f-honorific": "second", "proof": PROOF}
    assert client.post(pair(twins), choice).status_code == 302
    rina.refresh_from_db(), double.refresh_from_db()
    assert (rina.absorbed_into, double.city, double.honorific) == (double, "Bandung", "Ibu")
    page = client.get(reverse("desk:duplicates") + "?state=merged").content.decode()
    assert reverse("desk:merged", args=[Merge.objects.get().pk]) in page


def test_one_paper_on_both_needs_no_further_word(client, ratna, twins):
    for one in twins:
        IdentityDocument.objects.create(customer=one, kind="nik", digest="a" * 64, sealed="-", masked="••••")
    assert 'name="proof"' not in client.get(pair(twins)).content.decode()
    assert client.post(pair(twins), {"stays": "first"}).status_code == 302


def test_told_apart(client, ratna, twins):
    client.post(reverse("desk:duplicates-different", args=[Duplicate.objects.get().pk]))
    assert Duplicate.objects.get().state == "different"
    assert not Merge.objects.exists()


def test_taken_apart(client, ratna, twins):
    client.post(pair(twins), {"stays": "first", "proof": PROOF})
    merge = Merge.objects.get()
    page = client.get(reverse("desk:merged", args=[merge.pk])).content.decode()
    assert PROOF in page
    client.post(reverse("desk:merged", args=[merge.pk]))
    assert Customer.objects.filter(absorbed_into=None).count() == 2
    assert "Taken apart by" in client.get(reverse("desk:merged", args=[merge.pk])).content.decode()


@pytest.mark.parametrize("role", [Role.AGENT, Role.QUALITY, Role.DIVISION, Role.ADMINISTRATOR])
def test_nobody_else_comes_in(client, ratna, twins, role):
    client.force_login(a_member("Sari Wulandari", role, teams=(a_team(),)))
    assert client.get(reverse("desk:duplicates")).status_code == 403
    assert client.get(pair(twins)).status_code == 403
    assert client.post(pair(twins), {"stays": "first", "proof": PROOF}).status_code == 403
    assert not Merge.objects.exists()


def test_pages_follow_each_other_and_cost_the_same(client, ratna, django_assert_max_num_queries):
    for number in range(30):
        for _twin in range(2):
            a_customer(f"Rina Maharani {number}", birth_date=BORN + dt.timedelta(days=number))
    look_for_duplicates()
    with django_assert_max_num_queries(14):
        first = client.get(reverse("desk:duplicates"))
    assert len(first.context["rows"]) == 25
    second = client.get(reverse("desk:duplicates"), {"after": first.context["after"]})
    assert (len(second.context["rows"]), second.context["after"]) == (5, "")


def test_with_the_broker_away_it_says_that_nothing_is_compared(client, ratna, monkeypatch):
    def away():
        raise OperationalError

    monkeypatch.setattr("crm.desk.views.duplicates.look_for_duplicates.delay", away)
    page = client.post(reverse("desk:duplicates-look"), follow=True).content.decode()
    assert "The broker is away, so nothing is compared now." in page
