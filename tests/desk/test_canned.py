"""Texts written once: who sees which, what fills itself in, what holds an answer back."""

import datetime as dt
import json
from pathlib import Path

import pytest
from django.urls import reverse
from django.utils import timezone

from crm.cases import actions
from crm.customers.models import Customer
from crm.desk.canned.actions import ShortcutTaken, count_use, keep_reply
from crm.desk.canned.fields import fields_in, filled, greeting, known_of
from crm.desk.models import CannedReply, CannedUse
from crm.messaging.models import Message
from tests.desk.conftest import HTMX
from tests.people import a_line, a_member, a_team

NOON = dt.datetime(2026, 11, 24, 5, 0, tzinfo=dt.UTC)  # 12.00 WIB
SAME = json.loads((Path(__file__).parents[1] / "js" / "fields.json").read_text())


def a_reply(by, shortcut="maaf", text="Mohon maaf, {nama}.", **fields):
    return keep_reply(reply=CannedReply(shortcut=shortcut, title=shortcut.title(), text=text, **fields), by=by)


def offered(client, case, query=""):
    return client.get(reverse("desk:canned-offer", args=[case.number]), {"q": query}, headers=HTMX).content.decode()


@pytest.mark.parametrize("one", SAME)
def test_open_fields_are_found_as_the_page_finds_them(one):
    assert fields_in(one["text"]) == list(dict.fromkeys(one["fields"]))


def test_what_is_known_fills_itself_in_and_the_rest_stays_open(case, sari):
    Customer.objects.filter(pk=case.customer_id).update(honorific="Ibu")
    a_line(case.customer, "+6281200004471")
    promise = actions.make_promise(case=case, text="Kabari", due_at=timezone.now() + dt.timedelta(minutes=1), by=sari)
    case.refresh_from_db()
    known = known_of(case, sari, language="id", at=NOON)
    text = filled("{salam} {nama}, {produk} {kasus}. {Agen}, {janji}. {jam pulih}", known)
    assert text.startswith(f"Selamat siang Ibu Rina, simPATI #{case.number}. Sari, ")
    assert f"{timezone.localtime(promise.due_at):%H.%M}" in text
    assert fields_in(text) == ["jam pulih"]


def test_of_two_products_none_is_guessed(case, sari):
    for msisdn, product in (("+6281200004471", "simPATI"), ("+6281200004472", "kartuHALO")):
        a_line(case.customer, msisdn, product)
    assert "product" not in known_of(case, sari, language="id", at=NOON)


@pytest.mark.parametrize(("hour", "said"), [(3, "malam"), (4, "pagi"), (11, "siang"), (15, "sore"), (18, "malam")])
def test_one_greets_by_the_customers_clock(hour, said):
    assert greeting(hour, language="id") == f"Selamat {said}"


def test_own_team_and_everybodys_are_offered_nobody_elses(desk, case, sari, joko):
    a_reply(sari, "punyaku", sharing="own")
    a_reply(sari, "tim", sharing="team", team=case.team)
    a_reply(sari, "semua", sharing="all")
    a_reply(joko, "joko", sharing="own")
    a_reply(joko, "lain", sharing="team", team=a_team("Lain"))
    a_reply(joko, "mati", sharing="all", is_active=False)
    page = offered(desk, case)
    assert [word for word in ("punyaku", "tim", "semua", "joko", "lain", "mati") if f"/{word}<" in page] == [
        "punyaku", "tim", "semua",
    ]  # fmt: skip


def test_the_list_is_searched_by_shortcut_title_and_words(desk, case, ratna):
    a_reply(ratna, "apn", text="Buka Pengaturan, lalu APN.", sharing="all")
    a_reply(ratna, "maaf", sharing="all")
    assert ("/apn<" in offered(desk, case, "pengatur"), "/maaf<" in offered(desk, case, "pengatur")) == (True, False)
    assert "No text fits “zzz”." in offered(desk, case, "zzz")


def test_what_one_uses_most_comes_first_and_the_customers_language_before_others(desk, case, ratna, sari):
    english = a_reply(ratna, "sorry", language="en", sharing="all")
    seldom, often = a_reply(ratna, "a-seldom", sharing="all"), a_reply(ratna, "b-often", sharing="all")
    for reply, times in ((seldom, 1), (often, 3), (english, 9)):
        for _time in range(times):
            count_use(reply=reply, by=sari)
    page = offered(desk, case)
    assert page.index("/b-often") < page.index("/a-seldom") < page.index("/sorry")


def test_a_use_is_counted(desk, ratna, sari):
    reply = a_reply(ratna, sharing="all")
    for _time in range(2):
        desk.post(reverse("desk:canned-used", args=[reply.pk]))
    assert CannedUse.objects.get(user=sari, reply=reply).times == 2


def test_offering_costs_the_same_with_three_and_with_thirty(desk, case, ratna, django_assert_max_num_queries):
    for number in range(30):
        a_reply(ratna, f"teks-{number}", sharing="all")
    with django_assert_max_num_queries(11):
        offered(desk, case)


def test_an_answer_with_an_open_field_is_not_sent_and_says_which(desk, case):
    road = f"email:{case.customer.contact_points.get(kind='email').pk}"
    data = {"way": "private", "road": road, "text": "Pulih {jam pulih}, ya {nama}.", "key": "k"}
    answer = desk.post(reverse("desk:answer", args=[case.number]), data, headers=HTMX)
    assert answer.status_code == 422
    assert "Fill in {jam pulih}, {nama} first, or take it out." in answer.content.decode()
    assert 'data-blank="{jam pulih}"' in answer.content.decode()
    assert not Message.objects.exists()
    assert case.clocks.get(kind="response").stopped_at is None


def test_a_note_may_hold_braces(desk, case):
    data = {"way": "note", "text": "Log: {error}", "key": "k"}
    assert desk.post(reverse("desk:answer", args=[case.number]), data, headers=HTMX).status_code == 200
    assert case.notes.get().text == "Log: {error}"


# --- the page where they are kept
FORM = {"title": "Maaf", "shortcut": "Maaf", "language": "id", "text": "Mohon maaf, {nama}."}


def test_an_agent_writes_their_own_and_nobody_elses(as_user, sari, ratna, team):
    client = as_user(sari)
    assert client.post(reverse("desk:canned-new"), FORM | {"sharing": "own"}).status_code == 302
    mine = CannedReply.objects.get()
    assert (mine.owner, mine.shortcut, mine.is_active) == (sari, "maaf", True)
    assert client.post(reverse("desk:canned-new"), FORM | {"sharing": "all"}).status_code == 422
    theirs = a_reply(ratna, "tim", sharing="team", team=team)
    assert client.post(reverse("desk:canned-reply", args=[theirs.pk]), FORM | {"sharing": "own"}).status_code == 403
    assert client.post(reverse("desk:canned-switch", args=[theirs.pk])).status_code == 403
    assert CannedReply.objects.get(pk=theirs.pk).is_active
    assert CannedReply.objects.count() == 2


def test_a_supervisor_writes_for_their_teams_only(as_user, ratna, team):
    client, other = as_user(ratna), a_team("Lain")
    shared = FORM | {"sharing": "team"}
    assert client.post(reverse("desk:canned-new"), shared | {"team": other.pk}).status_code == 422
    assert client.post(reverse("desk:canned-new"), shared | {"team": team.pk}).status_code == 302
    foreign = a_reply(ratna, "lain", sharing="team", team=other)
    assert client.get(reverse("desk:canned-reply", args=[foreign.pk])).status_code == 404
    assert CannedReply.objects.get(shortcut="maaf").team == team


def test_a_division_has_no_canned_replies(as_user):
    assert as_user(a_member("Togar Simanjuntak", "division")).get(reverse("desk:canned")).status_code == 403


def test_within_a_circle_a_shortcut_finds_one_text(desk, sari, ratna):
    a_reply(sari, sharing="own")
    page = desk.post(reverse("desk:canned-new"), FORM | {"sharing": "own"})
    assert "has this shortcut" in page.content.decode()
    with pytest.raises(ShortcutTaken):
        a_reply(sari, "MAAF", sharing="own")
    a_reply(ratna, sharing="all")
    assert CannedReply.objects.count() == 2


def test_switched_off_it_is_gone_from_the_list_and_can_come_back(desk, sari):
    reply = a_reply(sari, sharing="own")
    desk.post(reverse("desk:canned-switch", args=[reply.pk]), {"on": "0"})
    assert "/maaf<" not in desk.get(reverse("desk:canned")).content.decode()
    assert "/maaf<" in desk.get(reverse("desk:canned"), {"off": "on"}).content.decode()
    desk.post(reverse("desk:canned-switch", args=[reply.pk]), {"on": "1"})
    assert CannedReply.objects.get().is_active


def test_a_copy_is_ones_own(desk, ratna, sari):
    reply = a_reply(ratna, sharing="all")
    page = desk.get(reverse("desk:canned-new"), {"copy": reply.pk}).content.decode()
    assert "Maaf (copy)" in page
    assert "maaf-2" in page
    assert CannedReply.objects.count() == 1


def test_every_version_says_what_it_was_and_who_changed_it(as_user, ratna, transactional_db):
    client = as_user(ratna)
    reply = a_reply(ratna, text="Versi pertama.", sharing="all")
    client.post(reverse("desk:canned-reply", args=[reply.pk]), FORM | {"sharing": "all"})
    page = client.get(reverse("desk:canned-reply", args=[reply.pk])).content.decode()
    assert "Versi pertama." in page
    assert "changed by Ratna Kusumaningrum" in page


def test_the_page_goes_on_by_keyset(desk, ratna):
    for number in range(35):
        a_reply(ratna, f"teks-{number:02}", sharing="all")
    first = desk.get(reverse("desk:canned")).content.decode()
    last = CannedReply.objects.order_by("title", "pk")[29]
    assert f"?after={last.pk}" in first
    second = desk.get(reverse("desk:canned"), {"after": last.pk}).content.decode()
    assert "/teks-30<" in second
    assert "/teks-29<" not in second


def test_the_list_costs_the_same_with_three_and_with_thirty(desk, ratna, django_assert_max_num_queries):
    for number in range(30):
        a_reply(ratna, f"teks-{number}", sharing="all")
    with django_assert_max_num_queries(14):
        desk.get(reverse("desk:canned"))
