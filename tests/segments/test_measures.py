"""What a customer is worth and how close we are: the terms, their mean, and that the night counts what Python says."""

import datetime as dt
from types import SimpleNamespace
from typing import Any

import pytest
from django.db import transaction
from django.utils import timezone
from hypothesis import given
from hypothesis import strategies as st

from crm.billing.models import Bill, CreditNote, Value
from crm.cases.models import Case
from crm.segments.actions import CannotSave, record_referral, save_measure
from crm.segments.measuring import measure_customer, measure_everybody, measure_in_force
from crm.segments.models import Measure, Measured, Referral
from crm.segments.quadrants import Quadrant, quadrant_of
from crm.segments.terms import interaction_terms, total, transaction_terms
from crm.timeline.models import Interaction
from tests.connections import somebody_else, until_somebody_waits
from tests.people import a_case, a_customer, a_line, a_member

pytestmark = pytest.mark.django_db
NOTHING = {
    "revenue": None, "bills": 0, "bills_on_time": 0, "credit_notes": 0, "referrals": 0, "exchanges": 0,
    "complaints": 0, "bad_ends": 0, "months": None,
}  # fmt: skip


def figures(**known: Any) -> Any:
    return SimpleNamespace(**(NOTHING | known))


def test_a_customer_of_the_full_mark_who_pays_on_time_and_brings_in_three_is_worth_a_hundred():
    known = figures(revenue=1_000_000, bills=12, bills_on_time=12, referrals=3)
    assert total(transaction_terms(known, Measure())) == 100


def test_who_was_never_billed_has_no_transaction_measure():
    assert total(transaction_terms(figures(referrals=3), Measure())) is None


def test_a_prepaid_customer_is_not_blamed_for_bills_that_never_were():
    prepaid = {term.code: term.score for term in transaction_terms(figures(revenue=500_000), Measure())}
    assert prepaid == {"revenue": 50, "on_time": None, "credits": 100, "referrals": 0}
    assert total(transaction_terms(figures(revenue=500_000), Measure())) == 47  # (50 * 50 + 100 * 10) / 75


def test_negative_revenue_counts_as_none():
    assert transaction_terms(figures(revenue=-5), Measure())[0].score == 0


def test_a_complaint_that_ended_badly_costs_more_than_one_that_was_solved():
    def score(**known: int) -> int | None:
        return {term.code: term.score for term in interaction_terms(figures(**known), Measure())}["complaints"]

    assert [score(), score(complaints=1), score(complaints=1, bad_ends=1), score(complaints=9, bad_ends=9)] == [
        100, 90, 65, 0
    ]  # fmt: skip


COUNTS = st.integers(0, 40)


@given(
    st.builds(
        dict, revenue=st.none() | st.integers(-200_000, 3_000_000), bills=COUNTS, bills_on_time=COUNTS,
        credit_notes=COUNTS, referrals=COUNTS, exchanges=COUNTS, complaints=COUNTS, bad_ends=COUNTS,
        months=st.none() | st.integers(0, 400),
    )
)  # fmt: skip
def test_whatever_is_known_a_measure_is_within_a_hundred(known):
    known["bills_on_time"] = min(known["bills"], known["bills_on_time"])
    for terms in (transaction_terms, interaction_terms):
        measure = total(terms(figures(**known), Measure()))
        assert measure is None or 0 <= measure <= 100


def rina_of_the_year(at: dt.datetime) -> Any:
    """ARPU 400.000, five bills of which three were paid on time, one credit note, two complaints, one late."""
    rina = a_customer("Rina Maharani")
    line = a_line(rina, "+6281200004471", "kartuHALO", activated_on=at.date() - dt.timedelta(days=3 * 365 + 30))
    Value.objects.create(customer=rina, arpu=400_000, tier="silver")
    for month in range(1, 6):
        due = at.date().replace(day=20) - dt.timedelta(days=30 * month)
        paid = due - dt.timedelta(days=1) if month < 4 else due + dt.timedelta(days=3)
        Bill.objects.create(
            customer=rina, subscription=line, number=f"B{month}", month=due.replace(day=1), net=400_000, tax=0,
            total=400_000, due=due, paid=paid,
        )  # fmt: skip
    CreditNote.objects.create(
        customer=rina, subscription=line, reference="C1", month=at.date().replace(day=1), amount=5_000,
        given_on=at.date() - dt.timedelta(days=9),
    )  # fmt: skip
    a_case(at - dt.timedelta(days=9), customer=rina)
    late = a_case(at - dt.timedelta(days=5), customer=rina)
    Case.objects.filter(pk=late.pk).update(outcome="not_possible")
    Interaction.objects.create(
        customer=rina, channel="call", direction="out", text="Halo.", at=at - dt.timedelta(days=8), staff=a_member()
    )
    return rina


def test_the_night_counts_the_facts_of_the_last_twelve_months(ratna):
    now = timezone.now()
    rina = rina_of_the_year(now)
    assert measure_everybody(now) == 1
    row = Measured.objects.get(customer=rina)
    assert (row.revenue, row.bills, row.bills_on_time, row.credit_notes) == (400_000, 5, 3, 1)
    assert (row.exchanges, row.complaints, row.bad_ends, row.months) == (1, 2, 1, 36)


def test_the_night_says_what_python_says(ratna):
    now = timezone.now()
    rina = rina_of_the_year(now)
    record_referral(customer=rina, brought=a_customer("Dewi"), by=ratna)
    measure_everybody(now)
    for row in Measured.objects.all():
        assert row.transaction == total(transaction_terms(row, measure_in_force()))
        assert row.interaction == total(interaction_terms(row, measure_in_force()))


def test_a_second_night_writes_nothing(ratna):
    now = timezone.now()
    rina_of_the_year(now)
    measure_everybody(now)
    assert measure_everybody(now) == 0


def test_other_weights_hold_from_the_next_night(ratna):
    now = timezone.now()
    rina = rina_of_the_year(now)
    measure_everybody(now)
    save_measure(measure=Measure(revenue=100, on_time=0, credits=0, referrals=0), by=ratna)
    measure_everybody(now)
    assert Measured.objects.get(customer=rina).transaction == 40


def test_who_was_absorbed_or_erased_is_measured_no_more():
    now = timezone.now()
    kept, gone, forgotten = a_customer(), a_customer(), a_customer()
    measure_everybody(now)
    gone.absorbed_into, forgotten.erased_at = kept, now
    gone.save()
    forgotten.save()
    measure_everybody(now)
    assert list(Measured.objects.values_list("customer", flat=True)) == [kept.pk]


def test_who_brought_somebody_in_is_worth_more_at_once(ratna):
    rina = a_customer()
    record_referral(customer=rina, brought=a_customer("Dewi"), by=ratna)
    assert Measured.objects.get(customer=rina).referrals == 1


def test_nobody_brings_in_themselves(ratna):
    rina = a_customer()
    with pytest.raises(CannotSave):
        record_referral(customer=rina, brought=rina, by=ratna)
    assert not Referral.objects.exists()


def test_the_other_one_brought_them_in_after_all(ratna):
    rina, yoga, dewi = a_customer(), a_customer("Yoga"), a_customer("Dewi")
    record_referral(customer=rina, brought=dewi, by=ratna)
    record_referral(customer=yoga, brought=dewi, by=ratna)
    assert Referral.objects.get().customer == yoga
    assert dict(Measured.objects.values_list("customer", "referrals")) == {rina.pk: 0, yoga.pk: 1}


def test_the_four_quadrants():
    assert [quadrant_of(*pair) for pair in ((50, 50), (50, 49), (49, 50), (49, 49), (None, 50))] == [
        Quadrant.KEEP, Quadrant.REPAIR, Quadrant.GROW, Quadrant.SERVE, None
    ]  # fmt: skip


def test_one_customer_can_be_measured_alone():
    rina, _other = a_customer(), a_customer()
    measure_customer(rina.pk, timezone.now())
    assert list(Measured.objects.values_list("customer", flat=True)) == [rina.pk]


@pytest.mark.django_db(transaction=True)
def test_two_who_say_at_once_who_brought_a_customer_in_leave_one_word(ratna):
    """The second waits for the first, and is the one that stands."""
    rina, yoga, dewi = a_customer(), a_customer("Yoga"), a_customer("Dewi")
    with somebody_else() as does:
        with transaction.atomic():
            record_referral(customer=rina, brought=dewi, by=ratna)
            later = does(record_referral, customer=yoga, brought=dewi, by=ratna)
            until_somebody_waits()
        later.result(20)
    assert Referral.objects.get().customer == yoga
    assert dict(Measured.objects.values_list("customer", "referrals")) == {rina.pk: 0, yoga.pk: 1}
