"""A customer's yes and no, with the proof; the texts they are read; what may be done and what not."""

import datetime as dt

import pytest
from django.db import transaction
from django.utils import timezone

from crm.customers.actions import reveal_contact
from crm.customers.consent_texts import publish_text, text_in_force
from crm.customers.consenting import give_consent, withdraw_consent
from crm.customers.contacting import may_contact, may_use
from crm.customers.errors import BadMoment, CustomerGone, NotRestricted, ReasonNeeded, Restricted, TextMoved
from crm.customers.models import Consent, ConsentText, Correction, Customer, Restriction, Reveal
from crm.customers.naming import name_outside
from crm.customers.restricting import lift_restriction, restrict, set_do_not_disturb
from crm.events.models import Event
from tests.connections import somebody_else, until_somebody_waits
from tests.people import a_customer, a_member

NOW = timezone.now()
DAY = dt.timedelta(days=1)


@pytest.fixture
def rina(db):
    return a_customer("Rina Maharani", msisdn="+6281200004471", email="rina@example.com")


@pytest.fixture
def sari(db):
    return a_member()


def yes(customer, by=None, **more):
    said = {"purpose": "offers", "version": 1, "channel": "counter", "by": by} | more
    return give_consent(customer=customer, **said)


def no(customer, by=None, **more):
    return withdraw_consent(customer=customer, **{"purpose": "offers", "channel": "call", "by": by} | more)


def why_not(customer, **more):
    return may_contact(customer=customer, **{"purpose": "offers", "channel": "sms"} | more).why_not


def test_a_yes_keeps_its_proof(rina, sari):
    consent = yes(rina, sari, language="en", at=NOW - DAY)
    assert consent.text.startswith("May we send you offers")
    assert (consent.version, consent.language, consent.given_at, consent.channel, consent.by) == (
        "1", "en", NOW - DAY, "counter", sari,
    )  # fmt: skip
    event = Event.objects.get(kind="consent.given")
    assert (event.customer_id, event.facts["purpose"]) == (rina.pk, "offers")
    assert "text" not in event.facts


def test_the_same_yes_twice_is_one(rina, sari):
    assert yes(rina, sari) == yes(rina, a_member("Budi"))
    assert Event.objects.filter(kind="consent.given").count() == 1


@pytest.mark.django_db(transaction=True)
def test_two_counters_that_record_the_same_yes_keep_one(rina, sari):
    with somebody_else() as does:
        with transaction.atomic():
            mine = yes(rina, sari)
            theirs = does(yes, rina, sari)
            until_somebody_waits()
        assert theirs.result(20) == mine
    assert Consent.objects.count() == 1


def test_what_is_taken_back_ends_at_once_and_stays_provable(rina, sari):
    yes(rina, sari, at=NOW - DAY)
    assert why_not(rina) == ""
    taken_back = no(rina, sari)
    assert (taken_back.withdrawn_channel, taken_back.withdrawn_by) == ("call", sari)
    assert (why_not(rina), why_not(rina, at=NOW - DAY / 2)) == ("consent withdrawn", "")
    assert no(rina, sari) == taken_back
    assert Event.objects.filter(kind="consent.withdrawn").count() == 1


def test_a_no_to_a_first_question_is_kept_once(rina, sari):
    assert why_not(rina) == "no consent"
    assert no(rina, sari) == no(rina, sari)
    assert (Consent.objects.get().answer, why_not(rina)) == ("no", "consent refused")
    yes(rina, sari)
    assert why_not(rina) == ""


def test_a_yes_to_a_newer_text_takes_the_place_of_the_older(rina, sari):
    first = yes(rina, sari, at=NOW - DAY)
    publish_text(purpose="offers", after=1, text="Baru", text_en="New", why="Lebih singkat", by=sari)
    with pytest.raises(TextMoved):
        yes(rina, sari)
    second = yes(rina, sari, version=2)
    first.refresh_from_db()
    assert (first.withdrawn_at, first.withdrawn_channel) == (second.given_at, "")
    assert (second.text, why_not(rina)) == ("Baru", "")


def test_a_yes_is_judged_by_the_text_of_its_own_moment(rina, sari):
    publish_text(purpose="offers", after=1, text="Baru", text_en="New", why="Lebih singkat", by=sari, at=NOW - DAY / 2)
    assert yes(rina, sari, at=NOW - DAY).version == "1"


def test_a_yes_that_is_reported_after_a_later_no_allows_nothing(rina, sari):
    no(rina, sari, at=NOW - DAY)
    late = yes(rina, sari, at=NOW - 2 * DAY)
    assert late.withdrawn_at == NOW - DAY
    assert why_not(rina) != ""


@pytest.mark.parametrize("when", [NOW + DAY, NOW - 2 * DAY])
def test_nothing_is_taken_back_in_the_future_or_before_it_was_given(rina, sari, when):
    yes(rina, sari, at=NOW - DAY)
    with pytest.raises(BadMoment):
        no(rina, sari, at=when)
    assert Consent.objects.standing().count() == 1


def test_nobody_answers_on_an_erased_record(rina, sari):
    Customer.objects.filter(pk=rina.pk).update(erased_at=NOW)
    with pytest.raises(CustomerGone):
        yes(rina, sari)
    assert not Consent.objects.exists()


def test_an_answer_on_a_merged_record_is_the_survivors(rina, sari):
    gone = a_customer("Rina M.", absorbed_into=rina)
    assert yes(gone, sari).customer == rina
    assert why_not(gone) == ""


def test_two_publish_after_the_same_version_and_one_does(rina, sari):
    new = {"purpose": "care", "text": "Baru", "text_en": "New", "why": "Lebih singkat", "by": sari}
    publish_text(after=1, **new)
    with pytest.raises(TextMoved):
        publish_text(after=1, **new)
    assert (text_in_force("care").version, ConsentText.objects.count()) == (2, 1)


def test_restriction_outranks_do_not_disturb_which_outranks_a_yes(rina, sari):
    yes(rina, sari)
    set_do_not_disturb(customer=rina, on=True, by=sari)
    rina.refresh_from_db()
    assert (why_not(rina), may_use(customer=rina, purpose="offers").may) == ("do not disturb", True)
    restrict(customer=rina, reason="Sanggahan", by=sari)
    rina.refresh_from_db()
    assert (why_not(rina), may_use(customer=rina, purpose="offers").may) == ("data restricted", False)


def test_a_contact_on_the_list_of_corrections_is_not_used(rina, sari):
    yes(rina, sari)
    number = rina.contact_points.get(kind="msisdn")
    Correction.objects.create(customer=rina, flaw="number_wrong", thing="contact", thing_id=number.pk)
    assert (why_not(rina), why_not(rina, recipient=number.value)) == ("contact unusable", "contact unusable")
    assert why_not(rina, channel="email") == ""


def test_data_that_rests_is_not_revealed_nor_named_outside_until_it_is_lifted(rina, sari):
    number = rina.contact_points.get(kind="msisdn")
    restrict(customer=rina, reason="Sanggahan", by=sari)
    with pytest.raises(Restricted):
        reveal_contact(contact_point=number, by=sari, reason="Ditelepon kembali")
    rina.refresh_from_db()
    assert (Reveal.objects.count(), "Rina" in name_outside(rina)) == (0, False)
    lift_restriction(customer=rina, reason="Selesai", by=sari)
    rina.refresh_from_db()
    assert reveal_contact(contact_point=number, by=sari, reason="Ditelepon kembali") == "+6281200004471"
    assert name_outside(rina) == "Rina Maharani"
    assert Restriction.objects.get().lifted_reason == "Selesai"


def test_restricted_twice_is_once_and_lifted_twice_is_refused(rina, sari):
    assert restrict(customer=rina, reason="Sanggahan", by=sari) == restrict(customer=rina, reason="Lagi", by=sari)
    lift_restriction(customer=rina, reason="Selesai", by=sari)
    with pytest.raises(NotRestricted):
        lift_restriction(customer=rina, reason="Selesai", by=sari)
    assert Event.objects.filter(kind="customer.restricted").count() == 1


@pytest.mark.django_db(transaction=True)
def test_two_who_restrict_at_once_keep_one(rina, sari):
    with somebody_else() as does:
        with transaction.atomic():
            mine = restrict(customer=rina, reason="Sanggahan", by=sari)
            theirs = does(restrict, customer=rina, reason="Lagi", by=sari)
            until_somebody_waits()
        assert theirs.result(20) == mine


def test_without_a_reason_nothing_rests(rina, sari):
    with pytest.raises(ReasonNeeded):
        restrict(customer=rina, reason="  ", by=sari)
    rina.refresh_from_db()
    assert (rina.restricted_at, Restriction.objects.count()) == (None, 0)
