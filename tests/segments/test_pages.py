"""Building, sharing, reading and taking out segments; the quadrant; a customer's measures."""

import pytest
from django.test import Client
from django.utils import timezone

from crm.billing.models import Value
from crm.segments.actions import save_segment
from crm.segments.measuring import measure_everybody
from crm.segments.models import Measure, Measured, Referral, Segment
from crm.staff.models import Role
from tests.people import a_customer, a_line, a_member, a_team

pytestmark = pytest.mark.django_db
GOLD = [{"field": "tier", "op": "in", "value": ["gold"]}]
BUILT = {
    "name": "Gold",
    "about": "",
    "sharing": "own",
    "team": "",
    "c0-field": "tier",
    "c0-op": "in",
    "c0-value": "gold",
}


@pytest.fixture
def client():
    return Client(headers={"accept-language": "en"})


@pytest.fixture
def ratnas(client, ratna):
    client.force_login(ratna)
    return client


@pytest.fixture
def rina(db):
    rina = a_customer("Rina Maharani", tier="gold", city="Bandung")
    a_line(rina, "+6281200004471", "kartuHALO")
    Value.objects.create(customer=rina, arpu=600_000, tier="gold")
    return rina


def a_segment(by, **fields):
    return save_segment(segment=Segment(**{"name": "Gold"} | fields), conditions=GOLD, by=by)


def test_a_supervisor_builds_a_segment_and_sees_who_is_in_it(ratnas, rina):
    answer = ratnas.post("/segments/new/", BUILT, follow=True)
    assert "Rina Maharani" in answer.text
    assert "0812" not in answer.text.replace("812-••••", "")
    assert Segment.objects.get().conditions == GOLD


def test_while_building_it_is_counted_with_a_sample(ratnas, rina):
    a_customer("Yoga")
    assert "Rina Maharani" in ratnas.post("/segments/count/", BUILT).text
    assert ">2</b>" in ratnas.post("/segments/count/", {}).text


def test_a_condition_that_cannot_be_kept_is_marked_and_nothing_is_lost(ratnas):
    sent = BUILT | {"c1-field": "arpu", "c1-op": "gte", "c1-value": "banyak"}
    answer = ratnas.post("/segments/new/", sent)
    assert answer.status_code == 422
    assert "Write a whole number." in answer.text
    assert 'value="banyak"' in answer.text
    assert not Segment.objects.exists()


def test_a_second_of_one_name_is_refused(ratnas, ratna):
    a_segment(ratna)
    assert "You have a segment of this name." in ratnas.post("/segments/new/", BUILT).text
    assert Segment.objects.count() == 1


def test_a_change_in_another_window_is_not_written_over(ratnas, ratna):
    mine = a_segment(ratna)
    seen = mine.changed_at.isoformat()
    save_segment(segment=Segment.objects.get(), conditions=[], by=ratna)
    answer = ratnas.post(f"/segments/{mine.pk}/edit/", BUILT | {"seen": seen})
    assert "another window" in answer.text
    assert Segment.objects.get().conditions == []


def test_only_who_may_see_a_segment_sees_it(client, ratna):
    team = a_team()
    ratna.teams.set([team])
    mine, ours = a_segment(ratna), a_segment(ratna, name="Ours", sharing="team", team=team)
    everybodys = a_segment(ratna, name="All", sharing="all")
    colleague, stranger = a_member(role=Role.SUPERVISOR, teams=(team,)), a_member(role=Role.SUPERVISOR)
    assert set(Segment.objects.visible_to(colleague)) == {ours, everybodys}
    assert set(Segment.objects.visible_to(stranger)) == {everybodys}
    client.force_login(stranger)
    assert client.get(f"/segments/{mine.pk}/").status_code == 404
    assert client.post(f"/segments/{everybodys.pk}/delete/").status_code == 404
    assert Segment.objects.count() == 3


def test_somebody_elses_is_saved_as_ones_own(ratnas, ratna):
    theirs = a_segment(a_member(role=Role.SUPERVISOR), sharing="all")
    ratnas.post(f"/segments/{theirs.pk}/edit/", BUILT)
    assert {one.owner for one in Segment.objects.all()} == {ratna, theirs.owner}


def test_an_agent_opens_neither_segments_nor_weights(client):
    client.force_login(a_member())
    for path in ("/segments/", "/segments/new/", "/segments/quadrant/", "/settings/measures/"):
        assert client.get(path).status_code == 403


def test_quality_reads_but_does_not_build(client, ratna):
    shared = a_segment(ratna, sharing="all")
    client.force_login(a_member(role=Role.QUALITY))
    assert client.get(f"/segments/{shared.pk}/").status_code == 200
    assert client.post("/segments/new/", BUILT).status_code == 403
    assert Segment.objects.count() == 1


def test_a_segment_as_a_file_is_masked(ratnas, ratna, rina):
    answer = ratnas.get(f"/segments/{a_segment(ratna).pk}/customers.csv")
    text = b"".join(answer.streaming_content if answer.streaming else [answer.content]).decode()
    assert "Rina Maharani" in text
    assert "••••" in text
    assert "81200004471" not in text


def test_a_segment_is_paged_by_record(ratnas, ratna, django_assert_max_num_queries):
    for number in range(60):
        a_customer(f"Nomor {number:02}", tier="gold")
    mine = a_segment(ratna)
    with django_assert_max_num_queries(20):
        answer = ratnas.get(f"/segments/{mine.pk}/")
    assert "Nomor 49" in answer.text
    assert "Nomor 50" not in answer.text
    assert "Nomor 50" in ratnas.get(f"/segments/{mine.pk}/?after={answer.context['next']}").text


def test_deleting_ones_own(ratnas, ratna):
    ratnas.post(f"/segments/{a_segment(ratna).pk}/delete/")
    assert not Segment.objects.exists()


def test_the_quadrant_counts_and_leads_to_whom_it_counts(ratnas, rina):
    Measured.objects.create(customer=rina, transaction=90, interaction=10)
    answer = ratnas.get("/segments/quadrant/")
    assert "?quadrant=repair" in answer.text
    assert next(one for one in answer.context["quadrants"] if one["code"] == "repair")["count"] == 1
    assert "Rina Maharani" in ratnas.post("/segments/count/", {
        "c0-field": "quadrant", "c0-op": "in", "c0-value": "repair"
    }).text  # fmt: skip


def test_weights_are_changed_and_refused_with_the_field_named(ratnas):
    good = {field.name: getattr(Measure(), field.name) for field in Measure._meta.fields if field.name != "id"}
    assert ratnas.post("/settings/measures/", good | {"stay_full": 0}).context["form"].errors.keys() == {"stay_full"}
    assert not Measure.objects.exists()
    ratnas.post("/settings/measures/", good | {"revenue": 80})
    assert Measure.objects.get().revenue == 80


def test_a_customers_measures_explain_themselves(client, rina):
    measure_everybody(timezone.now())
    client.force_login(a_member())
    assert "ARPU Rp 600.000; Rp 1.000.000 counts 100" in client.get(f"/customers/{rina.pk}/measures/").text.replace(
        "\xa0", " "
    )


def test_an_agent_records_who_brought_a_customer_in(client, rina):
    dewi = a_customer("Dewi")
    client.force_login(a_member())
    wrong = client.post(f"/customers/{dewi.pk}/brought-in/", {"number": "0812 9999 9999"}, follow=True)
    assert "No customer of ours has this number." in wrong.text
    assert not Referral.objects.exists()
    rina.contact_points.create(kind="msisdn", value="+6281200004471")
    client.post(f"/customers/{dewi.pk}/brought-in/", {"number": "0812 0000 4471"})
    assert Referral.objects.get().customer == rina
