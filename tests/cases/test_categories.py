"""The tree of categories: nothing lies beneath itself, nothing is deleted, cases stay where they were filed."""

import threading

import pytest
from django.db import DatabaseError, connection, transaction

from crm.cases.actions import add_category, change_category, merge_category, move_category
from crm.cases.errors import CannotMergeCategories, CategoryBeneathItself, CategoryInUse
from crm.cases.models import Case, Category, SlaPolicy
from crm.events.models import Event
from crm.staff.models import Role, User
from tests.people import a_case, a_member


@pytest.fixture
def ratna(policy: SlaPolicy) -> User:
    return a_member("Ratna", Role.SUPERVISOR)


def a_category(code: str, parent: Category | None = None) -> Category:
    return Category.objects.create(code=code, name=code.title(), name_en=code.title(), parent=parent)


def test_a_category_moves_with_all_that_lies_beneath_it(ratna: User) -> None:
    network, signal = a_category("network"), a_category("signal")
    fourg = a_category("4g", signal)
    change_category(category=signal, by=ratna, parent=network)
    fourg.refresh_from_db()
    assert fourg.parent.parent == network  # type: ignore[union-attr]


def test_nothing_is_moved_beneath_itself(ratna: User) -> None:
    network = a_category("network")
    signal = a_category("signal", network)
    with pytest.raises(CategoryBeneathItself):
        change_category(category=network, by=ratna, parent=signal)
    network.refresh_from_db()
    assert network.parent is None


def test_the_database_lets_no_ring_close(ratna: User) -> None:
    network = a_category("network")
    signal = a_category("signal", network)
    with pytest.raises(DatabaseError, match="beneath itself"), transaction.atomic():
        Category.objects.filter(pk=network.pk).update(parent=signal)


def test_a_category_with_active_ones_beneath_it_does_not_rest(ratna: User) -> None:
    network = a_category("network")
    signal = a_category("signal", network)
    with pytest.raises(CategoryInUse):
        change_category(category=network, by=ratna, is_active=False)
    change_category(category=signal, by=ratna, is_active=False)
    assert not change_category(category=network, by=ratna, is_active=False).is_active


def test_siblings_change_places(ratna: User) -> None:
    for code in ("a", "b", "c"):
        add_category(by=ratna, code=code, name=code, name_en=code)
    move_category(category=Category.objects.get(code="c"), up=True, by=ratna)
    assert list(Category.objects.values_list("code", flat=True)) == ["a", "c", "b"]


def test_a_merged_category_rests_and_its_cases_stay(ratna: User) -> None:
    signal, coverage = a_category("signal"), a_category("coverage")
    beneath, case = a_category("4g", signal), a_case(category=signal)
    assert merge_category(category=signal, into=coverage, also_running=False, by=ratna) == 0
    signal.refresh_from_db(), beneath.refresh_from_db(), case.refresh_from_db()
    assert (signal.is_active, signal.merged_into, beneath.parent) == (False, coverage, coverage)
    assert (case.category, case.version) == (signal, 1)


def test_running_cases_move_when_they_are_asked_to_and_what_was_promised_stays(ratna: User) -> None:
    signal, coverage = a_category("signal"), a_category("coverage")
    case, ended = a_case(category=signal), a_case(category=signal)
    Case.objects.filter(pk=ended.pk).update(state="closed")
    due = [clock.due_at for clock in case.clocks.order_by("pk")]
    assert merge_category(category=signal, into=coverage, also_running=True, by=ratna) == 1
    case.refresh_from_db(), ended.refresh_from_db()
    assert (case.category, case.version, ended.category) == (coverage, 2, signal)
    assert [clock.due_at for clock in case.clocks.order_by("pk")] == due
    event = Event.objects.get(kind="case.edited")
    assert (event.subject_id, event.actor_id, event.facts["category"]) == (case.pk, ratna.pk, [signal.pk, coverage.pk])


def test_nothing_is_merged_into_what_lies_beneath_it_or_rests(ratna: User) -> None:
    network = a_category("network")
    signal = a_category("signal", network)
    with pytest.raises(CannotMergeCategories):
        merge_category(category=network, into=signal, also_running=False, by=ratna)
    Category.objects.filter(pk=network.pk).update(is_active=False)
    with pytest.raises(CannotMergeCategories):
        merge_category(category=signal, into=network, also_running=False, by=ratna)
    signal.refresh_from_db()
    assert signal.is_active


@pytest.mark.django_db(transaction=True)
def test_two_moves_at_once_close_no_ring(ratna: User) -> None:
    network, signal = a_category("network"), a_category("signal")
    refused: list[Exception] = []

    def other() -> None:
        try:
            change_category(category=signal, by=ratna, parent=network)
        except CategoryBeneathItself as error:
            refused.append(error)
        finally:
            connection.close()

    with transaction.atomic():
        change_category(category=network, by=ratna, parent=signal)
        thread = threading.Thread(target=other)
        thread.start()  # waits for us: the tree is locked
    thread.join(20)
    assert len(refused) == 1
    assert Category.objects.get(code="signal").parent is None
