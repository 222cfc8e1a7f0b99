"""Texts as agents write them; the numbers belong to nobody."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from phonenumbers import normalize_digits_only

from crm.customers.numbers import is_card
from crm.customers.personal_data import find

FOUND = [
    ("msisdn", "0812-0000-4471", "Nomor Kakak 0812-0000-4471 sudah aktif"),
    ("msisdn", "62 812 0000 4471", "Kami hubungi ke 62 812 0000 4471 ya Kak"),
    ("msisdn", "62 812-0000-4471", "Kami hubungi +62 812-0000-4471."),
    ("msisdn", "62 (0)812 0000 4471", "+62 (0)812 0000 4471"),
    ("msisdn", "081200004471", "WA081200004471"),
    ("msisdn", "081200004471", "hp:081200004471"),
    ("msisdn", "6281200004471", "klik https://wa.me/6281200004471"),
    ("msisdn", "0 8 1 2 0 0 0 0 4 4 7 1", "0 8 1 2 0 0 0 0 4 4 7 1"),
    ("msisdn", "０８１２００００４４７１", "nomor ０８１２００００４４７１"),
    ("msisdn", "65 9123 4567", "nomor Singapura +65 9123 4567"),
    ("msisdn", "0812\u200b0000\u200b4471", "0812\u200b0000\u200b4471"),
    ("nik", "3273010101900008", "NIK 3273010101900008 atas nama Kakak"),
    ("nik", "3273014101900008", "NIK3273014101900008"),
    ("nik", "3273 0101 0190 0008", "KTP 3273 0101 0190 0008"),
    ("nik", "9999999999999999", "nomor 9999999999999999"),
    ("email", "rina.maharani@example.com", "kirim ke rina.maharani@example.com, ya"),
    ("email", "rina[at]example.co.id", "rina[at]example.co.id"),
    ("email", "RINA@EXAMPLE.COM", "RINA@EXAMPLE.COM"),
    ("card", "4111 1111 1111 1111", "kartu 4111 1111 1111 1111 ditolak"),
    ("card", "5500-0055-5555-5559", "5500-0055-5555-5559"),
    ("card", "378282246310005", "Amex 378282246310005"),
]

INNOCENT = [
    "Harganya Rp 62.812.345.678 saja",
    "Paket 30 GB Rp100.000 aktif 30 hari, bonus 2.000 menit",
    "Hubungi 188 atau 133, dari luar negeri 0807-1-811-811",
    "GraPARI buka 08.00-21.00, Minggu 08.15 - 16.30, 24 jam",
    "Dijanjikan 08-12-2026 10.30 WIB",
    "Tanggal 2026-12-08 pukul 09:15",
    "Pantau kasus #2411000123 ya Kak",
    "#Promo2026 #081peduli @budi08120000447 terima kasih",
    "Baca https://example.com/status/1850000000000000000",
    "Lihat www.example.com/081200004471",
    "Pesanan TRX081200004471 sedang diproses",
    "IMEI 356938035643809 terdaftar",
    "Tekan *363*46#",
    "Kode voucher 1000 2000 3000 4000",
    "Telepon kantor 021-5551234",
    "Tulis ke cs@example.co.id atau layanan@example.co.id",
    "Kunjungi @brand.id untuk info",
    "Nomor transaksi 20261022134501234",
    "",
]


@pytest.mark.parametrize(("kind", "piece", "text"), FOUND)
def test_personal_data_is_found_where_it_stands(kind: str, piece: str, text: str) -> None:
    assert [(found.kind, text[found.start : found.end]) for found in find(text)] == [(kind, piece)]


@pytest.mark.parametrize("text", INNOCENT)
def test_what_says_nothing_about_a_person_goes_out(text: str) -> None:
    assert find(text) == []


def test_pieces_come_in_the_order_of_the_text() -> None:
    found = find("081200004471, rina@example.com, 081300004471")
    assert [one.kind for one in found] == ["msisdn", "email", "msisdn"]


def test_two_numbers_side_by_side_are_two() -> None:
    assert [found.kind for found in find("081200004471 081300004471")] == ["msisdn", "msisdn"]


def test_a_wrong_check_digit_is_no_card() -> None:
    assert is_card("4111111111111111")
    assert not is_card("4111111111111112")


prefixes = st.sampled_from(["811", "812", "813", "821", "852", "853"])
subscriber_numbers = st.builds("{}{:08}".format, prefixes, st.integers(0, 10**8 - 1))
words_before = st.sampled_from(["", "Halo Kak, ", "nomor ", "(", "WA:"])
words_after = st.sampled_from(["", " ya", ".", ")"])
separators = st.sampled_from(["", " ", "-", ".", " - ", "\u00a0", "\u2011"])


@st.composite
def grouped_numbers(draw: st.DrawFn) -> str:
    """A mobile number as somebody may write it: any usual prefix, cut into groups anywhere."""
    rest, separator = draw(subscriber_numbers), draw(separators)
    cuts = sorted(draw(st.sets(st.integers(2, len(rest) - 1), max_size=4)))
    groups = [rest[start:end] for start, end in zip([0, *cuts], [*cuts, None], strict=True)]
    return draw(st.sampled_from(["0", "62", "+62 ", "+62-"])) + separator.join(groups)


@given(grouped_numbers(), words_before, words_after)
def test_a_mobile_number_is_found_in_any_grouping(number: str, before: str, after: str) -> None:
    text = before + number + after
    (found,) = find(text)
    assert found.kind == "msisdn"
    assert normalize_digits_only(text[found.start : found.end]) == normalize_digits_only(number)


@given(st.text())
def test_any_text_is_read_to_its_end_and_pieces_never_overlap(text: str) -> None:
    places = [place for found in find(text) for place in (found.start, found.end)]
    assert places == sorted(places)
    assert all(0 <= place <= len(text) for place in places)


@given(st.integers(0, 10**15))
def test_no_price_is_a_number_or_a_card(amount: int) -> None:
    assert find(f"Tagihan Rp {amount:,}".replace(",", ".")) == []


def test_the_link_to_a_status_page_is_no_text_for_the_public():
    link = f"https://care.operator.example/status/{'a' * 22}.{'B' * 43}/"
    text = f"Pantau di {link} ya."
    assert [(found.kind, text[found.start : found.end]) for found in find(text)] == [("link", link)]
    assert find("Lihat https://status.operator.example/status/ untuk gangguan.") == []
