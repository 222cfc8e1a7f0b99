"""Where similar cases gather, a problem is proposed; a person decides, and a no is remembered."""

import datetime as dt

import pytest
from django.utils import timezone

from crm.cases import actions
from crm.cases.gathering import let_lapse, propose_problems
from crm.cases.models import Case, Category, Gathering, Problem
from crm.events.models import Event
from tests.people import a_case, a_customer

NOW = timezone.now


@pytest.fixture(autouse=True)
def network(policy) -> Category:
    return Category.objects.create(code="jaringan", name="Jaringan", name_en="Network")


@pytest.fixture
def slow(network) -> Category:
    return Category.objects.create(code="lambat", name="Data lambat", name_en="Slow data", parent=network)


@pytest.fixture
def outage(network) -> Category:
    return Category.objects.create(code="padam", name="Padam", name_en="Outage", parent=network)


def several(number: int, category: Category | None, *, place: str = "", city: str = "", ago: float = 1) -> list[Case]:
    at = NOW() - dt.timedelta(hours=ago)
    people = [a_customer(f"Pelanggan {n}", city=city) for n in range(number)]
    return [a_case(at, customer=who, category=category, place=place) for who in people]


def test_five_of_one_category_in_one_place_are_proposed(slow):
    cases = several(5, slow, place="Dago")
    assert propose_problems() == 1
    found = Problem.objects.get()
    assert (found.state, found.place, found.category) == ("proposed", "Dago", slow)
    assert found.alike == sorted(case.pk for case in cases)
    assert found.why[0] == "leaf-place"
    assert Event.objects.get(kind="problem.proposed").facts["cases"] == 5


def test_four_are_not(slow):
    several(4, slow, place="Dago")
    assert propose_problems() == 0


def test_five_of_one_customer_are_not_a_gathering(slow):
    rina = a_customer("Rina")
    for _ in range(5):
        a_case(customer=rina, category=slow, place="Dago", kind="question")
    assert propose_problems() == 0


def test_what_lies_longer_back_than_the_window_does_not_count(slow):
    several(3, slow, place="Dago", ago=7)
    several(2, slow, place="Dago")
    assert propose_problems() == 0


def test_the_place_is_written_in_any_letters_or_is_the_customers_city(slow):
    several(2, slow, place="Bandung")
    several(1, slow, place="bandung ")
    several(2, slow, city="Bandung")
    assert propose_problems() == 1
    assert len(Problem.objects.get().alike) == 5


def test_different_kinds_of_one_family_in_one_place_gather(slow, outage, network):
    several(3, slow, place="Dago")
    several(3, outage, place="Dago")
    assert propose_problems() == 1
    found = Problem.objects.get()
    assert (found.category, len(found.alike)) == (network, 6)


def test_the_same_again_adds_nothing_and_more_of_it_grows(slow):
    several(5, slow, place="Dago")
    propose_problems()
    assert propose_problems() == 0
    several(2, slow, place="Dago")
    assert propose_problems() == 0
    assert len(Problem.objects.get().alike) == 7
    assert Event.objects.filter(kind="problem.proposed").count() == 1


def test_what_is_usual_there_is_no_gathering(slow):
    for day in range(1, 29):
        several(2, slow, place="Dago", ago=24 * day + 3)
    several(5, slow, place="Dago")
    Gathering.objects.create(pk=1, times_usual=20)
    assert propose_problems() == 0
    Gathering.objects.update(times_usual=3)
    assert propose_problems() == 1
    assert Problem.objects.get().why[1] == "usual:2.00"


def test_three_complaints_of_one_customer_about_one_thing_are_proposed(slow, outage):
    rina = a_customer("Rina", city="Jakarta")
    for days, category in ((60, slow), (20, outage), (0, slow)):
        a_case(NOW() - dt.timedelta(days=days), customer=rina, category=category)
    assert propose_problems() == 1
    found = Problem.objects.get()
    assert (found.why, len(found.alike)) == (["repeated"], 3)
    assert "Rina" not in found.likeness


def test_complaints_older_than_ninety_days_do_not_count(slow):
    rina = a_customer("Rina", city="Jakarta")
    for days in (95, 20, 0):
        a_case(NOW() - dt.timedelta(days=days), customer=rina, category=slow)
    assert propose_problems() == 0


def test_how_many_count_is_set_on_screen(slow):
    several(3, slow, place="Dago")
    Gathering.objects.create(pk=1, cases=3)
    assert propose_problems() == 1


def test_a_no_is_remembered_for_thirty_days(slow, sari):
    several(5, slow, place="Dago")
    propose_problems()
    actions.dismiss_proposal(problem=Problem.objects.get(), by=sari)
    assert propose_problems() == 0
    several(5, slow, place="Dago")
    assert propose_problems() == 0
    Problem.objects.update(ended_at=NOW() - dt.timedelta(days=31))
    assert propose_problems() == 1


def test_a_no_to_one_place_is_none_to_another(slow, sari):
    several(5, slow, place="Dago")
    propose_problems()
    actions.dismiss_proposal(problem=Problem.objects.get(), by=sari)
    several(5, slow, place="Cihampelas")
    assert propose_problems() == 1


def test_cases_that_hang_on_a_problem_are_not_proposed_again(slow, sari):
    cases = several(5, slow, place="Dago")
    propose_problems()
    problem = Problem.objects.get()
    actions.accept_proposal(problem=problem, cases=cases, title="Slow data Dago", by=sari)
    assert propose_problems() == 0
    problem.refresh_from_db()
    assert (problem.state, problem.hanging.count(), problem.owner) == ("open", 5, sari)


def test_new_ones_belong_to_the_problem_that_is_known(slow, sari):
    known = actions.open_problem(title="Slow data Dago", by=sari)
    cases = several(5, slow, place="Dago")
    propose_problems()
    proposal = Problem.objects.get(state="proposed")
    actions.add_to_known(problem=proposal, known=known, cases=cases[:4], by=sari)
    proposal.refresh_from_db()
    assert (known.hanging.count(), proposal.state) == (4, "dismissed")
    several(5, slow, place="Dago")
    assert propose_problems() == 1


def test_a_proposal_lapses_when_nothing_of_it_runs_any_more(slow, sari):
    cases = several(5, slow, place="Dago")
    propose_problems()
    assert let_lapse() == 0
    for case in cases:
        actions.cancel_case(case=case, by=sari, reason="Salah")
    assert let_lapse() == 1
    assert Problem.objects.get().state == "dismissed"
    assert Event.objects.filter(kind="problem.lapsed").count() == 1
    several(5, slow, place="Dago")
    assert propose_problems() == 1


def test_replayed_history_proposes_nothing(slow):
    for number in range(5):
        a_case(NOW(), customer=a_customer(f"P{number}"), category=slow, place="Dago", is_archive=True)
    assert propose_problems() == 0
