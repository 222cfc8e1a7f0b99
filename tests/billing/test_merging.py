"""What a merge of two records does to their tiers, and what taking it apart does."""

import datetime as dt

import pytest
from django.utils import timezone

from crm.billing import months
from crm.billing.handlers import KINDS, lines_changed_hands
from crm.billing.models import LineMonths, TierOverride, Value
from crm.billing.nightly import value_everybody
from crm.cases.actions import merge_records, part_records
from crm.cases.defaults import ensure_policy
from crm.events.models import Event
from tests.people import a_customer, a_line, a_member

pytestmark = pytest.mark.django_db


@pytest.fixture
def ratna():
    ensure_policy()
    return a_member("Ratna Kusumaningrum", "supervisor")


@pytest.fixture
def pair():
    """Rina, whose line brings 400.000 a month, and her double, whose line brings 200.000."""
    last = months.last_full(months.today(timezone.now()))
    both = a_customer("Rina Maharani"), a_customer("Rina M.")
    for number, (one, amount) in enumerate(zip(both, (400_000, 200_000), strict=True)):
        line = a_line(one, f"+628120000447{number}")
        LineMonths.objects.create(subscription=line, newest=last, first=last - 2, revenue=[amount] * 3)
    value_everybody(months.today(timezone.now()))
    return both


def merged(pair, ratna):
    return merge_records(survivor=pair[0], absorbed=pair[1], chosen={}, by=ratna, proof="KTP seen at the counter.")


def news():
    for event in Event.objects.filter(kind__in=KINDS).order_by("pk"):
        lines_changed_hands(event)


def arpu(pair):
    return [Value.objects.get(customer=one).arpu for one in pair]


def set_by_hand(customer, ratna):
    until = timezone.now().date() + dt.timedelta(days=30)
    return TierOverride.objects.create(customer=customer, tier="gold", reason="Janji", until=until, by=ratna)


def test_arpu_and_tier_follow_a_merge_and_its_undoing_at_once(pair, ratna):
    merge = merged(pair, ratna)
    news()
    pair[0].refresh_from_db()
    assert (arpu(pair), pair[0].tier) == ([600_000, 0], "gold")
    part_records(merge=merge, by=ratna)
    news()
    assert arpu(pair) == [400_000, 200_000]


def test_a_tier_set_by_hand_comes_along_and_goes_back(pair, ratna):
    override = set_by_hand(pair[1], ratna)
    merge = merged(pair, ratna)
    assert list(pair[0].tier_overrides.all()) == [override]
    part_records(merge=merge, by=ratna)
    assert list(pair[1].tier_overrides.all()) == [override]


def test_of_two_set_by_hand_each_stays_where_it_is(pair, ratna):
    own, other = (set_by_hand(one, ratna) for one in pair)
    merge = merged(pair, ratna)
    assert list(pair[0].tier_overrides.all()) == [own]
    part_records(merge=merge, by=ratna)
    assert [one.tier_overrides.get() for one in pair] == [own, other]
