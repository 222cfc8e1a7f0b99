"""What people see and press: consent and restriction of a customer, the texts in the settings."""

import pytest

from crm.customers.models import Consent, ConsentText, Customer, Restriction
from tests.people import a_customer, a_member

pytestmark = pytest.mark.django_db


@pytest.fixture
def rina():
    return a_customer("Rina Maharani", msisdn="+6281200004471")


@pytest.fixture
def sari(client):
    sari = a_member(language="en")
    client.force_login(sari)
    return sari


@pytest.fixture
def ratna(client):
    ratna = a_member("Ratna Kusumaningrum", "supervisor", language="en")
    client.force_login(ratna)
    return ratna


def page(client, rina):
    return client.get(f"/customers/{rina.pk}/privacy/").content.decode()


def answer(client, rina, **more):
    said = {"version": 1, "language": "id", "channel": "counter", "answer": "yes"} | more
    return client.post(f"/customers/{rina.pk}/consents/offers/", said)


def test_an_agent_reads_the_text_aloud_and_records_yes(client, rina, sari):
    assert "Bolehkah kami mengirim penawaran" in client.get(f"/customers/{rina.pk}/consents/offers/").content.decode()
    assert answer(client, rina).status_code == 302
    consent = Consent.objects.get()
    assert (consent.by, consent.channel, consent.language) == (sari, "counter", "id")
    shown = page(client, rina)
    assert ("Yes since" in shown, "Take back…" in shown, consent.text in shown) == (True, True, True)


def test_a_no_takes_it_back(client, rina, sari):
    answer(client, rina), answer(client, rina, answer="no", channel="call")
    assert not Consent.objects.standing().exists()
    assert "Taken back on" in page(client, rina)


def test_a_text_that_moved_meanwhile_is_read_again(client, rina, sari):
    ConsentText.objects.create(purpose="offers", version=2, text="Baru", text_en="New", why="x", by=sari)
    refused = answer(client, rina)
    assert (refused.status_code, Consent.objects.count()) == (422, 0)
    assert "Another version of the text is in force by now" in refused.content.decode()
    assert 'name="version" value="2"' in refused.content.decode()


def test_how_they_answered_is_asked(client, rina, sari):
    assert answer(client, rina, channel="").status_code == 422
    assert not Consent.objects.exists()


def test_do_not_disturb_is_switched_on_and_off(client, rina, sari):
    for on in (True, False):
        client.post(f"/customers/{rina.pk}/quiet/", {"on": int(on)})
        assert Customer.objects.get(pk=rina.pk).do_not_disturb is on


def test_a_supervisor_lets_data_rest_with_a_reason_and_everybody_sees_it(client, rina, ratna):
    address = f"/customers/{rina.pk}/restrict/"
    assert client.post(address, {"reason": ""}).status_code == 422
    assert not Restriction.objects.exists()
    client.post(address, {"reason": "Sanggahan tagihan"})
    for path in ("privacy", "bills"):
        assert "No outreach, no offers" in client.get(f"/customers/{rina.pk}/{path}/").content.decode()
    client.post(f"{address}lift/", {"reason": "Selesai"})
    assert "No outreach, no offers" not in page(client, rina)


def test_an_agent_restricts_nothing_and_publishes_nothing(client, rina, sari):
    assert client.post(f"/customers/{rina.pk}/restrict/", {"reason": "x"}).status_code == 403
    assert client.get("/settings/consents/").status_code == 403
    assert (
        client.post("/settings/consents/offers/", {"after": 1, "text": "a", "text_en": "b", "why": "c"}).status_code
        == 403
    )
    assert (Restriction.objects.count(), ConsentText.objects.count()) == (0, 0)


def test_a_division_sees_no_consents(client, rina):
    client.force_login(a_member("Bagas", "division"))
    assert client.get(f"/customers/{rina.pk}/privacy/").status_code == 403


def test_a_supervisor_publishes_a_new_version_and_says_why(client, ratna):
    new = {"after": 1, "text": "Bolehkah?", "text_en": "May we?", "why": "Saran tim hukum"}
    assert client.post("/settings/consents/offers/", new | {"why": ""}).status_code == 422
    client.post("/settings/consents/offers/", new)
    shown = client.get("/settings/consents/").content.decode()
    assert ("Saran tim hukum" in shown, "Bolehkah?" in shown, "Ratna Kusumaningrum" in shown) == (True, True, True)
    assert client.post("/settings/consents/offers/", new).status_code == 422
    assert ConsentText.objects.get().version == 2


def test_the_page_asks_as_much_for_many_answers_as_for_one(client, rina, sari, django_assert_max_num_queries):
    for _ in range(3):
        answer(client, rina), answer(client, rina, answer="no")
    with django_assert_max_num_queries(34):
        page(client, rina)


def test_an_answer_on_a_merged_record_is_the_survivors(client, rina, sari):
    answer(client, a_customer("Rina M.", absorbed_into=rina))
    assert Consent.objects.get().customer == rina
