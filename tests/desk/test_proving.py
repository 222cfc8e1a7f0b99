"""Identity proven in private: from the customer's pane, with a look at whom it is before anything moves."""

import pytest
from django.urls import reverse

from crm.cases import actions
from crm.cases.models import Case
from crm.customers.models import ContactPoint, Customer, Proof
from tests.desk.conftest import HTMX
from tests.desk.test_composer import page_of
from tests.people import a_customer, a_member, a_team


@pytest.fixture
def case(team):
    """@tanah_abang, of whom only the handle is known, wrote in public and then in private."""
    nobody = Customer.objects.create()
    ContactPoint.objects.create(customer=nobody, kind="handle", network="x", value="tanah_abang")
    said = {"channel": "x", "account": "sapa_care"}
    case = actions.open_case(
        customer=nobody, team=team, text="Halo", kind="question", is_public=True, external_id="1", **said
    )
    actions.add_interaction(case=case, direction="in", text="Nomor saya 0812-0000-4471", external_id="2", **said)
    return Case.objects.get(pk=case.pk)


@pytest.fixture
def point(case):
    return case.customer.contact_points.get(kind="handle")


@pytest.fixture
def rina():
    return a_customer("Rina Maharani", msisdn="+6281200004471", tier="gold", city="Bandung")


def prove(client, case, point, **data):
    return client.post(reverse("desk:prove", args=[case.number, point.pk]), data, headers=HTMX)


def test_it_is_offered_once_the_handle_wrote_in_private(desk, case):
    assert "Identity proven…" in page_of(desk, case)
    case.entries.filter(interaction__external_id="2").delete()
    assert "Identity proven…" not in page_of(desk, case)


def test_numbers_from_private_messages_are_offered_masked(desk, case, point):
    sheet = desk.get(reverse("desk:prove", args=[case.number, point.pk]), headers=HTMX).content.decode()
    assert "+62 812-••••-4471" in sheet
    assert "0000" not in sheet.replace(str(case.number), "")


def test_a_number_nobody_has_is_verified_here(desk, case, point, sari):
    page = prove(desk, case, point, named="0").content.decode()
    assert "Handle and number are verified." in page
    assert "2 of 2 verified" in page
    assert ContactPoint.objects.get(kind="msisdn").verified_by == sari


def test_a_known_customer_is_shown_before_anything_moves(desk, case, point, rina):
    sheet = prove(desk, case, point, named="0").content.decode()
    assert "Rina Maharani" in sheet
    assert "+62 812-••••-4471" in sheet
    assert "1 case, this one" in sheet
    assert "2 contacts" in sheet
    assert not Proof.objects.exists()
    page = prove(desk, case, point, named="0", expected=rina.pk).content.decode()
    assert "Linked to Rina Maharani" in page
    assert Case.objects.get(pk=case.pk).customer == rina
    assert "@tanah_abang" in page


def test_a_number_that_is_none_is_said(desk, case, point):
    answer = prove(desk, case, point, msisdn="hello")
    assert answer.status_code == 422
    assert "wrong" in answer.content.decode()
    assert "Choose the number, or type it." in prove(desk, case, point, msisdn="").content.decode()
    assert not Proof.objects.exists()


def test_in_public_nobody_proves_who_they_are(desk, case, point):
    case.entries.filter(interaction__external_id="2").delete()
    answer = prove(desk, case, point, msisdn="081299990000")
    assert "In public nobody proves who they are." in answer.content.decode()
    assert not Proof.objects.exists()


class TestTakenBack:
    @pytest.fixture
    def proof(self, case, point, sari, rina):
        return actions.prove_identity(case=case, point=point, msisdn="081200004471", by=sari, expected=rina.pk)

    def take_back(self, client, case, proof):
        return client.post(reverse("desk:proof-take-back", args=[case.number, proof.pk]), headers=HTMX)

    def test_by_the_agent_who_made_it_from_the_history(self, desk, case, proof):
        history = desk.get(reverse("desk:history", args=[case.number]), headers=HTMX).content.decode()
        assert reverse("desk:proof-take-back", args=[case.number, proof.pk]) in history
        self.take_back(desk, case, proof)
        assert Case.objects.get(pk=case.pk).customer == proof.source
        assert "Take back" not in desk.get(reverse("desk:history", args=[case.number]), headers=HTMX).content.decode()

    def test_by_a_supervisor(self, as_user, ratna, case, proof):
        assert self.take_back(as_user(ratna), case, proof).status_code == 200
        assert Case.objects.get(pk=case.pk).customer == proof.source

    def test_not_by_another_agent(self, as_user, team, case, proof, rina):
        dewi = a_member("Dewi", teams=(team,))
        client = as_user(dewi)
        assert self.take_back(client, case, proof).status_code == 403
        assert "Take back" not in client.get(reverse("desk:history", args=[case.number]), headers=HTMX).content.decode()
        assert Case.objects.get(pk=case.pk).customer == rina

    def test_not_from_a_case_it_does_not_speak_of(self, desk, case, proof, team):
        from tests.people import a_case

        assert self.take_back(desk, a_case(team=team), proof).status_code == 404

    def test_a_second_press_says_so(self, desk, case, proof):
        self.take_back(desk, case, proof)
        assert self.take_back(desk, case, proof).status_code == 403


def test_another_team_proves_nothing(as_user, case, point):
    stranger = a_member("Joko", teams=(a_team("Call centre"),))
    assert prove(as_user(stranger), case, point, msisdn="081299990000").status_code == 404
    assert not Proof.objects.exists()


def test_an_administrator_proves_nothing(as_user, case, point):
    client = as_user(a_member("Yosef", "administrator"))
    assert prove(client, case, point, msisdn="081299990000").status_code == 403
    assert "Identity proven…" not in page_of(client, case)
    assert not Proof.objects.exists()
