"""The words of names: what they are counted from, and how they set a misspelt name right."""

import pytest
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from crm.customers import search
from crm.customers.models import NameWord
from crm.customers.name_words import learn_names
from tests.connections import somebody_else, until_somebody_waits
from tests.people import a_customer


def words():
    return dict(NameWord.objects.values_list("word", "bearers"))


@pytest.mark.django_db
def test_a_word_that_three_bear_is_learnt_and_one_that_could_name_somebody_is_not():
    for name in ("Rina Maharani", "Dewi MAHARANI", "Maharani, Putri", "Rina Zulaikha"):
        a_customer(name)
    assert learn_names() == 1
    assert words() == {"maharani": 3}


@pytest.mark.django_db
def test_merged_and_erased_records_teach_nothing_and_are_forgotten_the_next_night():
    rina, dewi, putri = (a_customer(f"{name} Maharani") for name in ("Rina", "Dewi", "Putri"))
    learn_names()
    putri.absorbed_into = rina
    putri.save()
    dewi.erased_at, dewi.name = timezone.now(), ""
    dewi.save()
    assert learn_names() == 0
    assert words() == {}


@pytest.mark.django_db
@pytest.mark.parametrize("typed", ["mahrani", "Rina Mahrani", "maharanni"])
def test_a_misspelt_name_is_found_with_the_words_as_without_them(typed):
    rina = a_customer("Rina Maharani")
    a_customer("Budi Santoso")
    assert search.find_by_name(typed, limit=6)[:1] == [rina.pk]
    for name in ("Rina Kusuma", "Rina Sari"):
        a_customer(name)
    others = {a_customer(f"{name} Maharani").pk for name in ("Dewi", "Putri")}
    learn_names()
    found = search.find_by_name(typed, limit=6)
    assert rina.pk in found
    assert set(found) <= {rina.pk} | others


@pytest.mark.django_db
def test_letters_that_changed_places_in_a_short_name_are_put_back():
    dedi, reza, arif = (a_customer(f"{name} Nadia") for name in ("Dedi", "Reza", "Arif"))
    learn_names()
    with CaptureQueriesContext(connection) as asked:
        found = search.find_by_name("Naida", limit=6)
    assert set(found) == {dedi.pk, reza.pk, arif.pk}
    assert not any("<%" in one["sql"] for one in asked.captured_queries)


@pytest.mark.django_db
def test_a_rare_name_is_found_although_its_words_are_not_known():
    zulaikha = a_customer("Zulaikha Qomariyah")
    learn_names()
    assert search.find_by_name("qomaryah", limit=6) == [zulaikha.pk]


@pytest.mark.django_db(transaction=True)
def test_two_nights_at_once_count_one_after_the_other():
    for name in ("Rina", "Dewi", "Putri"):
        a_customer(f"{name} Maharani")
    with somebody_else() as does:
        with transaction.atomic():
            learn_names()
            later = does(learn_names)
            until_somebody_waits()
        assert later.result() == 1
    assert words() == {"maharani": 3}
