"""Lists of cases: what they show, what narrows them, how they are paged."""

import datetime as dt

import pytest
from django.utils import timezone

from crm.cases.models import Breach, Case, Category, SlaClock
from tests.api.people import CASES, Caller, wrong_fields
from tests.people import a_case, a_customer, a_line

pytestmark = pytest.mark.django_db
NOW = timezone.now()


@pytest.fixture(autouse=True)
def _policy(policy, call_team):
    pass


def ago(**span):
    return timezone.now() - dt.timedelta(**span)


def stamp(**span):
    return ago(**span).isoformat().replace("+00:00", "Z")


def numbers(answer):
    assert answer.status_code == 200, answer.content
    return [case["number"] for case in answer.json()["items"]]


def test_the_newest_come_first(caller):
    older, newer = a_case(ago(hours=2)), a_case(ago(hours=1))
    assert numbers(caller.get(CASES)) == [newer.number, older.number]


def test_a_queue_begins_with_the_nearest_deadline(caller):
    later, sooner = a_case(ago(minutes=1)), a_case(ago(minutes=9))
    assert numbers(caller.get(f"{CASES}?queue=all")) == [sooner.number, later.number]


def test_what_has_no_deadline_comes_last(caller):
    idle, busy = a_case(ago(minutes=9)), a_case(ago(minutes=1))
    Case.objects.filter(pk=idle.pk).update(due_at=None, due_kind="")
    assert numbers(caller.get(f"{CASES}?ordering=deadline")) == [busy.number, idle.number]


def test_by_deadline_means_running(caller):
    done, running = a_case(), a_case()
    Case.objects.filter(pk=done.pk).update(state="closed", due_at=None)
    assert numbers(caller.get(f"{CASES}?ordering=deadline")) == [running.number]


def test_a_list_costs_the_same_however_long_it_is(caller, agent, django_assert_num_queries):
    for _ in range(3):
        a_case(assignee=agent)
    caller.get(CASES)  # names are read once in a while
    with django_assert_num_queries(2):
        caller.get(CASES)
    for _ in range(10):
        a_case(assignee=agent)
    with django_assert_num_queries(2):
        caller.get(CASES)


def test_names_cost_one_query_a_kind_when_they_are_new(caller, agent, django_assert_num_queries):
    a_case(assignee=agent)
    with django_assert_num_queries(4):
        caller.get(CASES)


def test_a_row_says_who_has_the_case(caller, agent):
    a_case(assignee=agent)
    row = caller.get(CASES).json()["items"][0]
    assert (row["team"], row["assignee"]) == ("call", {"staff_number": "104417", "name": "Dewi"})


def test_no_list_shows_a_number_or_an_address(caller):
    a_case(customer=a_customer(msisdn="+6281234567890", email="rina@example.com"))
    content = caller.get(CASES).content
    assert b"7890" not in content
    assert b"rina@" not in content


def test_replayed_history_is_left_out(caller):
    a_case(ago(days=400), is_archive=True)
    assert numbers(caller.get(CASES)) == []


def test_a_client_of_one_team_lists_that_teams_cases(caller, system, social_team):
    mine = a_case(team=social_team)
    a_case()
    type(system).objects.update(team=social_team)
    assert numbers(caller.get(CASES)) == [mine.number]


class TestFilters:
    def test_state_may_be_named_more_than_once(self, caller):
        new, opened, closed = a_case(ago(hours=3)), a_case(ago(hours=2)), a_case(ago(hours=1))
        Case.objects.filter(pk=opened.pk).update(state="open")
        Case.objects.filter(pk=closed.pk).update(state="closed")
        assert numbers(caller.get(f"{CASES}?state=new&state=open")) == [opened.number, new.number]

    @pytest.mark.parametrize("query", ["kind=question", "channel=x", "category=data", "tag=kuota", "team=social"])
    def test_one_word_narrows(self, caller, social_team, query):
        a_case()
        data = Category.objects.create(code="data", name="Data", name_en="Data")
        mine = a_case(kind="question", channel="x", category=data, tags=["kuota"], team=social_team)
        assert numbers(caller.get(f"{CASES}?{query}")) == [mine.number]

    def test_by_who_has_it(self, caller, agent):
        a_case()
        mine = a_case(assignee=agent)
        assert numbers(caller.get(f"{CASES}?assignee=104417")) == [mine.number]

    def test_by_customer(self, caller):
        a_case()
        mine = a_case()
        assert numbers(caller.get(f"{CASES}?customer={mine.customer_id}")) == [mine.number]

    @pytest.mark.parametrize("written", ["081234567890", "6281234567890", "%2B62 812-3456-7890"])
    def test_by_number_however_it_is_written(self, caller, written):
        a_case()
        known = a_case(ago(hours=1), customer=a_customer(msisdn="+6281234567890"))
        assert numbers(caller.get(f"{CASES}?msisdn={written}")) == [known.number]

    def test_by_the_number_of_a_line(self, caller):
        case = a_case()
        a_line(case.customer, "+6281234567890")
        a_case()
        assert numbers(caller.get(f"{CASES}?msisdn=081234567890")) == [case.number]

    def test_a_number_nobody_has_finds_nothing(self, caller):
        a_case()
        assert numbers(caller.get(f"{CASES}?msisdn=081111111111")) == []

    def test_by_when_it_was_opened(self, caller):
        a_case(ago(hours=9))
        inside = a_case(ago(hours=5))
        a_case(ago(hours=1))
        span = f"opened_after={stamp(hours=6)}&opened_before={stamp(hours=4)}"
        assert numbers(caller.get(f"{CASES}?{span}")) == [inside.number]

    def test_by_when_it_is_due(self, caller):
        soon = a_case(ago(minutes=14))
        a_case(ago(minutes=1))
        assert numbers(caller.get(f"{CASES}?due_before={stamp(minutes=-5)}")) == [soon.number]

    def test_a_breach_counts_whether_or_not_the_sweep_saw_it(self, caller):
        unseen, seen, fine = a_case(ago(minutes=20)), a_case(ago(minutes=10)), a_case()
        clock = SlaClock.objects.filter(case=seen).first()
        Breach.objects.create(clock=clock, case=seen, kind="response", due_at=clock.due_at, detected_at=NOW)
        assert sorted(numbers(caller.get(f"{CASES}?breached=true"))) == sorted([unseen.number, seen.number])
        assert numbers(caller.get(f"{CASES}?breached=false")) == [fine.number]

    @pytest.mark.parametrize(
        ("queue", "minutes_ago"), [("breached", 20), ("at_risk", 12), ("unassigned", 1), ("waiting", 2), ("all", 1)]
    )
    def test_queues_are_those_of_the_desk(self, caller, agent, queue, minutes_ago):
        late, risky, fresh = a_case(ago(minutes=20)), a_case(ago(minutes=12)), a_case(ago(minutes=1))
        waiting = a_case(ago(minutes=2), assignee=agent)
        Case.objects.filter(pk=waiting.pk).update(state="waiting", waiting_for="customer", waiting_since=NOW)
        found = numbers(caller.get(f"{CASES}?queue={queue}"))
        named = {20: late, 12: risky, 1: fresh, 2: waiting}
        assert named[minutes_ago].number in found
        assert len(found) == {"breached": 1, "at_risk": 1, "unassigned": 3, "waiting": 1, "all": 4}[queue]

    @pytest.mark.parametrize(
        ("query", "wrong"),
        [
            ("stat=new", {"stat": "unknown"}),
            ("state=old", {"state": "invalid_choice"}),
            ("queue=mine", {"queue": "invalid_choice"}),
            ("team=nowhere", {"team": "invalid_choice"}),
            ("msisdn=12", {"msisdn": "invalid"}),
            ("customer=rina", {"customer": "invalid"}),
            ("opened_after=yesterday", {"opened_after": "invalid"}),
            ("opened_after=2026-11-22T00:00:00", {"opened_after": "invalid"}),
            ("due_before=2026-13-01T00:00:00Z", {"due_before": "invalid"}),
            ("breached=perhaps", {"breached": "invalid_choice"}),
            ("tag=%00", {"tag": "null_characters_not_allowed"}),
            ("limit=0", {"limit": "invalid"}),
            ("limit=101", {"limit": "invalid"}),
            ("limit=many", {"limit": "invalid"}),
            ("limit=" + "9" * 5000, {"limit": "invalid"}),
            ("ordering=random", {"ordering": "invalid"}),
            ("cursor=x", {"cursor": "invalid"}),
        ],
    )
    def test_what_is_wrong_is_named(self, caller, query, wrong):
        answer = caller.get(f"{CASES}?{query}")
        assert (answer.status_code, wrong_fields(answer)) == (400, wrong)


class TestPages:
    @pytest.fixture
    def seven(self):
        return [a_case(ago(minutes=number)) for number in range(7)]

    def walk(self, caller, path, between=lambda: None):
        found = []
        while path:
            answer = caller.get(path)
            found += numbers(answer)
            path = answer.json()["next"]
            between()
        return found

    @pytest.mark.parametrize("ordering", ["newest", "deadline"])
    def test_every_case_comes_once(self, caller, seven, ordering):
        Case.objects.filter(pk__in=[one.pk for one in seven[:4]]).update(due_at=None)
        expected = numbers(caller.get(f"{CASES}?ordering={ordering}"))
        assert len(expected) == 7
        assert self.walk(caller, f"{CASES}?ordering={ordering}&limit=2") == expected

    @pytest.mark.parametrize("ordering", ["newest", "deadline"])
    def test_cases_of_one_instant_come_once(self, caller, ordering):
        cases = [a_case(NOW) for _ in range(5)]
        found = self.walk(caller, f"{CASES}?ordering={ordering}&limit=2")
        assert sorted(found) == [case.number for case in cases]

    @pytest.mark.parametrize("ordering", ["newest", "deadline"])
    def test_what_comes_in_meanwhile_moves_no_page(self, caller, seven, ordering):
        path = f"{CASES}?ordering={ordering}&limit=2"
        found = self.walk(
            caller, path, between=lambda: a_case(ago(minutes=-1) if ordering == "newest" else ago(hours=1))
        )
        assert sorted(found) == [case.number for case in seven]

    def test_the_next_page_is_a_link(self, caller, seven):
        answer = caller.get(f"{CASES}?limit=2")
        assert answer["Link"] == f'<{answer.json()["next"]}>; rel="next"'

    def test_the_last_page_has_no_next(self, caller, seven):
        answer = caller.get(f"{CASES}?limit=7")
        assert answer.json()["next"] is None
        assert "Link" not in answer

    def test_a_cursor_serves_only_the_list_it_came_from(self, caller, seven):
        following = caller.get(f"{CASES}?limit=2").json()["next"]
        assert wrong_fields(caller.get(f"{following}&kind=question")) == {"cursor": "invalid"}
        assert wrong_fields(caller.get(f"{following}&ordering=deadline")) == {"cursor": "invalid"}

    def test_the_size_of_a_page_may_change_on_the_way(self, caller, seven):
        following = caller.get(f"{CASES}?limit=2").json()["next"]
        assert len(numbers(caller.get(following.replace("limit=2", "limit=5")))) == 5

    def test_a_forged_cursor_is_refused(self, caller, seven):
        following = caller.get(f"{CASES}?limit=2").json()["next"]
        forged = following.replace("cursor=W", "cursor=X", 1)
        assert forged != following
        assert wrong_fields(caller.get(forged)) == {"cursor": "invalid"}


def test_a_stranger_lists_nothing(client):
    assert Caller(client, None).get(CASES).status_code == 401
