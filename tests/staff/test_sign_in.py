import datetime as dt

import pytest
from django.test import Client

from crm.staff.models import Presence, SignIn, SignInOutcome, User
from tests.people import a_team
from tests.staff.conftest import a_person, log_in, signed_in


def is_in(client: Client) -> bool:
    return "_auth_user_id" in client.session


def outcomes() -> list[tuple[User | None, str]]:
    return [(attempt.user, attempt.outcome) for attempt in SignIn.objects.order_by("id")]


@pytest.mark.parametrize("name", ["sari.wulandari", "Sari.Wulandari", "SARI@sapa.example", "ts-1042", " TS-1042 "])
def test_an_agent_signs_in_by_user_name_e_mail_or_staff_number(client, sari, name):
    User.objects.filter(pk=sari.pk).update(email="sari@sapa.example")
    response = log_in(client, name)
    assert response.status_code == 302
    assert is_in(client)
    assert outcomes() == [(sari, SignInOutcome.OK)]


def test_a_wrong_password_lets_nobody_in_and_is_logged(sari):
    client = Client(headers={"accept-language": "en"})
    response = log_in(client, sari, "salah semua nih")
    assert response.status_code == 200
    assert not is_in(client)
    assert outcomes() == [(sari, SignInOutcome.FAILED)]
    assert "name or the password is wrong" in response.content.decode()


def test_an_unknown_name_gets_the_same_answer_and_what_was_typed_is_not_kept(client, sari):
    wrong, unknown = log_in(client, sari, "salah"), log_in(Client(), "rahasia123", "salah")
    errors = [response.context["form"].non_field_errors() for response in (wrong, unknown)]
    assert errors[0] == errors[1]
    assert outcomes()[1] == (None, SignInOutcome.FAILED)


def test_a_closed_account_does_not_open(client, sari):
    User.objects.filter(pk=sari.pk).update(is_active=False)
    log_in(client, sari)
    assert not is_in(client)


def test_closing_an_account_ends_its_sessions_at_once(sari):
    client = signed_in(sari)
    User.objects.filter(pk=sari.pk).update(is_active=False)
    assert client.get("/me/").status_code == 302


def test_a_name_that_two_people_answer_to_opens_neither(client, sari):
    a_person("Sari Kedua", username="TS-1042")
    log_in(client, "ts-1042")
    assert not is_in(client)


def test_empty_fields_are_no_attempt(client, sari):
    log_in(client, sari, "")
    assert outcomes() == []


def test_the_session_gets_a_new_key_when_somebody_signs_in(client, sari):
    session = client.session
    session["before"] = 1
    session.save()
    client.cookies["sessionid"] = session.session_key
    log_in(client, sari)
    assert is_in(client)
    assert client.session.session_key != session.session_key


def test_an_agent_takes_up_the_desk_they_choose_and_is_available(client, sari, team):
    other = a_team("Call centre")
    sari.teams.add(other)
    response = log_in(client, sari, team=other.code, available="on")
    sari.refresh_from_db()
    assert (sari.team, sari.presence) == (other, Presence.AVAILABLE)
    assert response.cookies["desk"].value == other.code


def test_a_desk_of_another_team_is_not_taken(client, sari, team):
    log_in(client, sari, team=a_team("Call centre").code)
    sari.refresh_from_db()
    assert (sari.team, sari.presence) == (team, Presence.AWAY)


@pytest.mark.parametrize(
    "target", ["https://evil.example/", "//evil.example/x", "javascript:alert(1)", r"\\evil.example"]
)
def test_nobody_is_led_away_after_signing_in(client, sari, target):
    response = log_in(client, sari, next=target)
    assert is_in(client)
    assert response["Location"] == "/"


def test_after_signing_in_the_page_that_was_asked_for_opens(client, sari):
    asked = client.get("/me/")
    assert asked["Location"] == "/login/?next=/me/"
    assert log_in(client, sari, next="/me/")["Location"] == "/me/"


def test_who_is_signed_in_does_not_sign_in_again(sari):
    assert signed_in(sari).get("/login/?next=/me/")["Location"] == "/me/"


def test_signing_out_ends_the_session_and_shows_the_agent_away(client, sari):
    log_in(client, sari, available="on")
    assert client.get("/logout/").status_code == 405
    client.post("/logout/")
    sari.refresh_from_db()
    assert not is_in(client)
    assert sari.presence == Presence.AWAY


def test_the_log_keeps_address_and_browser(sari, settings):
    settings.TRUSTED_PROXIES = 1
    agent = "Mozilla/5.0 (Windows NT 10.0; rv:120.0) Gecko/20100101 Firefox/120.0"
    client = Client(headers={"user-agent": agent, "x-forwarded-for": "203.0.113.66, 198.51.100.7"})
    log_in(client, sari)
    attempt = SignIn.objects.get()
    assert (attempt.ip, attempt.browser) == ("198.51.100.7", "Firefox, Windows")


def test_without_a_proxy_of_ours_nobody_chooses_their_address(sari):
    log_in(Client(headers={"x-forwarded-for": "203.0.113.66"}), sari)
    assert SignIn.objects.get().ip == "127.0.0.1"


def test_the_log_in_page_is_served_to_strangers_in_their_language(client, db):
    page = client.get("/login/", headers={"accept-language": "id"})
    assert "Kata sandi" in page.content.decode()
    assert "Password" in client.get("/login/", headers={"accept-language": "en"}).content.decode()
    assert page["Cache-Control"].startswith("max-age=0")


def test_old_attempts_leave_the_log(sari):
    from crm.staff.tasks import forget_old_sign_ins

    now = dt.datetime.now(dt.UTC)
    for days in (401, 399):
        SignIn.objects.create(user=sari, outcome=SignInOutcome.OK, at=now - dt.timedelta(days=days))
    assert forget_old_sign_ins() == 1
    assert SignIn.objects.count() == 1
