"""What the number of a paper says, what only warns, and that it is read in clear with a reason alone."""

import datetime as dt

import pytest

from crm.customers.errors import BadPaper, ReasonNeeded, Restricted
from crm.customers.identifying import drop_paper, reveal_address, reveal_paper, save_paper
from crm.customers.models import Address, IdentityDocument, Reveal
from crm.customers.papers import doubts, read_paper
from crm.events.models import Event
from crm.lib.sealed import digest
from tests.people import a_customer, a_member

WOMAN, MAN = "3273025405900001", "3273021405900001"
BORN = dt.date(1990, 5, 14)


@pytest.mark.parametrize(
    ("kind", "text", "number"),
    [
        ("nik", "3273.0254 0590-0001", WOMAN), ("kk", "3273 0201 0112 0007", "3273020101120007"),
        ("passport", "c 1234567", "C1234567"), ("kitas", "2C21JE1234-A", "2C21JE1234A"),
        ("npwp", "01.312.166.0-091.000", "013121660091000"),
    ],
)  # fmt: skip
def test_a_number_is_kept_without_what_stands_between(kind, text, number):
    assert read_paper(kind, text).number == number


@pytest.mark.parametrize(
    ("kind", "text"),
    [
        ("nik", "327302540590000"),
        ("nik", "32730254O5900001"), ("nik", "3273023213900001"), ("nik", "327302001390000"),
        ("kk", "12"), ("passport", "12"), ("kitas", "1234"), ("npwp", "12345"),
    ],
)  # fmt: skip
def test_what_cannot_be_such_a_number_is_refused(kind, text):
    with pytest.raises(BadPaper):
        read_paper(kind, text)


@pytest.mark.parametrize(
    ("number", "birth", "sex", "found"),
    [
        (WOMAN, BORN, "female", []), (MAN, BORN, "male", []), (WOMAN, None, "", []),
        (WOMAN, BORN, "male", ["sex"]), (MAN, dt.date(1990, 5, 13), "male", ["birth_date"]),
        (WOMAN, dt.date(2090, 5, 14), "female", []), ("9973021405900001", BORN, "female", ["place", "sex"]),
        ("3273022902000001", dt.date(2000, 2, 29), "male", []),
    ],
)  # fmt: skip
def test_a_nik_that_disagrees_warns(number, birth, sex, found):
    assert sorted(doubts(read_paper("nik", number), birth_date=birth, sex=sex)) == found


def test_an_npwp_whose_check_digit_is_wrong_warns():
    assert read_paper("npwp", "013121661091000").doubts == ("check_digit",)


def test_only_the_ends_of_a_number_are_shown():
    assert read_paper("nik", WOMAN).masked == "3273 •••• •••• 0001"
    assert read_paper("passport", "C1234567").masked == "••••567"


@pytest.mark.django_db
def test_a_paper_is_sealed_found_by_the_whole_number_and_never_rejected_for_a_doubt():
    rina = a_customer(birth_date=BORN, sex="male")
    paper = save_paper(customer=rina, kind="nik", number=WOMAN, by=a_member())
    assert paper.warnings == ["sex"]
    row = IdentityDocument.objects.filter(digest=digest(WOMAN)).values().get()
    assert WOMAN not in str(row)
    assert WOMAN not in str(list(Event.objects.values_list("facts", flat=True)))


@pytest.mark.django_db
def test_a_second_nik_replaces_the_first():
    rina = a_customer()
    for number in (WOMAN, MAN):
        paper = save_paper(customer=rina, kind="nik", number=number, by=a_member())
    assert rina.documents.get().digest == digest(MAN)
    drop_paper(paper=paper, by=a_member())
    assert not rina.documents.exists()


@pytest.mark.django_db
def test_nobody_reads_a_number_without_a_reason():
    paper = save_paper(customer=a_customer(), kind="nik", number=WOMAN, by=a_member())
    with pytest.raises(ReasonNeeded):
        reveal_paper(paper=paper, by=a_member(), reason="  ")
    assert not Reveal.objects.exists()
    assert not Event.objects.filter(kind="customer.revealed").exists()


@pytest.mark.django_db
def test_what_rests_is_not_read_in_clear():
    rina = a_customer(restricted_at="2026-01-01T00:00Z")
    rina.refresh_from_db()
    paper = save_paper(customer=rina, kind="nik", number=WOMAN, by=a_member())
    with pytest.raises(Restricted):
        reveal_paper(paper=paper, by=a_member(), reason="SIM replacement.")
    assert not Reveal.objects.exists()


@pytest.mark.django_db
def test_a_look_with_its_reason_is_recorded_and_outlives_the_paper():
    sari, rina = a_member(), a_customer()
    paper = save_paper(customer=rina, kind="nik", number=WOMAN, by=sari)
    assert reveal_paper(paper=paper, by=sari, reason="SIM replacement.") == WOMAN
    event = Event.objects.get(kind="customer.revealed")
    assert (event.customer_id, event.actor_id, event.facts["paper"]) == (rina.pk, sari.pk, "nik")
    assert "SIM" not in str(event.facts)
    drop_paper(paper=paper, by=sari)
    assert Reveal.objects.get().what == "nik"


@pytest.mark.django_db
def test_an_address_in_full_is_a_look_too():
    address = Address.objects.create(customer=a_customer(), street="Jl. Melati 3", rt="002", city="Kota Bandung")
    assert reveal_address(address=address, by=a_member(), reason="Visit.").in_full.startswith("Jl. Melati 3\nRT 002")
    assert Reveal.objects.get().what == "address"
