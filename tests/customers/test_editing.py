"""Who changes a record, what of it is kept, and what becomes of two who change it at once."""

import datetime as dt

import pytest
from django.db import connection, transaction

from crm.customers.addressing import drop_address, save_address
from crm.customers.editing import KIND, edit_customer, last_edit
from crm.customers.errors import BadAddress, Gone, Stale, TakenContact
from crm.customers.models import Address, ContactPoint, Customer, CustomerPast
from crm.customers.reaching import add_contact, confirm_contact, correct_contact, read_contact, retire_contact
from crm.customers.regions import load_regions
from crm.events.models import Event
from tests.connections import somebody_else, until_somebody_waits
from tests.people import a_customer, a_member

pytestmark = pytest.mark.django_db
HOME = {"street": "Jl. Melati 3", "rt": "2", "rw": "11", "city": "Kota Bandung", "province": "Jawa Barat",
        "district": "Coblong", "post_code": "40132"}  # fmt: skip
REGIONS = [("32", "Jawa Barat"), ("32.73", "Kota Bandung"), ("32.04", "Kabupaten Bandung"), ("32.73.02", "Coblong")]


def edit(customer, by, seen=None, **changes):
    return edit_customer(customer=customer, changes=changes, by=by, seen=seen)


def fields():
    return [event.facts["fields"] for event in Event.objects.filter(kind=KIND).order_by("pk")]


def test_a_change_is_one_event_that_says_what_and_not_how_it_reads():
    sari, rina = a_member(), a_customer("Rina Maharani")
    edit(rina, sari, name="Slamet", hobbies=["memasak"], honorific="")
    event = Event.objects.get(kind=KIND)
    assert (event.facts["fields"], event.actor_id, event.customer_id) == (["hobbies", "name"], sari.pk, rina.pk)
    assert "Slamet" not in str(event.facts)
    assert "memasak" not in str(event.facts)
    rina.refresh_from_db()
    assert (rina.name, rina.hobbies) == ("Slamet", ["memasak"])


def test_what_it_said_before_is_kept_with_who_changed_it():
    sari, rina = a_member(), a_customer("Rina Maharani")
    edit(rina, sari, name="Rina Kusuma")
    past = CustomerPast.objects.get(pgh_obj=rina)
    assert (past.name, past.pgh_context.metadata["by"]) == ("Rina Maharani", sari.pk)


def test_nothing_changed_is_no_event():
    edit(a_customer("Rina"), a_member(), name="Rina")
    assert not fields()


def test_two_who_change_different_things_both_keep_theirs():
    rina = a_customer("Rina Maharani")
    seen = last_edit(rina)
    edit(rina, a_member(), seen, name="Rina Kusuma")
    edit(rina, a_member(), seen, honorific="Ibu")
    rina.refresh_from_db()
    assert (rina.name, rina.honorific) == ("Rina Kusuma", "Ibu")


def test_the_second_of_two_who_change_one_thing_is_told_who_was_first():
    rina, hendro = a_customer("Rina Maharani"), a_member("Hendro Wibisono")
    seen = last_edit(rina)
    edit(rina, hendro, seen, name="Rina Kusuma")
    with pytest.raises(Stale) as refused:
        edit(rina, a_member(), seen, name="Rina K.")
    assert [(who, what) for who, what, _at in refused.value.changes] == [("Hendro Wibisono", "name")]
    rina.refresh_from_db()
    assert rina.name == "Rina Kusuma"
    assert len(fields()) == 1


@pytest.mark.django_db(transaction=True)
def test_of_two_at_the_same_moment_the_second_waits_and_is_told():
    rina, sari, hendro = a_customer("Rina Maharani"), a_member(), a_member("Hendro Wibisono")
    with somebody_else() as does:
        with transaction.atomic():
            edit(rina, hendro, 0, name="Rina Kusuma")
            later = does(edit, rina, sari, 0, name="Rina K.")
            until_somebody_waits()
        with pytest.raises(Stale):
            later.result()
    assert Customer.objects.get().name == "Rina Kusuma"


@pytest.mark.parametrize("gone", [{"erased_at": "2026-01-01T00:00Z"}, {"absorbed_into": True}])
def test_a_record_that_is_gone_is_not_changed(gone):
    if "absorbed_into" in gone:
        gone = {"absorbed_into": a_customer("Rina")}
    old = a_customer("Rina Maharani", **gone)
    with pytest.raises(Gone):
        edit(old, a_member(), name="Slamet")
    assert not fields()


def test_an_address_keeps_rt_and_rw_as_three_digits_and_the_word_of_its_town():
    rina = a_customer()
    save_address(customer=rina, kind="home", lines=HOME, by=a_member())
    address = rina.addresses.get()
    assert (address.rt, address.rw, address.city, address.post_code) == ("002", "011", "Kota Bandung", "40132")
    rina.refresh_from_db()
    assert rina.city == "Bandung"


@pytest.mark.parametrize(
    ("field", "value"), [("rt", "2a"), ("rw", "1234"), ("post_code", "4013"), ("street", ""), ("city", "")]
)
def test_an_address_that_cannot_be_is_refused_by_its_field(field, value):
    with pytest.raises(BadAddress) as refused:
        save_address(customer=a_customer(), kind="home", lines=HOME | {field: value}, by=a_member())
    assert refused.value.field == field
    assert not Address.objects.exists()


@pytest.mark.parametrize(
    ("field", "value"), [("province", "Jawa"), ("city", "Bandung"), ("city", "Kota Medan"), ("district", "Dago")]
)
def test_where_the_list_is_loaded_only_what_is_on_it_is_taken(field, value):
    load_regions(REGIONS)
    with pytest.raises(BadAddress) as refused:
        save_address(customer=a_customer(), kind="home", lines=HOME | {field: value}, by=a_member())
    assert refused.value.field == field
    save_address(customer=a_customer(), kind="home", lines=HOME, by=a_member())


def test_an_address_that_is_taken_away_stays_in_its_history():
    rina = a_customer()
    address = save_address(customer=rina, kind="home", lines=HOME, by=a_member())
    drop_address(address=address, by=a_member())
    with connection.cursor() as cursor:
        cursor.execute("SELECT street FROM customers_addresspast WHERE customer_id = %s", [rina.pk])
        assert cursor.fetchone() == ("Jl. Melati 3",)
    assert fields() == [["address:home"], ["address:home"]]


def test_a_contact_that_is_corrected_is_a_claim_again():
    rina = a_customer(msisdn="+6281200004471")
    point = confirm_contact(point=rina.contact_points.get(), by=a_member())
    correct_contact(point=point, contact=read_contact("msisdn", "0812 0000 4472"), by=a_member())
    point.refresh_from_db()
    assert (point.value, point.verified_at) == ("+6281200004472", None)


def test_a_number_of_another_customer_is_not_taken():
    a_customer("Hendro", msisdn="+6281200004471")
    rina = a_customer()
    with pytest.raises(TakenContact):
        add_contact(customer=rina, contact=read_contact("msisdn", "081200004471"), by=a_member())
    assert not rina.contact_points.exists()
    assert not fields()


def test_a_number_that_is_retired_can_be_another_customers():
    rina, putri = a_customer(msisdn="+6281200004471"), a_customer("Putri")
    retire_contact(point=rina.contact_points.get(), by=a_member())
    add_contact(customer=putri, contact=read_contact("msisdn", "081200004471"), by=a_member())
    assert ContactPoint.objects.get().customer == putri


def test_the_same_list_of_regions_twice_adds_nothing_and_what_is_gone_goes():
    assert load_regions(REGIONS) == load_regions(REGIONS) == 4
    assert load_regions([("32", "Jawa Barat Baru")]) == 1
    from crm.customers.regions import provinces

    assert provinces() == ["Jawa Barat Baru"]


def test_a_birth_date_that_was_corrected_is_held_against_the_nik():
    from crm.customers.identifying import save_paper

    rina = a_customer(birth_date=dt.date(1990, 5, 14), sex="female")
    paper = save_paper(customer=rina, kind="nik", number="3273025405900001", by=a_member())
    assert paper.warnings == []
    edit(rina, a_member(), birth_date=dt.date(1990, 5, 15))
    paper.refresh_from_db()
    assert paper.warnings == ["birth_date"]
