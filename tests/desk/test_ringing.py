"""The bell: its menu and page, what may ring, and when it is quiet."""

import datetime as dt

import pytest
from django.utils import timezone

from crm.desk.models import Notification, Ringing
from crm.desk.ringing import bell_of
from crm.staff.actions import set_presence
from crm.staff.models import Presence
from tests.desk.conftest import HTMX
from tests.desk.test_pages import queries_of
from tests.people import a_case


@pytest.fixture
def ringing_sari(sari):
    set_presence(user=sari, presence=Presence.AVAILABLE)
    Ringing.objects.create(user=sari, by_browser=True)
    return sari


def a_line(user, case=None, number=[0], **fields):  # noqa: B006
    number[0] += 1
    fields = {"kind": "warned", "clock": "response", "percent": 80, "at": timezone.now()} | fields
    return Notification.objects.create(user=user, case=case, event_id=number[0], **fields)


def test_the_menu_has_one_line_a_case_and_a_tab_for_mentions(as_user, sari, case):
    a_line(sari, case, percent=50)
    a_line(sari, case, percent=80)
    a_line(sari, case, kind="mentioned", words="sektor 3", at=timezone.now() - dt.timedelta(minutes=5))
    menu = as_user(sari).get("/notifications/", headers={"HX-Request": "true"}).content.decode()
    assert menu.count("note-i") == 1
    assert "80 %" in menu
    assert "and 2 more" in menu
    mentions = as_user(sari).get("/notifications/?tab=mentions", **HTMX).content.decode()
    assert "sektor 3" in mentions
    assert "80 %" not in mentions


def test_opening_a_line_reads_what_rang_for_its_case_before(as_user, sari, case):
    older, newer = a_line(sari, case), a_line(sari, case)
    as_user(sari).get(f"/notifications/{newer.pk}/")
    older.refresh_from_db()
    assert older.read_at is not None


def test_the_page_goes_back_to_the_beginning(as_user, sari, case):
    now = timezone.now()
    for minute in range(30):
        a_line(sari, case, at=now - dt.timedelta(minutes=minute))
    client = as_user(sari)
    first = client.get("/notifications/")
    assert first.content.decode().count("note-i") == 25
    second = client.get(first.context["older_url"])
    assert second.content.decode().count("note-i") == 5
    assert "older_url" not in second.context


def test_the_menu_costs_the_same_however_much_is_in_it(as_user, sari, team):
    client = as_user(sari)
    for _ in range(2):
        a_line(sari, a_case(team=team))
    client.get("/notifications/", **HTMX)
    few = queries_of(client, "/notifications/", **HTMX)
    for _ in range(20):
        a_line(sari, a_case(team=team))
    assert queries_of(client, "/notifications/", **HTMX) == few


def test_a_line_about_no_case_leads_where_it_says(as_user, sari):
    line = a_line(sari, kind="job", url="/desk/", words="5.121 diubah")
    assert "5.121 diubah" in as_user(sari).get("/notifications/").content.decode()
    assert as_user(sari).get(f"/notifications/{line.pk}/").url == "/desk/"


def test_names_in_a_line_are_text(as_user, sari, ratna, case):
    ratna.name = "<i>Ratna</i>"
    ratna.save()
    a_line(sari, case, kind="assigned", by=ratna)
    assert "<b>&lt;i&gt;Ratna&lt;/i&gt;</b> gave you a case" in as_user(sari).get("/notifications/").content.decode()


def test_quiet_for_an_hour_and_ringing_again(as_user, sari, case):
    client = as_user(sari)
    a_line(sari, case)
    client.post("/notifications/quiet/", {"minutes": "60"})
    assert bell_of(sari).is_quiet
    assert bell_of(sari).rings == 0
    client.post("/notifications/quiet/", {"minutes": "0"})
    assert client.post("/notifications/quiet/", {"minutes": "17"}).status_code == 400
    assert Ringing.objects.get().quiet_until is None


def test_quiet_ends_by_itself(sari):
    Ringing.objects.create(user=sari, quiet_until=timezone.now() - dt.timedelta(seconds=1), quiet_when_away=False)
    assert not bell_of(sari).is_quiet


def test_quiet_in_wrap_up_unless_one_wants_it_otherwise(ringing_sari):
    assert not bell_of(ringing_sari).is_quiet
    set_presence(user=ringing_sari, presence=Presence.WRAP_UP)
    assert bell_of(ringing_sari).is_quiet
    Ringing.objects.update(quiet_when_away=False)
    assert not bell_of(ringing_sari).is_quiet


def test_what_rings_is_chosen_on_a_page(as_user, sari):
    client = as_user(sari)
    assert 'value="mentioned"' in client.get("/notifications/choose/").content.decode()
    client.post("/notifications/choose/", {"rings": ["mentioned"], "by_browser": "on"})
    chosen = Ringing.objects.get()
    assert chosen.by_browser
    assert not chosen.quiet_when_away
    assert "mentioned" not in chosen.muted
    assert "warned" in chosen.muted


def test_the_browser_hears_kind_and_number_and_nothing_about_anybody(as_user, ringing_sari, case):
    client = as_user(ringing_sari)
    a_line(ringing_sari, case)
    before = client.get("/notifications/ring/").json()
    assert before["ring"] == []
    line = a_line(ringing_sari, case, kind="mentioned", words="nomor 0812")
    heard = client.get(f"/notifications/ring/?after={before['last']}").json()
    title = f"Mentioned you #{case.number}"
    assert heard["ring"] == [{"id": line.pk, "title": title, "url": f"/notifications/{line.pk}/"}]


def test_the_browser_hears_nothing_in_quiet_nor_unasked(as_user, ringing_sari, case):
    client = as_user(ringing_sari)
    a_line(ringing_sari, case)
    set_presence(user=ringing_sari, presence=Presence.AWAY)
    assert client.get("/notifications/ring/?after=0").json()["ring"] == []
    set_presence(user=ringing_sari, presence=Presence.BUSY)
    Ringing.objects.update(by_browser=False)
    assert client.get("/notifications/ring/?after=0").json()["ring"] == []
