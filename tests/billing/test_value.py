"""ARPU and tiers: the pure rules, and that each night's SQL says the same."""

import datetime as dt
import random

import pytest
from django.db import connection

from crm.billing import counting, judging, months
from crm.billing.arpu import arpu_of
from crm.billing.counting import RANGE, value_lines
from crm.billing.judging import judge_customers
from crm.billing.models import Bill, LineMonths, TierChange, TierOverride, TopUp, Touched, Value
from crm.billing.nightly import value_customer, value_everybody
from crm.billing.rolling import refresh_line
from crm.billing.scale import scale_in_force
from crm.billing.tiers import judge
from crm.customers.models import Customer, Subscription
from crm.events.models import Event
from tests.people import a_customer, a_line, a_member

DAY = dt.date(2026, 11, 10)
LAST = months.last_full(DAY)


def figures(line, *revenue, newest=LAST):
    """Newest first."""
    known = [month for month, one in enumerate(revenue) if one is not None]
    LineMonths.objects.update_or_create(
        subscription=line, defaults={"newest": newest, "first": newest - max(known), "revenue": list(revenue)}
    )


@pytest.mark.parametrize(
    ("revenue", "first", "amount", "late"),
    [
        ((300, 200, 100), 0, 200, False),
        ((300, None, 100), 0, 133, False),
        ((None, 300, 200, 100), 0, 200, True),
        ((None, None, 300, 200), 0, 167, True),
        ((300, -600, 0), 0, -100, False),
        ((300,), LAST, 300, False),
        ((300, 100), LAST - 1, 200, False),
        ((None, 100), LAST - 1, 100, True),
        ((None,), LAST, 0, True),
    ],
)
def test_arpu_is_the_mean_of_three_months_and_waits_for_a_late_one(revenue, first, amount, late):
    said = arpu_of(revenue, newest=LAST, first=first, last=LAST)
    assert (said.amount, said.late) == (amount, late)


@pytest.mark.django_db
def test_nobody_flaps_at_a_border():
    scale, day, had, since = scale_in_force(), DAY, "gold", None
    for arpu in (480_000, 520_000, 440_000, 510_000, 440_000):
        day += dt.timedelta(days=30)
        judged = judge(arpu, had, since, day, scale)
        had, since = judged.tier, judged.below_since
        assert had == "gold"
    assert since == day
    assert judge(440_000, "gold", since, day + dt.timedelta(days=59), scale).tier == "gold"
    assert judge(440_000, "gold", since, day + dt.timedelta(days=60), scale).tier == "silver"
    assert judge(1_000_000, "gold", None, day, scale).tier == "platinum"


@pytest.mark.django_db
def test_each_night_says_what_the_rules_say():
    chance = random.Random(5)
    lines = [a_line(a_customer(f"P{n}"), f"+6281200{n:06}") for n in range(60)]
    expected = {}
    for line in lines:
        newest = LAST + chance.choice([-3, -1, 0, 0, 1])
        revenue = [chance.choice([None, 0, chance.randint(-50_000, 1_500_000)]) for _ in range(5)]
        revenue[0] = chance.randint(-50_000, 1_500_000)
        figures(line, *revenue, newest=newest)
        kept = LineMonths.objects.get(pk=line.pk)
        arpu = arpu_of(revenue, newest=newest, first=kept.first, last=LAST).amount
        had = chance.choice(["", "basic", "bronze", "silver", "gold", "platinum"])
        since = chance.choice([None, DAY - dt.timedelta(days=20), DAY - dt.timedelta(days=60)])
        Value.objects.create(customer=line.customer, tier=had, below_since=since)
        Customer.objects.filter(pk=line.customer_id).update(tier=had)
        expected[line.pk] = (arpu, judge(arpu, had, since, DAY, scale_in_force()))
    value_everybody(DAY)
    for line in Subscription.objects.select_related("customer__value"):
        arpu, judged = expected[line.pk]
        value = line.customer.value
        assert (line.arpu, value.arpu) == (arpu, arpu)
        assert (value.tier, value.below_since, line.customer.tier) == (judged.tier, judged.below_since, judged.tier)
    assert TierChange.objects.count() == Event.objects.filter(kind="customer.tier_changed").count() > 0
    assert value_everybody(DAY).__dict__ == {"lines": 0, "customers": 0, "tiers": 0}


@pytest.mark.django_db
def test_a_customers_arpu_is_that_of_all_lines_also_when_one_moves_away():
    rina, budi = a_customer(), a_customer("Budi")
    one, two = a_line(rina, "+6281200000001"), a_line(rina, "+6281200000002")
    for line in (one, two):
        figures(line, 300_000, 300_000, 300_000)
    value_everybody(DAY)
    assert Value.objects.get(customer=rina).arpu == 600_000
    Subscription.objects.filter(pk=two.pk).update(customer=budi)
    value_everybody(DAY)
    assert dict(Value.objects.values_list("customer__name", "arpu")) == {"Rina Maharani": 300_000, "Budi": 300_000}


@pytest.mark.django_db
def test_a_night_that_was_killed_between_lines_and_customers_is_made_good_by_the_next():
    rina, budi = a_customer(), a_customer("Budi")
    for customer, number in ((rina, "+6281200000001"), (budi, "+6281200000002")):
        figures(a_line(customer, number), 300_000, 300_000, 300_000)
    value_lines(0, RANGE, LAST)
    assert not Value.objects.exists()
    value_customer(budi.pk, day=DAY)
    assert dict(Value.objects.values_list("customer__name", "arpu")) == {"Budi": 300_000}
    assert value_everybody(DAY).customers == 1
    assert Value.objects.get(customer=rina).arpu == 300_000
    assert not Touched.objects.exists()


@pytest.mark.django_db
def test_many_of_one_range_are_summed_as_few_are(monkeypatch):
    monkeypatch.setattr(judging, "MANY", 1)
    rina, budi = a_customer(), a_customer("Budi")
    one, two = a_line(rina, "+6281200000001"), a_line(rina, "+6281200000002")
    for line in (one, two):
        figures(line, 300_000, 300_000, 300_000)
    value_everybody(DAY)
    Subscription.objects.filter(pk=two.pk).update(customer=budi)
    assert value_everybody(DAY).customers == 2
    assert dict(Value.objects.values_list("customer__name", "arpu")) == {"Rina Maharani": 300_000, "Budi": 300_000}


@pytest.mark.django_db
def test_a_range_of_the_night_reads_no_table_to_its_end():
    figures(a_line(a_customer(), "+6281200000001"), 300_000)
    said = judging._said(0, RANGE, DAY, scale_in_force()) | {"last": LAST}
    sums = [judging.SUMS.replace("{lines}", lines) for lines in (judging.ALL_LINES, judging.OWN_LINES)]
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL enable_seqscan = off")
        for statement in (counting.WRITE, *sums, judging._tiers(scale_in_force())):
            cursor.execute(f"EXPLAIN {statement}", said)
            plan = "\n".join(row[0] for row in cursor.fetchall())
            for table in ("customers_subscription", "customers_customer", "billing_linemonths", "billing_value"):
                assert f"Seq Scan on {table}" not in plan
            assert "Index Cond" in plan


@pytest.mark.django_db
def test_what_a_supervisor_sets_holds_to_its_last_day():
    rina, by = a_customer(), a_member(role="supervisor")
    figures(a_line(rina, "+6281200000001"), 60_000, 60_000, 60_000)
    TierOverride.objects.create(customer=rina, tier="gold", reason="Keluhan panjang.", until=DAY, by=by)
    value_everybody(DAY)
    rina.refresh_from_db()
    assert (rina.tier, rina.value.tier) == ("gold", "bronze")
    value_everybody(DAY + dt.timedelta(days=1))
    rina.refresh_from_db()
    assert rina.tier == "bronze"
    assert list(rina.tier_changes.values_list("why", flat=True)) == ["ended", "override"]


@pytest.mark.django_db
def test_top_ups_are_revenue_until_the_network_says_what_was_used():
    line = a_line(a_customer(), "+6281200000001")
    said = {"customer": line.customer, "subscription": line}
    for day, amount in ((2, 50_000), (20, 25_000)):
        TopUp.objects.create(reference=f"T{day}", amount=amount, bought_on=dt.date(2026, 10, day), **said)
    refresh_line(line.pk, "2026-10-01")
    assert LineMonths.objects.get().revenue[0] == 75_000
    line.usages.create(customer=line.customer, month=dt.date(2026, 10, 1), charged=60_000)
    refresh_line(line.pk, "2026-10-01")
    assert LineMonths.objects.get().revenue[0] == 60_000


@pytest.mark.django_db
def test_a_credit_note_lowers_its_months_revenue_once_the_bill_is_there():
    line = a_line(a_customer(), "+6281200000001", product="kartuHALO")
    month, said = dt.date(2026, 10, 1), {"customer": line.customer, "subscription": line}
    line.creditnotes.create(customer=line.customer, reference="C1", month=month, amount=20_000, given_on=month)
    refresh_line(line.pk, "2026-10-01")
    assert LineMonths.objects.get().revenue[0] is None
    Bill.objects.create(number="B1", month=month, net=100_000, total=100_000, **said)
    refresh_line(line.pk, "2026-10-01")
    assert LineMonths.objects.get().revenue[0] == 80_000


@pytest.mark.django_db
def test_an_erased_customer_is_judged_no_more():
    rina = a_customer(erased_at=dt.datetime(2026, 1, 1, tzinfo=dt.UTC))
    figures(a_line(rina, "+6281200000001"), 60_000)
    value_everybody(DAY)
    assert judge_customers(rina.pk, rina.pk + 1, DAY, scale_in_force()) == (0, 0)
    assert not TierChange.objects.exists()
