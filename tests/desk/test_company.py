"""Who is at a case: seen by colleagues who may see the case, as ids, and gone within seconds."""

import json
import uuid
from typing import Any

import pytest
import redis

from crm.cases.models import Case
from crm.desk import company
from crm.desk.company import LASTS, channel, say, store
from crm.desk.live.audience import Audience, Listener
from crm.desk.live.hub import Hub
from crm.desk.live.presence import Presence, read
from crm.events.models import Event
from crm.messaging.models import Message
from crm.staff.access import Scope
from crm.staff.models import Role
from tests.desk.test_live_process import Stream, begun, cookie, port, sari  # noqa: F401
from tests.people import a_case, a_division, a_member, a_team, last_said

CASE = Audience(number=48107, team_id=7, division_id=None, assignee_id=None)
OTHERS = Audience(number=48108, team_id=8, division_id=None, assignee_id=None)
SARI = Listener(5, Scope("teams", team_ids=frozenset({7})))
DIMAS = Listener(6, Scope("teams", team_ids=frozenset({7})))
JOKO = Listener(9, Scope("teams", team_ids=frozenset({8})))


class TestPresence:
    def test_a_colleague_hears_who_looks_and_who_is_gone(self):
        here = Presence()
        here.hear((CASE, 12, "tab", "v"), 0)
        assert here.take(1).share_for(SARI).here == {48107: [(12, "v")]}
        here.hear((CASE, 12, "tab", ""), 2)
        assert here.take(3).share_for(SARI).here == {48107: []}

    def test_a_sign_of_life_is_no_news(self):
        here = Presence()
        here.hear((CASE, 12, "tab", "v"), 0)
        here.take(1)
        here.hear((CASE, 12, "tab", "v"), 15)
        assert not here.take(16)

    def test_who_gives_no_sign_of_life_is_gone_by_itself(self):
        here = Presence()
        here.hear((CASE, 12, "tab", "a"), 0)
        here.take(1)
        assert not here.take(LASTS - 1)
        assert here.take(LASTS + 1).share_for(SARI).here == {48107: []}
        assert here.whole_for(SARI).here == {}

    def test_of_two_tabs_the_busier_counts_and_closing_one_leaves_the_other(self):
        here = Presence()
        here.hear((CASE, 12, "one", "v"), 0)
        here.hear((CASE, 12, "two", "a"), 0)
        assert here.take(1).share_for(SARI).here == {48107: [(12, "a")]}
        here.hear((CASE, 12, "two", ""), 2)
        assert here.take(3).share_for(SARI).here == {48107: [(12, "v")]}

    def test_nobody_hears_of_a_case_they_may_not_see(self):
        here = Presence()
        for place in (CASE, OTHERS):
            here.hear((place, 12, "tab", "v"), 0)
        change = here.take(1)
        assert change.share_for(JOKO).here == {48108: [(12, "v")]}
        assert here.whole_for(JOKO).here == {48108: [(12, "v")]}

    def test_an_assignee_of_another_team_hears_of_their_own_case(self):
        lent, here = Audience(1, 8, None, SARI.user_id), Presence()
        here.hear((lent, 12, "tab", "v"), 0)
        assert here.take(1).share_for(SARI).here == {1: [(12, "v")]}

    def test_a_thousand_browsers_of_a_team_share_one_text(self):
        hub = Hub()
        boxes = [hub.open(Listener(number, SARI.scope), "") for number in range(1000)]
        for box in boxes:
            box.take_company()
        hub._presence.hear((CASE, 12, "tab", "v"), 0)
        hub.tell_company(1)
        said = {id(box.take_company()) for box in boxes}
        assert len(said) == 1

    def test_what_a_slow_browser_did_not_hear_yet_comes_together(self):
        hub = Hub()
        box = hub.open(SARI, "")
        box.take_company()
        for at, state in ((0, "v"), (2, "t")):
            hub._presence.hear((CASE, 12, "tab", state), at)
            hub._presence.hear((CASE, 13, "tab", state), at)
            hub.tell_company(at + 1)
        assert json.loads(box.take_company().text)["here"] == {"48107": [[12, "t"], [13, "t"]]}


@pytest.fixture
def kept():
    """What stands in the store; empty before and after."""

    def look() -> list[list[Any]]:
        found = [json.loads(text) for text in map(store().get, store().scan_iter(f"{channel()}:*")) if text]
        return sorted(found, key=str)

    def clear() -> None:
        for key in store().scan_iter(f"{channel()}:*"):
            store().delete(key)

    clear()
    yield look
    clear()


def told(client, case, **fields):
    return client.post(f"/cases/{case.number}/here/", {"tab": "tab-1", **fields}).status_code


def test_a_page_says_that_it_shows_a_case_and_that_it_does_not_any_more(as_user, dimas, case, kept):
    client = as_user(dimas)
    assert told(client, case) == 204
    assert kept() == [[case.number, case.team_id, None, None, dimas.pk, "tab-1", "v"]]
    key = next(store().scan_iter(f"{channel()}:*"))
    assert 0 < store().ttl(key) <= LASTS
    assert told(client, case, gone="1") == 204
    assert kept() == []


@pytest.fixture
def dimas(team):
    return a_member("Dimas Anggoro", teams=(team,))


def test_a_begun_answer_claims_only_what_nobody_has(as_user, dimas, case, kept):
    client = as_user(dimas)
    told(client, case, answers="1", types="1")
    assert kept()[0][-1] == "a"
    Case.objects.update(assignee=dimas)
    told(client, case, answers="1", types="1")
    assert kept()[0][-1] == "t"


def test_a_division_is_nowhere_near_a_case_it_may_not_see(as_user, case, kept):
    assert told(as_user(a_member("Lia", Role.DIVISION, division=a_division())), case) == 404
    assert kept() == []


def test_a_tab_has_a_plain_name(as_user, dimas, case, kept):
    assert told(as_user(dimas), case, tab="x:*\n") == 400
    assert kept() == []


def test_no_row_of_the_database_changes_by_typing(as_user, dimas, case, kept, django_assert_max_num_queries):
    client = as_user(dimas)
    told(client, case)
    events = Event.objects.count()
    with django_assert_max_num_queries(4):
        told(client, case, types="1")
    assert Event.objects.count() == events


def test_a_store_that_is_away_stops_nobody(as_user, dimas, case, monkeypatch):
    away = redis.Redis(port=1, socket_connect_timeout=0.2)
    monkeypatch.setattr(company, "store", lambda: away)
    assert told(as_user(dimas), case) == 204


def test_names_behind_ids(as_user, dimas):
    assert as_user(dimas).get(f"/people/names/?ids={dimas.pk},x,{10**20}").json() == {
        str(dimas.pk): ["Dimas", "DA", as_user(dimas).get(f"/people/names/?ids={dimas.pk}").json()[str(dimas.pk)][2],
                        dimas.username]
    }  # fmt: skip


def test_who_sends_the_answer_gets_the_case_that_nobody_had(as_user, dimas, case):
    said = {"text": "Halo Ibu Rina.", "key": uuid.uuid4().hex, "seen": last_said(case)}
    answer = {"way": "private", "road": road(as_user(dimas), case)} | said
    assert as_user(dimas).post(f"/cases/{case.number}/answer/", answer).status_code == 200
    case.refresh_from_db()
    assert case.assignee == dimas
    assert Message.objects.count() == 1
    assert Event.objects.get(kind="case.assigned").facts["answered"] is True


def test_an_answer_takes_a_case_from_nobody(as_user, dimas, ratna, case):
    Case.objects.update(assignee=dimas)
    answer = {"way": "private", "road": road(as_user(ratna), case), "text": "Halo Ibu Rina.", "key": uuid.uuid4().hex}
    as_user(ratna).post(f"/cases/{case.number}/answer/", answer)
    case.refresh_from_db()
    assert case.assignee == dimas


def road(client, case) -> str:
    roads = client.get(f"/cases/{case.number}/", headers={"HX-Request": "true"}).context["composer"].roads
    return next(one.value for one in roads if one.channel == "email")


@pytest.mark.django_db(transaction=True)
class TestTwoBrowsers:
    def test_one_looks_and_the_other_is_told_at_once_and_when_they_leave(self, port, cookie, sari):  # noqa: F811
        case = Case.objects.get(pk=a_case(team=sari.team).pk)
        place = Audience(case.number, case.team_id, None, None)
        foreign = Audience(Case.objects.get(pk=a_case(team=a_team("Call centre")).pk).number, 0, None, None)
        stream = begun(port, cookie)
        say(foreign, user_id=77, tab="x", state="v")
        say(place, user_id=78, tab="x", state="t")
        assert heard(stream) == {str(case.number): [[78, "t"]]}
        late = begun_with(port, cookie)
        assert late["data"] == {"all": True, "here": {str(case.number): [[78, "t"]]}}
        say(place, user_id=78, tab="x", state="")
        assert heard(stream) == {str(case.number): []}
        stream.close()


def heard(stream) -> dict:
    return stream.next("here")["data"]["here"]


def begun_with(port, cookie):  # noqa: F811
    stream = Stream(port, cookie)
    said = stream.next("here")
    stream.close()
    return said


def test_what_is_told_is_read_as_it_was_said(monkeypatch):
    said = json.dumps([1, 2, None, 4, 5, "tab", "v"])
    assert read(said) == (Audience(1, 2, None, 4), 5, "tab", "v")
