"""Whom conditions describe, one field after the other, and what is refused."""

import datetime as dt

import pytest
from django.utils import timezone, translation

from crm.billing.models import LineMonths, Value
from crm.billing.months import last_full
from crm.customers.models import Address
from crm.segments.conditions import FIELDS, BadCondition, customers, in_words, read
from crm.segments.models import Measured
from tests.people import a_customer, a_line
from tests.segments.conftest import DAY

pytestmark = pytest.mark.django_db


def found(field, op, value):
    conditions = read([{"field": field, "op": op, "value": value}])
    return sorted(customers(conditions, DAY).values_list("name", flat=True))


@pytest.fixture
def base(db):
    """Rina of Bandung, postpaid; Yoga of Makassar, prepaid and young; Dewi, of whom nothing is known."""
    rina = a_customer("Rina", tier="gold", birth_date=dt.date(1980, 11, 20), hobbies=["memasak"], city="Kota Bandung")
    yoga = a_customer("Yoga", tier="basic", birth_date=dt.date(2004, 11, 21), kind="company")
    a_customer("Dewi")
    line = a_line(rina, "+6281200000001", "kartuHALO", activated_on=dt.date(2020, 11, 20))
    other = a_line(yoga, "+6281200000002", "simPATI", activated_on=dt.date(2026, 6, 1))
    Value.objects.create(customer=rina, arpu=600_000, tier="gold")
    Value.objects.create(customer=yoga, arpu=20_000, tier="basic")
    Measured.objects.create(customer=rina, transaction=80, interaction=20)
    Measured.objects.create(customer=yoga, transaction=10, interaction=70)
    Address.objects.create(customer=yoga, street="Jalan Mangga 1", city="Kota Makassar", province="Sulawesi Selatan")
    newest = last_full(DAY) + 1
    LineMonths.objects.create(
        subscription=line, newest=newest, first=newest - 3, megabytes=[9_000_000, 100, 200, 300],
        minutes_in=[0, 10, 10, 10], minutes_out=[0, 20, 20, 20],
    )  # fmt: skip
    LineMonths.objects.create(subscription=other, newest=newest - 1, first=newest - 1, megabytes=[5_000])


@pytest.mark.parametrize(
    ("field", "op", "value", "names"),
    [
        ("arpu", "gte", "500.000", ["Rina"]), ("arpu", "lte", "20000", ["Yoga"]),
        ("tier", "in", ["gold", "platinum"], ["Rina"]), ("tier", "not_in", ["gold"], ["Dewi", "Yoga"]),
        ("transaction", "gte", "80", ["Rina"]), ("interaction", "lte", "20", ["Rina"]),
        ("quadrant", "in", ["repair"], ["Rina"]), ("quadrant", "in", ["grow", "repair"], ["Rina", "Yoga"]),
        ("product", "in", ["kartuHALO"], ["Rina"]), ("product", "not_in", ["kartuHALO"], ["Dewi", "Yoga"]),
        ("paying", "in", ["prepaid"], ["Yoga"]), ("paying", "in", ["prepaid", "postpaid"], ["Rina", "Yoga"]),
        ("line_state", "in", ["active"], ["Rina", "Yoga"]), ("line_state", "in", ["isolir"], []),
        ("tenure", "gte", "72", ["Rina"]), ("tenure", "gte", "73", []), ("tenure", "lte", "12", ["Yoga"]),
        ("data", "gte", "200", ["Rina", "Yoga"]), ("data", "lte", "200", ["Rina"]), ("minutes", "gte", "30", ["Rina"]),
        ("age", "gte", "46", ["Rina"]), ("age", "gte", "47", []), ("age", "lte", "21", ["Yoga"]),
        ("kind", "in", ["company"], ["Yoga"]), ("hobby", "is", "memasak", ["Rina"]),
        ("hobby", "not", "memasak", ["Dewi", "Yoga"]), ("city", "is", "kota bandung", ["Rina"]),
        ("city", "is", "Kota Makassar", ["Yoga"]), ("city", "not", "Kota Makassar", ["Dewi", "Rina"]),
        ("province", "is", "sulawesi selatan", ["Yoga"]),
    ],
)  # fmt: skip
def test_a_condition_finds_whom_it_describes(base, field, op, value, names):
    assert found(field, op, value) == names


def test_every_field_is_tried_above():
    tried = {case.args[0] if hasattr(case, "args") else case[0] for case in
             test_a_condition_finds_whom_it_describes.pytestmark[0].args[1]}  # fmt: skip
    assert tried == set(FIELDS)


def test_all_conditions_hold_at_once(base):
    both = read([{"field": "tier", "op": "in", "value": ["gold", "basic"]}, {"field": "age", "op": "lte", "value": 30}])
    assert [one.name for one in customers(both, DAY)] == ["Yoga"]


def test_who_was_erased_or_absorbed_or_rests_is_in_no_segment(base):
    kept = a_customer("Sari")
    a_customer("Lama", absorbed_into=kept)
    a_customer("", erased_at=timezone.now())
    a_customer("Wulan", restricted_at=timezone.now())
    assert sorted(one.name for one in customers([], DAY)) == ["Dewi", "Rina", "Sari", "Yoga"]


@pytest.mark.parametrize(
    ("conditions", "place"),
    [
        ("all of them", None), ([{"field": "arpu", "op": "gte", "value": 1}] * 21, None), ([7], 0),
        ([{"field": "password", "op": "is", "value": "x"}], 0),
        ([{"field": "arpu", "op": "gte", "value": 1}, {"field": "arpu", "op": "is", "value": 1}], 1),
        ([{"field": "arpu", "op": "gte", "value": "half a million"}], 0),
        ([{"field": "arpu", "op": "gte", "value": "9" * 13}], 0),
        ([{"field": "arpu", "op": "gte", "value": None}], 0),
        ([{"field": "tier", "op": "in", "value": []}], 0), ([{"field": "tier", "op": "in", "value": ["iron"]}], 0),
        ([{"field": "hobby", "op": "is", "value": "  "}], 0), ([{"field": "hobby", "op": "is", "value": "a" * 81}], 0),
    ],
)  # fmt: skip
def test_what_the_vocabulary_does_not_know_is_refused_and_named(db, conditions, place):
    with pytest.raises(BadCondition) as refused:
        read(conditions)
    assert refused.value.place == place


def test_a_condition_reads_as_words(db):
    (condition,) = read([{"field": "arpu", "op": "gte", "value": "500.000"}])
    with translation.override("en"):
        words = in_words(condition)
    assert words == "ARPU of all lines at least 500.000 rupiah a month"
