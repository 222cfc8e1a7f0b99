"""What a record lacks, what that costs, and that the list follows what people do."""

import datetime as dt
import random

import pytest
from django.db import transaction

from crm.customers.correcting import decide_correction, reopen_correction, report_bounce
from crm.customers.editing import edit_customer
from crm.customers.errors import CannotEdit
from crm.customers.judging import judge_day, judge_one
from crm.customers.models import Address, ContactPoint, Correction, Customer, IdentityDocument, QualityDay
from crm.customers.quality import FLAWS, TERMS, judge
from crm.customers.reaching import confirm_contact, correct_contact, read_contact, retire_contact
from crm.events.models import Event
from tests.connections import somebody_else
from tests.people import a_customer, a_line, a_member

NOW = dt.datetime(2026, 11, 26, 3, tzinfo=dt.UTC)
TODAY = NOW.date()


def whole(name="Rina Maharani", **fields):
    """A record of which nothing is wrong."""
    rina = a_customer(name, birth_date=dt.date(1990, 5, 14), **fields)
    ContactPoint.objects.create(
        customer=rina, kind="msisdn", value=f"+62812{rina.pk:08}", verified_at=NOW - dt.timedelta(days=9)
    )
    Address.objects.create(
        customer=rina, street="Jl. Melati 3", city="Kota Bandung", province="Jawa Barat", district="Coblong",
        post_code="40132", updated_at=NOW,
    )  # fmt: skip
    IdentityDocument.objects.create(customer=rina, kind="nik", sealed="-", digest="-", masked="-")
    return rina


def flaws(customer, at=NOW):
    with transaction.atomic():
        judge_one(customer.pk, at=at)
    return sorted(customer.corrections.open().values_list("flaw", flat=True))


def test_a_record_without_flaws_is_a_hundred():
    assert (judge([]).score, judge([]).terms) == (100, dict.fromkeys(TERMS, 100))


def test_a_flaw_counts_once_and_no_term_falls_below_nothing():
    assert judge(["address_missing"] * 3).terms["complete"] == 75
    assert judge(FLAWS).terms == {"complete": 0, "valid": 0, "up_to_date": 0, "reachable": 0}


@pytest.mark.django_db
def test_nothing_is_wrong_with_a_whole_record():
    rina = whole()
    assert flaws(rina) == []
    rina.refresh_from_db()
    assert rina.quality == 100


@pytest.mark.django_db
def test_who_is_known_by_a_handle_alone():
    who = a_customer("")
    ContactPoint.objects.create(customer=who, kind="handle", network="x", value="rinamhr")
    assert flaws(who) == ["address_missing", "birth_missing", "name_missing", "paper_missing", "unreachable"]
    who.refresh_from_db()
    assert who.quality == 50  # complete 0, valid 100, up to date 100, reachable 0


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("change", "found"),
    [
        ({"name": "0812345678"}, "name_strange"), ({"name": "?"}, "name_strange"),
        ({"birth_date": dt.date(1890, 1, 1)}, "birth_strange"), ({"birth_date": dt.date(2027, 1, 1)}, "birth_strange"),
    ],
)  # fmt: skip
def test_what_cannot_be(change, found):
    rina = whole()
    Customer.objects.filter(pk=rina.pk).update(**change)
    assert flaws(rina) == [found]


@pytest.mark.django_db
def test_one_word_is_a_name_and_a_company_has_no_birthday():
    slamet = whole("Slamet")
    Customer.objects.filter(pk=slamet.pk).update(kind="company", birth_date=None)
    assert flaws(slamet) == []


@pytest.mark.django_db
def test_what_was_right_once_is_asked_again():
    rina = whole()
    rina.addresses.update(updated_at=NOW - dt.timedelta(days=365 * 3 + 2))
    rina.contact_points.update(verified_at=NOW - dt.timedelta(days=365 * 2 + 2))
    assert flaws(rina) == ["address_old", "contact_old"]


@pytest.mark.django_db
def test_the_pages_formula_and_the_nights_agree_on_any_record():
    draw = random.Random(5)
    for _ in range(25):
        one = whole()
        for model, share in ((Address, 0.4), (IdentityDocument, 0.4), (ContactPoint, 0.3)):
            if draw.random() < share:
                model.objects.filter(customer=one).delete()
        Customer.objects.filter(pk=one.pk).update(
            name=draw.choice(["Rina", "", "R2D22"]), birth_date=draw.choice([None, dt.date(1880, 1, 1)])
        )
        ContactPoint.objects.filter(customer=one).update(verified_at=draw.choice([None, NOW]))
        if draw.random() < 0.5:
            a_line(one, f"+62813{one.pk:08}")
    judge_day(TODAY, at=NOW, size=4)
    for one in Customer.objects.all():
        found = one.corrections.open().values_list("flaw", flat=True)
        assert one.quality == judge(found).score, list(found)


@pytest.mark.django_db
def test_the_base_is_the_sum_of_its_records_whatever_the_ranges():
    whole(), a_customer(""), a_customer("Slamet", erased_at=NOW), a_customer("Wati", restricted_at=NOW)
    assert judge_day(TODAY, at=NOW, size=1) == 2
    day = QualityDay.objects.get()
    assert (day.customers, day.score, day.finished_at) == (2, 150, NOW)
    assert day.flaws == {"name_missing": 1, "birth_missing": 1, "address_missing": 1, "paper_missing": 1,
                         "unreachable": 1}  # fmt: skip
    assert judge_day(TODAY, at=NOW) == 0


@pytest.mark.django_db
def test_a_run_that_was_killed_goes_on_where_it_stood():
    first, _second = whole(), whole()
    QualityDay.objects.create(day=TODAY, upto=first.pk, customers=1, score=100)
    assert judge_day(TODAY, at=NOW) == 1
    assert QualityDay.objects.values_list("customers", "score").get() == (2, 200)


@pytest.mark.django_db(transaction=True)
def test_of_two_at_once_one_finds_the_day_taken():
    whole()
    QualityDay.objects.create(day=TODAY)
    with transaction.atomic():
        QualityDay.objects.select_for_update().get()
        with somebody_else() as does:
            assert does(judge_day, TODAY, at=NOW).result() == 0
    assert judge_day(TODAY, at=NOW) == 1
    assert QualityDay.objects.get().customers == 1


@pytest.mark.django_db
def test_what_is_corrected_leaves_the_list_at_once():
    rina = whole("")
    assert flaws(rina) == ["name_missing"]
    edit_customer(customer=rina, changes={"name": "Rina"}, by=a_member(), at=NOW)
    assert Correction.objects.get().state == "corrected"
    rina.refresh_from_db()
    assert rina.quality == 100


@pytest.mark.django_db
def test_what_somebody_called_right_rests_for_a_year_and_can_be_taken_back():
    rina, sari = whole("R2D222"), a_member()
    flaws(rina)
    correction = decide_correction(correction=Correction.objects.get(), state="accepted", by=sari, at=NOW)
    assert flaws(rina) == []
    with pytest.raises(CannotEdit):
        decide_correction(correction=correction, state="corrected", by=sari, at=NOW)
    reopen_correction(correction=correction, by=sari, at=NOW)
    assert flaws(rina) == ["name_strange"]
    decide_correction(correction=correction, state="accepted", by=sari, at=NOW)
    assert flaws(rina, NOW + dt.timedelta(days=367)) == ["name_strange"]
    assert Event.objects.filter(kind="correction.decided").count() == 3


@pytest.mark.django_db
def test_what_is_called_corrected_and_is_not_comes_back():
    rina = whole("")
    flaws(rina)
    decide_correction(correction=Correction.objects.get(), state="corrected", by=a_member(), at=NOW)
    assert list(rina.corrections.order_by("pk").values_list("state", flat=True)) == ["corrected", "open"]


@pytest.mark.django_db
def test_a_number_that_takes_no_messages_is_not_used_until_it_is_seen_to():
    rina = whole()
    point = rina.contact_points.get()
    assert ContactPoint.objects.usable().get() == point
    report_bounce(customer=rina, recipient=point.value, at=NOW), report_bounce(customer=rina, recipient=point.value)
    assert flaws(rina) == ["number_fails", "unreachable"]
    assert not ContactPoint.objects.usable().exists()
    correct_contact(point=point, contact=read_contact("msisdn", "081200009999"), by=a_member(), at=NOW)
    assert ContactPoint.objects.usable().get() == point
    assert flaws(rina) == ["contact_old", "unproven"]
    confirm_contact(point=point, by=a_member(), at=NOW)
    assert flaws(rina) == []


@pytest.mark.django_db
def test_a_doubt_about_a_contact_goes_with_it():
    rina = whole()
    report_bounce(customer=rina, recipient=rina.contact_points.get().value, at=NOW)
    retire_contact(point=rina.contact_points.get(), by=a_member(), at=NOW)
    assert flaws(rina) == ["unreachable"]


@pytest.mark.django_db
@pytest.mark.parametrize("alone", [{"do_not_disturb": True}, {"restricted_at": NOW}, {"erased_at": NOW}])
def test_who_is_to_be_left_alone_has_nothing_that_we_may_use(alone):
    whole(**alone)
    assert not ContactPoint.objects.usable().exists()
