import datetime as dt

import pytest
from django.urls import reverse
from django.utils import timezone

from crm.cases.models import Case
from crm.customers.models import ContactPoint, Customer, Reveal
from crm.timeline.models import Interaction, NotACase
from tests.desk.conftest import HTMX


def fill(**more):
    filled = {
        "channel": "call",
        "text": "Kuota saya hilang.",
        "msisdn": "0812 0000 4471",
        "name": "Rina",
        "kind": "problem",
    }
    return filled | {"priority": "normal", "tags": "", "mine": "on"} | more


def post(client, **more):
    return client.post(reverse("desk:new"), fill(**more))


def test_an_agent_opens_a_case_from_a_call(as_user, sari):
    answer = post(as_user(sari))
    case = Case.objects.get()
    assert answer.url == f"/cases/{case.number}/"
    assert (case.assignee, case.channel, case.customer.name) == (sari, "call", "Rina")
    assert case.customer.contact_points.get().value == "+6281200004471"


def test_a_known_number_is_the_known_customer(as_user, sari, case):
    post(as_user(sari), name="Somebody")
    assert Case.objects.exclude(pk=case.pk).get().customer == case.customer
    assert Customer.objects.count() == 1


def test_the_clock_runs_from_when_it_took_place(as_user, sari):
    ten_ago = timezone.localtime() - dt.timedelta(minutes=10)
    post(as_user(sari), channel="counter", at=ten_ago.strftime("%Y-%m-%dT%H:%M"))
    due = Case.objects.get().clocks.get(kind="response").due_at
    assert due - ten_ago.replace(second=0, microsecond=0) == dt.timedelta(minutes=15)


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        ({"msisdn": "12"}, "id_msisdn_error"),
        ({"msisdn": "", "name": "Rina"}, "id_msisdn_error"),
        ({"msisdn": "", "email": "no address"}, "id_email_error"),
        ({"text": ""}, "id_text_error"),
        ({"at": "31/31/2026"}, "id_at_error"),
        ({"at": "2099-01-01T10:00"}, "id_at_error"),
        ({"no_case": "on", "reason": ""}, "id_reason_error"),
        ({"kind": "riddle"}, "id_kind_error"),
    ],
)
def test_bad_input_names_its_field_and_nothing_is_lost(as_user, sari, wrong, said):
    answer = post(as_user(sari), subject="Kuota", **wrong)
    page = answer.content.decode()
    assert answer.status_code == 422
    assert f'id="{said}"' in page
    assert 'value="Kuota"' in page
    assert (Case.objects.count(), Customer.objects.count()) == (0, 0)


def test_spam_is_kept_as_no_case_with_its_reason(as_user, sari):
    post(as_user(sari), no_case="on", reason="spam", remark="Pinjol")
    assert NotACase.objects.get().remark == "Pinjol"
    assert not Case.objects.exists()


def test_a_case_turns_out_to_be_none(as_user, sari, case):
    as_user(sari).post(reverse("desk:aside", args=[case.number]), {"reason": "noise"}, headers=HTMX)
    assert NotACase.objects.get().reason == "noise"
    assert Case.objects.get().state == "rejected"


def test_a_logged_call_of_ours_stops_the_reply_clock(as_user, sari, case):
    as_user(sari).post(
        reverse("desk:contact", args=[case.number]),
        {"direction": "out", "channel": "call", "text": "Sudah saya telepon."},
        headers=HTMX,
    )
    assert case.clocks.get(kind="response").verdict == "met"


def test_a_contact_in_the_future_is_refused(as_user, sari, case):
    answer = as_user(sari).post(
        reverse("desk:contact", args=[case.number]),
        {"direction": "out", "channel": "call", "text": "Besok", "at": "2099-01-01T10:00"},
        headers=HTMX,
    )
    assert answer.status_code == 422
    assert "Besok" in answer.content.decode()
    assert Interaction.objects.count() == 1


def test_typing_a_number_shows_who_that_is(as_user, sari, case):
    client = as_user(sari)
    known = client.get("/cases/find-customer/", {"msisdn": "081200004471"}).content.decode()
    assert "Rina Maharani" in known
    assert "not known yet" in client.get("/cases/find-customer/", {"msisdn": "081200009999"}).content.decode().lower()


def test_a_number_is_masked_until_a_reason_is_given(as_user, sari, case):
    client, point = as_user(sari), ContactPoint.objects.get(kind="msisdn")
    assert "4471" in client.get(f"/cases/{case.number}/").content.decode()
    assert "+6281200004471" not in client.get(f"/cases/{case.number}/").content.decode()
    url = reverse("desk:reveal", args=[case.number, point.pk])
    assert "+6281200004471" not in client.post(url, {"reason": ""}, headers=HTMX).content.decode()
    assert not Reveal.objects.exists()
    assert "+6281200004471" in client.post(url, {"reason": "Menelepon balik"}, headers=HTMX).content.decode()
    assert (Reveal.objects.get().by, Reveal.objects.get().reason) == (sari, "Menelepon balik")


def test_a_contact_of_another_customer_is_not_revealed_through_this_case(as_user, sari, case):
    other = Customer.objects.create(name="Slamet").contact_points.create(kind="msisdn", value="+6281211112222")
    url = reverse("desk:reveal", args=[case.number, other.pk])
    assert as_user(sari).post(url, {"reason": "x"}).status_code == 404
    assert not Reveal.objects.exists()
