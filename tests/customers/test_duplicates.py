"""Which records are proposed as one customer, and what is never enough to merge them."""

import datetime as dt

import pytest

from crm.customers.duplicates import look_for_duplicates, say_different
from crm.customers.errors import NotAProposal
from crm.customers.models import Address, Customer, Duplicate, IdentityDocument
from tests.people import a_customer, a_line, a_member

pytestmark = pytest.mark.django_db
BORN = dt.date(1990, 5, 14)


def a_paper(customer: Customer, kind: str = "nik", digest: str = "a" * 64) -> IdentityDocument:
    return IdentityDocument.objects.create(customer=customer, kind=kind, digest=digest, sealed="-", masked="••••")


def reasons() -> list[tuple[list[str], int]]:
    look_for_duplicates()
    return list(Duplicate.objects.filter(state="proposed").order_by("pk").values_list("reasons", "score"))


def test_one_nik_on_two_records_is_nearly_sure():
    for name in ("Rina Maharani", "R. Maharani"):
        a_paper(a_customer(name))
    assert reasons() == [(["same_nik"], 95)]


def test_more_reasons_make_it_surer():
    for name in ("Rina Maharani", "rina maharani"):
        a_paper(a_customer(name, birth_date=BORN))
    assert reasons() == [(["name_and_birth", "same_nik"], 99)]


def test_a_family_that_shares_a_kk_is_not_one_customer():
    for name in ("Bambang Sutrisno", "Siti Aminah"):
        a_paper(a_customer(name), "kk")
    assert reasons() == []
    a_paper(a_customer("Bambang Sutrisna"), "kk")
    assert reasons() == [(["name_and_kk"], 65)]


def test_a_line_of_one_that_is_the_contact_of_another():
    rina = a_customer("Rina Maharani")
    a_line(rina, "+6281200004471")
    a_customer("R. Maharani", msisdn="+6281200004471")
    assert reasons() == [(["number_of_other"], 70)]


def test_a_line_that_a_daughter_uses_is_no_reason():
    line = a_line(a_customer("Rina Maharani"), "+6281200004471")
    line.user = a_customer("Putri Maharani", msisdn="+6281200004471")
    line.save()
    assert reasons() == []


def test_names_alike_count_with_birth_date_and_city_alone():
    a_customer("Rina Maharani", birth_date=BORN, city="Bandung")
    a_customer("Rina Mahrani", birth_date=BORN, city="Bandung")
    a_customer("Rina Maharana", birth_date=BORN, city="Medan")
    a_customer("Rina Maharani", birth_date=dt.date(1991, 5, 14), city="Bandung")
    assert reasons() == [(["alike_and_birth"], 50)]


def test_one_name_at_one_address():
    for street in ("Jl. Melati 3", "jl. melati 3"):
        Address.objects.create(customer=a_customer("Slamet"), street=street, city="Kota Malang")
    assert reasons() == [(["name_and_address"], 55)]


@pytest.mark.parametrize("gone", [{"restricted_at": "2026-01-01T00:00Z"}, {"erased_at": "2026-01-01T00:00Z"}])
def test_a_record_that_may_not_be_used_is_not_compared(gone):
    a_paper(a_customer("Rina Maharani"))
    a_paper(a_customer("Rina Maharani", **gone))
    assert reasons() == []


def test_looking_again_proposes_nothing_twice_and_drops_what_was_corrected():
    for name in ("Rina Maharani", "R. Maharani"):
        paper = a_paper(a_customer(name))
    assert look_for_duplicates() == 1
    assert look_for_duplicates() == 0
    paper.delete()
    look_for_duplicates()
    assert not Duplicate.objects.exists()


def test_two_whom_somebody_told_apart_are_asked_about_again_for_a_new_reason_alone():
    ratna = a_member("Ratna Kusumaningrum", "supervisor")
    one, other = (a_customer("Rina Maharani", birth_date=BORN) for _ in range(2))
    look_for_duplicates()
    say_different(duplicate=Duplicate.objects.get(), by=ratna)
    assert reasons() == []
    a_paper(one), a_paper(other)
    assert reasons() == [(["name_and_birth", "same_nik"], 99)]


def test_a_pair_that_was_decided_is_not_decided_again():
    ratna = a_member("Ratna Kusumaningrum", "supervisor")
    for _ in range(2):
        a_customer("Rina Maharani", birth_date=BORN)
    look_for_duplicates()
    say_different(duplicate=Duplicate.objects.get(), by=ratna)
    with pytest.raises(NotAProposal):
        say_different(duplicate=Duplicate.objects.get(), by=ratna)
