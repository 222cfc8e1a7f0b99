"""Two records become one, field by field, and two again."""

import datetime as dt

import pytest
from django.db import transaction
from django.utils import timezone

from crm.cases.actions import merge_records, part_records, take_in
from crm.cases.defaults import ensure_policy
from crm.cases.models import Case
from crm.customers import holdings
from crm.customers.actions import find_or_create_customer
from crm.customers.errors import NotMerged, NotTwo, ProofNeeded
from crm.customers.merging import proof_of
from crm.customers.models import (
    Address,
    Consent,
    ContactPoint,
    Customer,
    IdentityDocument,
    Merge,
    Restriction,
    Subscription,
)
from crm.events.models import Event
from tests.connections import somebody_else, until_somebody_waits
from tests.people import a_case, a_customer, a_line, a_member

PROOF = "Both numbers called back, KTP seen at GraPARI Bandung."


@pytest.fixture(autouse=True)
def _policy(db):
    ensure_policy()


@pytest.fixture
def ratna():
    return a_member("Ratna Kusumaningrum", "supervisor")


@pytest.fixture
def rina():
    rina = a_customer("Rina Maharani", msisdn="+6281200004471", city="Bandung", honorific="Ibu")
    a_line(rina, "+6281200004471", "kartuHALO")
    return rina


@pytest.fixture
def double():
    """The same woman, as the call centre wrote her down."""
    double = a_customer("Rina M.", email="rina@example.com", birth_date=dt.date(1990, 5, 14), do_not_disturb=True)
    a_line(double, "+6281200004472")
    return double


def merged(rina, double, ratna, **more):
    return merge_records(
        survivor=rina, absorbed=double, chosen={"birth_date": "absorbed"}, by=ratna, proof=PROOF, **more
    )


def held():
    """Who holds what."""
    models = (Case, ContactPoint, Subscription, IdentityDocument, Address, Consent)
    return [list(model.objects.order_by("pk").values_list("pk", "customer")) for model in models]


def a_paper(customer, kind, digest):
    return IdentityDocument.objects.create(customer=customer, kind=kind, digest=digest * 64, sealed="-", masked="••••")


def a_yes(customer, purpose="offers", **more):
    return Consent.objects.create(customer=customer, purpose=purpose, text="Ya", version="1", channel="call", **more)


def test_everything_is_on_the_survivor(rina, double, ratna):
    case = a_case(customer=double)
    merge = merged(rina, double, ratna)
    rina.refresh_from_db(), double.refresh_from_db(), case.refresh_from_db()
    assert double.absorbed_into == case.customer == rina
    assert {line.msisdn for line in rina.subscriptions.all()} == {"+6281200004471", "+6281200004472"}
    assert find_or_create_customer(email="rina@example.com") == rina
    assert (merge.moved["cases"], proof_of(merge)) == ([case.pk], PROOF)
    assert Event.objects.get(kind="customer.merged").customer_id == rina.pk
    assert Event.objects.get(kind="case.customer_changed").subject_id == case.pk


def test_the_person_who_merges_chooses_field_by_field(rina, double, ratna):
    merged(rina, double, ratna)
    rina.refresh_from_db()
    assert (rina.name, rina.honorific, rina.city) == ("Rina Maharani", "Ibu", "Bandung")
    assert rina.birth_date == dt.date(1990, 5, 14)
    assert rina.do_not_disturb  # a no of either is a no


def test_likeness_alone_merges_nothing(rina, double, ratna):
    before = held()
    with pytest.raises(ProofNeeded):
        merge_records(survivor=rina, absorbed=double, chosen={}, by=ratna, proof="sama")
    assert (held(), Merge.objects.count(), Customer.objects.exclude(absorbed_into=None).count()) == (before, 0, 0)


def test_a_shared_paper_is_proof_enough(rina, double, ratna):
    a_paper(rina, "nik", "a"), a_paper(double, "nik", "a")
    merge_records(survivor=rina, absorbed=double, chosen={}, by=ratna)
    double.refresh_from_db()
    assert double.absorbed_into == rina


def test_of_two_papers_or_addresses_of_a_kind_the_survivors_own_stays(rina, double, ratna):
    own, other = a_paper(rina, "nik", "a"), a_paper(double, "nik", "b")
    passport = a_paper(double, "passport", "c")
    for customer in (rina, double):
        Address.objects.create(customer=customer, street=f"Jl. {customer.pk}", city="Kota Bandung")
    merged(rina, double, ratna)
    assert set(rina.documents.all()) == {own, passport}
    assert list(double.documents.all()) == [other]
    assert rina.addresses.get().street == f"Jl. {rina.pk}"


def test_a_no_of_the_survivor_is_not_overruled_by_a_yes_of_the_other(rina, double, ratna):
    withdrawn = a_yes(rina)
    Consent.objects.filter(pk=withdrawn.pk).update(withdrawn_at=withdrawn.given_at, withdrawn_channel="call")
    a_yes(double), a_yes(double, "survey")
    merged(rina, double, ratna)
    assert list(rina.consents.standing().values_list("purpose", flat=True)) == ["survey"]


@pytest.mark.parametrize("no", ["refused", "withdrawn"])
def test_a_later_no_of_the_absorbed_record_ends_the_yes_of_the_survivor(rina, double, ratna, no):
    earlier, later = timezone.now() - dt.timedelta(days=9), timezone.now() - dt.timedelta(days=2)
    kept, theirs = a_yes(rina), a_yes(double, answer="no" if no == "refused" else "yes")
    Consent.objects.filter(pk=kept.pk).update(given_at=earlier)
    Consent.objects.filter(pk=theirs.pk).update(
        given_at=later, **({} if no == "refused" else {"withdrawn_at": later, "withdrawn_channel": "call"})
    )
    merge = merged(rina, double, ratna)
    kept.refresh_from_db()
    assert (kept.withdrawn_at, rina.consents.standing().exists()) == (later, False)
    assert Event.objects.filter(kind="consent.withdrawn", customer_id=rina.pk).count() == 1
    part_records(merge=merge, by=ratna)
    assert not rina.consents.standing().exists()


def test_a_yes_that_came_after_the_no_of_the_absorbed_record_stands(rina, double, ratna):
    refused = a_yes(double, answer="no")
    Consent.objects.filter(pk=refused.pk).update(given_at=timezone.now() - dt.timedelta(days=2))
    a_yes(rina)
    merged(rina, double, ratna)
    assert rina.consents.standing().exists()


def test_what_was_refused_or_rested_once_moves_as_history(rina, double, ratna):
    a_yes(rina)
    refused = a_yes(double, answer="no")
    past = Restriction.objects.create(customer=double, reason="Sanggahan", by=ratna, lifted_at=timezone.now())
    merge = merged(rina, double, ratna)
    assert set(rina.consents.values_list("answer", flat=True)) == {"yes", "no"}
    assert list(rina.restrictions.all()) == [past]
    part_records(merge=merge, by=ratna)
    assert (list(double.consents.all()), list(double.restrictions.all())) == ([refused], [past])


@pytest.mark.parametrize("why", ["absorbed", "restricted", "the same"])
def test_what_is_no_pair_is_not_merged(rina, double, ratna, why):
    if why == "absorbed":
        merged(rina, double, ratna)
    if why == "restricted":
        Customer.objects.filter(pk=double.pk).update(restricted_at="2026-01-01T00:00Z")
    before = held()
    with pytest.raises(NotTwo):
        merged(rina, rina if why == "the same" else double, ratna)
    assert held() == before


def test_a_merge_is_taken_apart_as_it_was(rina, double, ratna):
    case, theirs = a_case(customer=double), a_case(customer=rina)
    a_yes(double), a_paper(double, "nik", "a")
    before = held()
    merge = merged(rina, double, ratna)
    part_records(merge=merge, by=ratna)
    rina.refresh_from_db(), double.refresh_from_db()
    assert held() == before
    assert (rina.birth_date, rina.do_not_disturb, double.absorbed_into) == (None, False, None)
    assert Case.objects.get(pk=case.pk).customer == double
    assert Case.objects.get(pk=theirs.pk).customer == rina


def test_what_came_or_was_changed_since_stays_with_the_survivor(rina, double, ratna):
    merge = merged(rina, double, ratna)
    since = a_case(customer=rina)
    Customer.objects.filter(pk=rina.pk).update(birth_date=dt.date(1990, 5, 15))
    part_records(merge=merge, by=ratna)
    rina.refresh_from_db(), since.refresh_from_db()
    assert (since.customer, rina.birth_date) == (rina, dt.date(1990, 5, 15))


def test_it_is_taken_apart_once(rina, double, ratna):
    merge = merged(rina, double, ratna)
    part_records(merge=merge, by=ratna)
    before = held()
    with pytest.raises(NotMerged):
        part_records(merge=merge, by=ratna)
    assert held() == before


def test_what_was_erased_since_is_not_taken_apart(rina, double, ratna):
    merge = merged(rina, double, ratna)
    with transaction.atomic():
        holdings.erase(holdings.person_of(rina))
    before = held()
    with pytest.raises(NotMerged):
        part_records(merge=merge, by=ratna)
    merge.refresh_from_db()
    assert (held(), merge.undone_at, proof_of(merge)) == (before, None, "")


def test_who_was_merged_into_the_absorbed_goes_along(rina, double, ratna):
    first = a_customer("Rina", msisdn="+6281200004479")
    merged(double, first, ratna)
    merge = merged(rina, double, ratna)
    first.refresh_from_db()
    assert first.absorbed_into == rina
    part_records(merge=merge, by=ratna)
    first.refresh_from_db()
    assert first.absorbed_into == double


@pytest.mark.django_db(transaction=True)
class TestAtOnce:
    def test_of_two_who_merge_the_pair_crosswise_one_does(self, rina, double, ratna):
        with somebody_else() as does:
            with transaction.atomic():
                merged(rina, double, ratna)
                later = does(merged, double, rina, ratna)
                until_somebody_waits()
            with pytest.raises(NotTwo):
                later.result(20)
        assert Merge.objects.get().survivor == rina

    def test_a_message_that_comes_meanwhile_is_the_survivors(self, rina, double, ratna):
        def comes():
            with transaction.atomic():
                customer = find_or_create_customer(email="rina@example.com")
                return take_in(customer=customer, channel="email", text="Halo", external_id="1").customer

        with somebody_else() as does:
            with transaction.atomic():
                merged(rina, double, ratna)
                later = does(comes)
                until_somebody_waits()
            assert later.result(20) == rina
