"""What the live process tells whom: nothing missed, nothing of other people's, never more than it can hold."""

import threading
from queue import Queue
from types import SimpleNamespace

import pytest
from django.conf import settings
from django.db import connection, transaction

from crm.cases import actions
from crm.cases.models import Case
from crm.desk.live import hub as hub_module
from crm.desk.live import tail as tail_module
from crm.desk.live.audience import Audience, Listener, News, rooms_of
from crm.desk.live.door import admit, allowed_origin
from crm.desk.live.hub import Hub, Mailbox
from crm.desk.live.stream import _age
from crm.desk.live.tail import Tail
from crm.desk.models import Notification
from crm.staff.access import Scope
from tests.connections import somebody_else, until_somebody_waits
from tests.people import a_case, a_division, a_member

MINE = Audience(number=1, team_id=7, division_id=None, assignee_id=None)
SARI = Listener(5, Scope("teams", team_ids=frozenset({7})))


def numbers(news: News) -> set[int]:
    return {place.number for place in news.cases}


@pytest.fixture
def tail(db: None) -> Tail:
    begun = Tail()
    begun.begin()
    return begun


def test_a_changed_state_reaches_its_owner_and_those_who_lead():
    ratna = Listener(9, Scope("teams"), leads=True)
    news = News(people=frozenset({5}))
    assert (news.topics_for(SARI), news.topics_for(ratna)) == ({"me"}, {"people"})
    assert news.topics_for(Listener(6, Scope("teams"))) == set()


def test_an_agent_hears_of_her_teams_cases_and_of_no_others():
    other = Audience(number=2, team_id=8, division_id=None, assignee_id=None)
    assert News((MINE, other)).topics_for(SARI) == {"case:1", "queues"}


def test_she_hears_of_her_own_case_wherever_it_is_and_her_strip_moves():
    lent = Audience(number=3, team_id=8, division_id=None, assignee_id=5)
    assert News((lent,)).topics_for(SARI) == {"case:3", "queues", "strip"}


def test_a_division_hears_of_what_it_holds_only():
    togar = Listener(6, Scope("division", division_id=4))
    held = Audience(number=4, team_id=7, division_id=4, assignee_id=None)
    assert News((MINE, held)).topics_for(togar) == {"case:4", "queues"}


def test_somebody_without_a_division_hears_nothing():
    nobody = Listener(6, Scope("division", division_id=None))
    assert News((MINE,)).topics_for(nobody) == set()


def test_whoever_looks_at_the_programme_hears_that_its_counts_changed():
    rooms = rooms_of([("caring.closed", "task", 1), ("case.opened", "case", 2)])
    assert rooms == {"caring"}
    assert News(rooms=rooms).topics_for(SARI) == {"caring"}


def test_a_bell_rings_for_one():
    assert News(bells=frozenset({5})).topics_for(SARI) == {"bell"}
    assert News(bells=frozenset({6})).topics_for(SARI) == set()


@pytest.mark.django_db(transaction=True)
class TestTail:
    def test_what_was_before_it_began_is_not_told(self, case):
        tail = Tail()
        tail.begin()
        assert numbers(tail.look()) == set()

    def test_each_event_is_told_once(self, tail, case, sari):
        tail.look()
        actions.add_note(case=case, text="x", by=sari)
        assert numbers(tail.look()) == {case.number}
        assert numbers(tail.look()) == set()

    def test_a_transaction_that_commits_late_is_not_skipped(self, tail, case, sari, team):
        tail.look()
        other = Case.objects.get(pk=a_case(team=team).pk)
        tail.look()
        with somebody_else() as does:
            with transaction.atomic():
                actions.add_note(case=case, text="begun early", by=sari)
                waiting = does(actions.add_note, case=case, text="behind it", by=sari)
                until_somebody_waits()
                assert numbers(does_look(tail)) == set()
            waiting.result()
        actions.add_note(case=other, text="begun later", by=sari)
        assert numbers(tail.look()) == {case.number, other.number}

    def test_who_loses_a_case_hears_of_it_too(self, tail, case, sari, joko):
        actions.add_note(case=case, text="x", by=sari)
        tail.look()
        actions.assign_case(case=case, by=sari, team=joko.team, assignee=joko)
        places = {place.team_id for place in tail.look().cases}
        assert places == {case.team_id, joko.team_id}

    def test_an_answer_is_told_by_its_case(self, tail, case, sari):
        tail.look()
        actions.answer_case(case=case, text="Halo", by=sari, channel="email", recipient="rina@example.com")
        assert numbers(tail.look()) == {case.number}

    def test_a_notification_rings_its_owner(self, tail, case, sari):
        tail.look()
        Notification.objects.create(user=sari, case=case, kind="warned", event_id=1, at=case.opened_at)
        assert tail.look().bells == {sari.pk}
        assert tail.look().bells == frozenset()

    def test_too_much_at_once_is_everything_and_once_more_when_it_is_over(self, tail, case, sari, monkeypatch):
        monkeypatch.setattr(tail_module, "MOST", 3)
        tail.look()
        for number in range(4):
            actions.add_note(case=case, text=str(number), by=sari)
        assert tail.look().everything
        assert tail.look().everything
        assert not tail.look().everything


@pytest.mark.django_db(transaction=True)
def test_a_database_that_went_away_is_waited_for_and_nothing_is_missed(case, sari, monkeypatch):
    monkeypatch.setattr(tail_module, "PAUSE_AFTER_FAILURE", 0.05)
    heard, stop = Queue(), threading.Event()
    thread = threading.Thread(target=tail_module.follow, args=(Tail(), lambda news, age: heard.put(news), stop))
    thread.start()
    heard.get(timeout=60)
    end_other_connections()
    actions.add_note(case=case, text="while it was away", by=sari)
    told = set()
    while case.number not in told:
        told |= numbers(heard.get(timeout=60))
    stop.set()
    thread.join()


def end_other_connections() -> None:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT count(pg_terminate_backend(pid)) FROM pg_stat_activity"
            " WHERE datname = current_database() AND pid <> pg_backend_pid()"
        )
        assert cursor.fetchone()[0] >= 1


def does_look(tail: Tail) -> News:
    """A look on another connection, as the process has."""
    with somebody_else() as does:
        return does(tail.look).result()


class TestHub:
    def put(self, hub, *places, everything=False):
        hub.hear(News(places, everything=everything), 1.0)

    def test_a_browser_that_comes_back_hears_what_it_missed(self):
        hub = Hub()
        self.put(hub, MINE)
        self.put(hub, Audience(2, 7, None, None))
        assert hub.open(SARI, f"{hub.boot}-1").take() == (2, ["case:2", "queues"])

    def test_one_that_missed_nothing_hears_nothing(self):
        hub = Hub()
        self.put(hub, MINE)
        assert hub.open(SARI, f"{hub.boot}-1").ready.is_set() is False

    @pytest.mark.parametrize("after", ["another-boot-1", "nonsense", "deadbeef-1"])
    def test_one_from_before_a_restart_fetches_everything(self, after):
        assert Hub().open(SARI, after).take() == (0, None)

    def test_one_that_was_away_too_long_fetches_everything(self, monkeypatch):
        monkeypatch.setattr(hub_module, "KEPT", 2)
        hub = Hub()
        for number in range(4):
            self.put(hub, Audience(number, 7, None, None))
        assert hub.open(SARI, f"{hub.boot}-1").take() == (4, None)

    def test_a_page_hears_what_happened_since_it_was_asked_for_and_no_more(self, monkeypatch):
        moments = iter([10.0, 20.0, 30.0, 30.5])
        monkeypatch.setattr(hub_module, "time", SimpleNamespace(monotonic=moments.__next__))
        hub = Hub()
        for number in (1, 2, 3):
            self.put(hub, Audience(number, 7, None, None))
        assert hub.open(SARI, "", age=1).take() == (3, ["case:3", "queues"])

    def test_a_page_older_than_what_is_known_fetches_everything(self, monkeypatch):
        assert Hub().open(SARI, "", age=0.1).take() == (0, None)
        monkeypatch.setattr(hub_module, "KEPT", 2)
        hub = Hub()
        for _time in range(3):
            self.put(hub, MINE)
        assert hub.open(SARI, "", age=0.1).take() == (3, None)

    def test_a_slow_browser_holds_no_more_than_a_handful(self):
        box = Mailbox(SARI)
        for number in range(hub_module.MOST_TOPICS + 5):
            box.put(number, News((Audience(number, 7, None, None),)))
        assert box.take()[1] is None
        assert box.topics == set()

    def test_what_comes_together_is_told_together(self):
        hub = Hub()
        box = hub.open(SARI, "")
        self.put(hub, MINE)
        self.put(hub, MINE, Audience(2, 7, None, None))
        assert box.take() == (2, ["case:1", "case:2", "queues"])

    def test_a_closed_browser_is_forgotten(self):
        hub = Hub()
        box = hub.open(SARI, "")
        hub.close(box)
        assert hub.size == 0


@pytest.mark.parametrize(("asked", "age"), [("2.5", 2.5), ("-1", 0), ("nan", 0), ("soon", 0), ("", 0)])
def test_an_age_that_is_no_age_is_none(asked, age):
    assert _age({"age": [asked]}) == age


def headers(**given: str) -> dict[bytes, bytes]:
    return {name.encode(): value.encode() for name, value in given.items()}


def test_our_own_pages_may_listen_from_another_port():
    assert allowed_origin(headers(host="127.0.0.1:8001", origin="http://127.0.0.1:8000")) == b"http://127.0.0.1:8000"
    assert allowed_origin(headers(host="care.example")) == b""


def test_a_strangers_page_may_not():
    assert allowed_origin(headers(host="127.0.0.1:8001", origin="http://evil.example")) is None


def test_in_production_only_the_named_origin_may(settings):
    settings.PRODUCTION, settings.SITE_URL = True, "https://care.example"
    assert allowed_origin(headers(host="care.example", origin="https://care.example")) == b"https://care.example"
    assert allowed_origin(headers(host="care.example", origin="https://care.example:444")) is None


@pytest.mark.django_db(transaction=True)
def test_the_door_knows_a_session_and_no_other(as_user, sari):
    key = as_user(sari).cookies[settings.SESSION_COOKIE_NAME].value
    assert admit(key).user_id == sari.pk
    assert admit("x" * 32) is None


@pytest.mark.django_db(transaction=True)
def test_the_door_is_shut_to_who_was_signed_out_everywhere(as_user, sari):
    key = as_user(sari).cookies[settings.SESSION_COOKIE_NAME].value
    type(sari).objects.filter(pk=sari.pk).update(session_epoch=1)
    assert admit(key) is None


@pytest.mark.django_db(transaction=True)
def test_the_door_is_shut_to_a_deactivated_account(as_user):
    leaver = a_member("Dimas", division=a_division())
    key = as_user(leaver).cookies[settings.SESSION_COOKIE_NAME].value
    type(leaver).objects.filter(pk=leaver.pk).update(is_active=False)
    assert admit(key) is None
