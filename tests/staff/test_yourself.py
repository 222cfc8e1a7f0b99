import datetime as dt

import pytest

from crm.events.models import Event
from crm.staff.models import Presence, SignIn, SignInOutcome, User
from tests.staff.conftest import signed_in


def test_my_language_wins_over_the_browser(sari):
    client = signed_in(sari)
    assert client.get("/me/", headers={"accept-language": "en"})["Content-Language"] == "en"
    client.post("/language/", {"language": "id"})
    assert client.get("/me/", headers={"accept-language": "en"})["Content-Language"] == "id"
    sari.refresh_from_db()
    assert sari.language == "id"


def test_a_strangers_language_is_kept_in_a_cookie(client, db):
    client.post("/language/", {"language": "id"})
    assert client.get("/login/", headers={"accept-language": "en"})["Content-Language"] == "id"


@pytest.mark.parametrize(("name", "short"), [("Sari Wulandari", "Sari"), ("I Wayan Sudarma", "Wayan"), ("Q", "Q")])
def test_i_am_called_by_a_name_of_my_own(name, short):
    assert User(name=name).get_short_name() == short


@pytest.mark.parametrize(("zone", "shown"), [("Asia/Jakarta", "21:30 WIB"), ("Asia/Jayapura", "23:30 WIT")])
def test_times_are_shown_by_my_clock(sari, zone, shown):
    User.objects.filter(pk=sari.pk).update(time_zone=zone, language="en")
    evening = dt.datetime(2026, 11, 20, 14, 30, tzinfo=dt.UTC)
    SignIn.objects.create(user=sari, outcome=SignInOutcome.OK, at=evening)
    assert shown in signed_in(sari).get("/me/").content.decode()


@pytest.mark.parametrize(("before", "after"), [("dark", "light"), ("light", "dark"), ("auto", "dark")])
def test_the_button_without_a_script_turns_light_to_dark_and_back(sari, before, after):
    User.objects.filter(pk=sari.pk).update(theme=before)
    response = signed_in(sari).post("/theme/", {"theme": "toggle", "next": "/me/"})
    sari.refresh_from_db()
    assert (sari.theme, response.cookies["theme"].value, response["Location"]) == (after, after, "/me/")


@pytest.mark.parametrize("field", ["language", "theme", "presence"])
def test_a_word_we_do_not_know_is_refused(sari, field):
    client = signed_in(sari)
    before = User.objects.values().get(pk=sari.pk)
    assert client.post(f"/{field}/", {field: "klingon"}).status_code == 400
    assert User.objects.values().get(pk=sari.pk) == before


@pytest.mark.parametrize(("field", "value"), [("language", "en"), ("theme", "dark"), ("presence", "busy")])
def test_nobody_is_led_away_by_a_choice(sari, field, value):
    response = signed_in(sari).post(f"/{field}/", {field: value, "next": "https://evil.example/"})
    assert response["Location"] == "/"


def test_choosing_a_state_is_kept_with_its_time_and_told_once(sari):
    client = signed_in(sari)
    for _ in range(2):
        assert client.post("/presence/", {"presence": "busy"}, headers={"HX-Request": "true"}).status_code == 204
    sari.refresh_from_db()
    assert sari.presence == Presence.BUSY
    (event,) = Event.objects.filter(kind="staff.presence")
    assert (event.at, event.facts) == (sari.presence_since, {"before": "away", "after": "busy"})


def test_a_stranger_has_no_state(client, db):
    assert client.post("/presence/", {"presence": "busy"})["Location"].startswith("/login/")


def test_my_profile_is_mine_to_change_and_my_role_is_not(sari):
    data = {
        "language": "en",
        "time_zone": "Asia/Makassar",
        "theme": "dark",
        "signature": "Sari",
        "role": "administrator",
    }
    signed_in(sari).post("/me/", data)
    sari.refresh_from_db()
    assert (sari.language, sari.time_zone, sari.theme, sari.signature) == ("en", "Asia/Makassar", "dark", "Sari")
    assert sari.role == "agent"
