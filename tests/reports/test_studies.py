"""What each report counts, and that the list behind every number is exactly as long."""

import datetime as dt

import pytest
from django.utils import timezone

from crm.cases.actions import (
    add_interaction,
    add_note,
    assign_case,
    escalate_case,
    reopen_case,
    settle_case,
)
from crm.cases.models import Case, Category, Promise
from crm.reports.sla.filters import Filters
from crm.reports.studies import lists
from crm.reports.studies.counting import TOTAL, Counts, count, nothing
from crm.reports.studies.shelf import STUDIES
from crm.staff.models import User
from tests.people import a_case, a_customer, a_member, a_team
from tests.reports.conftest import an_answered_case, before

MONTH = dt.timedelta(days=30)


def over(**more: object) -> Filters:
    now = timezone.now()
    return Filters(**({"at": now, "since": now - MONTH, "until": now + MONTH} | more))


def total(slug: str, filters: Filters | None = None) -> Counts:
    return count(STUDIES[slug], filters or over())[TOTAL].get((), nothing(STUDIES[slug]))


def listed(slug: str, measure: str, filters: Filters | None = None, **cells: object) -> list[int]:
    chunks = lists.everything(STUDIES[slug], filters or over(), measure, cells)
    return [one.case_id for chunk in chunks for one in chunk]


def settled(by: User, *, opened: dt.datetime, after: float = 2, **fields: object) -> Case:
    """Answered five minutes after it was opened, settled so many hours after."""
    case = an_answered_case(by, opened=opened, after=5, **fields)
    return settle_case(case=case, by=by, at=opened + dt.timedelta(hours=after), outcome="solved", text="Selesai.")


@pytest.fixture
def network(db: None) -> Category:
    return Category.objects.create(code="network", name="Jaringan", name_en="Network")


@pytest.fixture
def busy(sari: User, network: Category) -> dict[str, Case]:
    """A bit of everything that a report counts."""
    other = a_member("Dimas Anggoro", teams=(sari.team,))
    rina = a_customer("Rina")
    cases = {
        "once": settled(sari, opened=before(days=20), customer=rina, category=network, tags=["signal", "east"]),
        "twice": settled(sari, opened=before(days=2), after=3, customer=rina, category=network),
        "open": an_answered_case(sari, opened=before(days=9), after=5, tags=["signal"]),
        "new": a_case(before(hours=2), team=sari.team),
        "elsewhere": a_case(before(hours=2), team=a_team("Retention")),
    }
    assign_case(case=cases["open"], by=sari, assignee=sari)
    assign_case(case=cases["open"], by=sari, assignee=other)
    assign_case(case=cases["open"], by=other, assignee=None, team=cases["elsewhere"].team)
    escalate_case(case=cases["new"], by=sari, party="supervisor", reason="Mohon bantuan.")
    add_note(case=cases["new"], text="Sudah dicek.", by=sari)
    a_promise(cases["twice"], sari, due=before(hours=1))
    return cases


def a_promise(case: Case, by: User, *, due: dt.datetime, **fields: object) -> Promise:
    made = due - dt.timedelta(hours=3)
    return Promise.objects.create(
        case=case,
        customer=case.customer,
        text="Kami telepon.",
        due_at=due,
        keeper=by,
        made_by=by,
        made_at=made,
        **fields,
    )


@pytest.mark.parametrize("slug", STUDIES)
def test_every_number_of_every_group_is_as_long_as_its_list(busy: dict[str, Case], slug: str) -> None:
    study, filters = STUDIES[slug], over()
    names = [name for name in ALL if name != "pair" or study.has_pairs]
    compared = 0
    for dimension in names:
        for (value,), counts in count(study, filters, ((dimension,),))[dimension,].items():
            for measure in study.names:
                assert len(listed(slug, measure, filters, **{dimension: value})) == counts[measure], (dimension, value)
                compared += counts[measure]
    assert compared
    assert all(len(listed(slug, measure, filters)) == total(slug, filters)[measure] for measure in study.names)


ALL = (
    "day", "week", "weekday", "hour", "channel", "team_id", "division_id", "category_id", "kind", "tier", "agent",
    "priority", "tag", "pair",
)  # fmt: skip


@pytest.mark.parametrize("slug", STUDIES)
def test_groups_add_up_to_the_total(busy: dict[str, Case], slug: str) -> None:
    study = STUDIES[slug]
    counted = count(study, over(), (TOTAL, ("team_id",), ("channel",), ("agent",)))
    whole = counted.pop(TOTAL)[()]
    for groups in counted.values():
        assert {name: sum(one[name] for one in groups.values()) for name in study.names} == whole.numbers


@pytest.mark.parametrize("slug", STUDIES)
def test_whoever_may_see_no_team_counts_nothing(busy: dict[str, Case], slug: str) -> None:
    assert not any(total(slug, over(only_teams=())).numbers.values())


def test_volumes_count_each_thing_when_it_happened(sari: User) -> None:
    case = settled(sari, opened=before(days=40), after=24 * 35)
    add_interaction(case=case, direction="out", channel="call", text="Diterima.", at=before(days=3), by_person=False)
    found = total("volumes").numbers
    assert (found["opened"], found["settled"], found["in"], found["out"], found["auto"]) == (0, 1, 0, 0, 1)


def test_the_backlog_is_what_was_not_settled_at_each_days_end(sari: User) -> None:
    now = timezone.now().replace(hour=12)
    settled(sari, opened=now - dt.timedelta(days=3), after=36)
    a_case(now - dt.timedelta(days=2), team=sari.team)
    filters = over(at=now, since=now - dt.timedelta(days=5), until=now + dt.timedelta(days=1))
    days = count(STUDIES["backlog"], filters, (TOTAL, ("day",)))
    course = [counts["all"] for _day, counts in sorted(days["day",].items())]
    assert course == [1, 2, 1, 1]
    assert days[TOTAL][()].numbers == {"all": 1, "day": 0, "three": 1, "week": 0, "old": 0}


def test_a_case_settled_with_one_answer_and_left_alone_is_first_contact(sari: User, network: Category) -> None:
    rina, now = a_customer("Rina"), before(days=10)
    settled(sari, opened=now, customer=rina, category=network)
    more = an_answered_case(sari, opened=now, after=5, category=network)
    add_interaction(case=more, direction="out", channel="call", text="Lagi.", by=sari, at=now + dt.timedelta(minutes=9))
    settle_case(case=more, by=sari, at=now + dt.timedelta(hours=1), outcome="solved")
    came_back = settled(sari, opened=now, customer=a_customer("Budi"), category=network)
    a_case(now + dt.timedelta(days=2), customer=came_back.customer, category=network, team=sari.team)
    fresh = settled(sari, opened=before(hours=5))
    found = total("first-contact").numbers
    assert found == {"settled": 4, "first": 2, "open": 1, "more": 1, "reopened": 0, "again": 1, "silent": 0}
    assert listed("first-contact", "open") == [fresh.pk]


def test_another_matter_of_the_customer_is_no_return(sari: User, network: Category) -> None:
    case = settled(sari, opened=before(days=10), category=network)
    a_case(before(days=9), customer=case.customer, team=sari.team)
    assert total("first-contact")["first"] == 1


def test_a_reopening_counts_when_it_happened_and_for_who_had_settled(sari: User, supervisor: User) -> None:
    case = settled(sari, opened=before(days=4), after=24)
    reopen_case(case=case, by=supervisor, reason="Belum beres.", at=before(days=2))
    settle_case(case=case, by=supervisor, at=before(days=1), outcome="solved")
    other = settled(sari, opened=before(days=4), after=24)
    add_interaction(case=other, direction="in", channel="call", text="Masih mati.", at=before(days=3, minutes=-60))
    found = total("reopenings")
    assert found.numbers == {"all": 2, "customer": 1, "us": 1, "soon": 1, "settled": 1}
    assert listed("reopenings", "us", agent=f"staff:{sari.pk}") == [case.pk]
    assert found.lengths["after"][0] == pytest.approx(12.5 * 3600, rel=0.01)


def test_the_same_customer_and_category_within_thirty_days_is_a_repeat(sari: User, network: Category) -> None:
    rina = a_customer("Rina")
    for days in (70, 29, 10, 1):
        a_case(before(days=days), customer=rina, category=network, team=sari.team)
    a_case(before(days=1), customer=rina, team=sari.team)
    assert total("repeats").numbers == {"all": 2, "second": 1, "third": 1, "opened": 4}


def test_handovers_are_told_apart_and_named_by_from_and_to(busy: dict[str, Case], sari: User) -> None:
    found = total("handovers").numbers
    assert found == {"all": 3, "person": 1, "team": 1, "up": 1, "back": 0, "returned": 0, "taken": 1}
    pairs = {pair for (pair,) in count(STUDIES["handovers"], over(), (("pair",),))["pair",]}
    team, retention = sari.team_id, busy["elsewhere"].team_id
    assert {f"t{team}>t{retention}", f"t{team}>supervisor"} <= pairs


def test_agents_are_credited_with_what_they_did(busy: dict[str, Case], sari: User) -> None:
    groups = count(STUDIES["agents"], over(), (("agent",),))["agent",]
    found = groups[f"staff:{sari.pk}",].numbers
    assert (found["answers"], found["taken"], found["notes"]) == (3, 1, 1)


def test_promises_are_kept_late_broken_or_open_by_their_times(sari: User) -> None:
    case = an_answered_case(sari, opened=before(days=3), after=5)
    hour = dt.timedelta(hours=1)
    a_promise(case, sari, due=before(hours=9), kept_at=before(hours=10), kept_by=sari)
    a_promise(case, sari, due=before(hours=9), kept_at=before(hours=8), kept_by=sari, broken_at=before(hours=9))
    a_promise(case, sari, due=before(hours=9), broken_at=before(hours=9))
    a_promise(case, sari, due=before(hours=9))  # nobody has looked yet
    a_promise(case, sari, due=timezone.now() + hour)
    a_promise(case, sari, due=before(hours=9), withdrawn_at=before(hours=10), withdrawn_by=sari, reason="Batal.")
    assert total("promises").numbers == {"due": 4, "kept": 1, "late": 1, "broken": 2, "open": 1, "withdrawn": 1}


def test_pages_of_a_list_hold_every_thing_once(sari: User, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(lists, "PAGE", 3)
    for _ in range(8):
        an_answered_case(sari, opened=before(hours=2), after=5)
    wanted = sorted(listed("volumes", "opened"))
    seen, after = [], None
    while True:
        shown, after = lists.page(STUDIES["volumes"], over(), "opened", {}, after=after)
        seen += [one.case_id for one in shown]
        if after is None:
            break
    assert sorted(seen) == wanted
