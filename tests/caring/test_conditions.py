"""Rules: refused with the place, or said in words."""

import pytest
from django.utils import translation

from caring.conditions import BadRule, in_words, read_rule
from caring.stages import DEFAULTS

pytestmark = pytest.mark.django_db
SILENT = {"source": "usage", "when": [{"field": "silent_days", "op": "gte", "value": 30}]}


def condition(**changes):
    return [SILENT, {"source": "usage", "when": [SILENT["when"][0], SILENT["when"][0] | changes]}]


@pytest.mark.parametrize(
    ("rule", "place"),
    [
        ([], (None, None)),
        ("all", (None, None)),
        ([{"source": "moon", "when": []}], (0, None)),
        ([SILENT, {"source": "usage", "when": []}], (1, None)),
        ([SILENT] * 7, (None, None)),
        (condition(field="years"), (1, 1)),
        (condition(op="in"), (1, 1)),
        (condition(value="30; DROP TABLE"), (1, 1)),
        (condition(value=None), (1, 1)),
        (condition(field="tier", op="in", value=["diamond"]), (1, 1)),
        (condition(field="tier", op="in", value=[]), (1, 1)),
    ],
)
def test_a_rule_is_refused_with_the_place_where_it_is_wrong(rule, place):
    with pytest.raises(BadRule) as refused:
        read_rule(rule)
    assert (refused.value.way, refused.value.place) == place


def test_numbers_may_be_grouped():
    (way,) = read_rule([{"source": "usage", "when": [{"field": "arpu", "op": "gte", "value": "500.000"}]}])
    assert way.when[0]["value"] == 500_000


def test_every_rule_that_ships_can_be_read_and_said(settings):
    from crm.customers.products import ensure_products

    ensure_products()
    for default in DEFAULTS.values():
        for way in read_rule(default.rule):
            assert in_words(way)


def test_a_rule_reads_as_a_sentence():
    (way,) = read_rule([{"source": "unpaid", "when": [{"field": "days_to_due", "op": "lte", "value": 3}]}])
    with translation.override("id"):
        said = in_words(way)
    assert said == "Nomor dengan tagihan yang belum dibayar: paling lama 3 hari sebelum jatuh tempo"


def test_days_before_a_day_that_has_passed_are_days_after_it():
    (way,) = read_rule([{"source": "unpaid", "when": [{"field": "days_to_due", "op": "gte", "value": -30}]}])
    with translation.override("en"):
        assert in_words(way) == "Lines with an unpaid bill: at most 30 days after the due date"
