import datetime as dt

import pytest
from django.test import Client
from django.utils import timezone

from crm.staff.models import User
from crm.staff.session_store import BEGUN, SEEN
from tests.staff.conftest import log_in, signed_in

PAGE = "/me/"


def wind_back(client: Client, stamp: str, **ago: float) -> None:
    session = client.session
    session[stamp] = (timezone.now() - dt.timedelta(**ago)).timestamp()
    session.save()


def is_served(client: Client, **headers: str) -> bool:
    return client.get(PAGE, headers=headers).status_code == 200


def test_a_session_ends_after_an_hour_without_a_sign_of_the_person(sari):
    client = signed_in(sari)
    wind_back(client, SEEN, minutes=59)
    assert is_served(client)
    wind_back(client, SEEN, minutes=60)
    assert client.get(PAGE)["Location"] == f"/login/?next={PAGE}"


def test_the_log_in_page_says_why(sari):
    client = signed_in(sari)
    wind_back(client, SEEN, minutes=61)
    page = client.get(PAGE, follow=True, headers={"accept-language": "en"})
    assert "signed out after 60 minutes" in page.content.decode()


def test_using_the_pages_keeps_a_session_alive(sari):
    client = signed_in(sari)
    wind_back(client, SEEN, minutes=50)
    is_served(client)
    assert timezone.now().timestamp() - client.session[SEEN] < 5


def test_what_a_page_fetches_by_itself_keeps_nothing_alive(sari):
    client = signed_in(sari)
    wind_back(client, SEEN, minutes=50)
    before = client.session[SEEN]
    assert is_served(client, **{"x-sapa-background": "1"})
    assert client.session[SEEN] == before


def test_a_session_ends_after_ten_hours_however_busy(sari):
    client = signed_in(sari)
    wind_back(client, BEGUN, hours=9, minutes=59)
    assert is_served(client)
    wind_back(client, BEGUN, hours=10)
    assert not is_served(client)


def test_a_busy_minute_writes_nothing_to_the_session(sari, django_assert_num_queries):
    client = signed_in(sari)
    is_served(client)
    with django_assert_num_queries(2):  # the session, the person
        client.post("/presence/", {"presence": "nonsense"})


def test_the_same_person_signing_in_again_begins_anew(client, sari):
    log_in(client, sari)
    wind_back(client, BEGUN, hours=9)
    client.post("/logout/")
    log_in(client, sari)
    assert timezone.now().timestamp() - client.session[BEGUN] < 5


def test_a_fragment_sends_the_whole_page_to_the_log_in(client, db):
    headers = {"HX-Request": "true", "HX-Current-URL": "http://testserver/desk/?queue=mine"}
    response = client.get(PAGE, headers=headers)
    assert response.status_code == 200
    assert response["HX-Redirect"] == "/login/?next=%2Fdesk%2F%3Fqueue%3Dmine"


def test_a_new_password_ends_the_other_sessions(sari):
    here, elsewhere = signed_in(sari), signed_in(sari)
    here.post("/me/password/", change("angin laut di Ambon"))
    assert is_served(here)
    assert not is_served(elsewhere)


def change(new: str, old: str = "hujan turun di Bandung") -> dict[str, str]:
    return {"old_password": old, "new_password1": new, "new_password2": new}


@pytest.mark.parametrize("data", [change("pendek"), change("angin laut di Ambon", old="salah"), change("123456789012")])
def test_a_refused_password_changes_nothing(sari, data):
    before, elsewhere = sari.password, signed_in(sari)
    assert signed_in(sari).post("/me/password/", data).status_code == 200
    assert User.objects.get(pk=sari.pk).password == before
    assert is_served(elsewhere)


def test_signing_out_elsewhere_keeps_this_session(sari):
    here, elsewhere = signed_in(sari), signed_in(sari)
    here.post("/me/sign-out-elsewhere/")
    assert is_served(here)
    assert not is_served(elsewhere)
