"""What a customer wrote this time, out of everything that their program sends along."""

import pytest

from crm.messaging.mail.folding import new_words

ON = "On Mon, 2 Nov 2026 at 10:04, Layanan <care@sapa.example> wrote:"
PADA = "Pada Sen, 2 Nov 2026 pukul 10.04 Layanan <care@sapa.example> menulis:"
FORWARDED = (
    "Tolong dicek.\n\n---------- Forwarded message ---------\nFrom: Bank <x@example.net>\nDate: Mon\n"
    "Subject: Hadiah\n\nKlik"
)
QUOTED = "> Apakah sudah normal?\n> \n> Salam"

FOLDED = [
    ("Sudah normal.", "Sudah normal."),
    (f"Sudah normal.\n\n{PADA}\n\n{QUOTED}\n", "Sudah normal."),
    (f"Yes, thanks.\n\n{ON}\n{QUOTED}", "Yes, thanks."),
    (f"Sudah.\n\nPada Sen, 2 Nov 2026 pukul 10.04 Layanan Pelanggan\n<care@sapa.example> menulis:\n{QUOTED}", "Sudah."),
    (f"Yes.\n\nOn Mon, Nov 2, 2026 at 10:04 AM Customer\nCare\n<care@sapa.example> wrote:\n{QUOTED}", "Yes."),
    (f"Sudah.\n\n2026-11-02 10:04 GMT+07:00 Layanan <care@sapa.example>:\n{QUOTED}", "Sudah."),
    (f"Sudah.\n\nLayanan menulis:\n{QUOTED}", "Sudah."),
    (f"Sudah.\n{QUOTED}", "Sudah."),
    (f"{QUOTED}\n\nSudah normal.", "Sudah normal."),
    (f"{PADA}\n{QUOTED}\n\nSudah normal.", "Sudah normal."),
    (
        f"{PADA}\n> Nomor berapa?\n0812\n> Sejak kapan?\nkemarin",
        f"{PADA}\n> Nomor berapa?\n0812\n> Sejak kapan?\nkemarin",
    ),
    (
        "> Nomor berapa?\n0812\n> Sejak kapan?\nkemarin\n\n> Salam",
        "> Nomor berapa?\n0812\n> Sejak kapan?\nkemarin",
    ),
    ("Belum.\n\n-----Original Message-----\nFrom: Layanan\nSent: Monday\nTo: Rina\nSubject: Sinyal\n\nHalo", "Belum."),
    ("Belum.\n\n-----Pesan Asli-----\nDari: Layanan", "Belum."),
    (
        "Belum bisa.\n\n________________________________\nFrom: Layanan <care@sapa.example>\nSent: Monday\n"
        "To: Rina\nSubject: Re: Sinyal\n\nHalo Kak",
        "Belum bisa.",
    ),
    (
        "Masih mati.\n\nDari: Layanan <care@sapa.example>\nDikirim: Senin, 02 November 2026 10:04\nKepada: Rina\n"
        "Perihal: Re: Sinyal\n\nHalo Kak",
        "Masih mati.",
    ),
    (
        "Masih mati.\n\n*Dari:* Layanan\n*Tanggal:* 2 November 2026\n*Kepada:* Rina\n*Subjek:* Sinyal\n\nHalo",
        "Masih mati.",
    ),
    (
        FORWARDED,
        FORWARDED,
    ),
    ("Terima kasih.\n\n-- \nRina Maharani\n0812", "Terima kasih."),
    ("Terima kasih.\n--\nRina", "Terima kasih."),
    ("Sudah.\n\nDikirim dari iPhone saya", "Sudah."),
    ("Done.\n\nSent from my Galaxy", "Done."),
    ("Done.\n\nGet Outlook for Android<https://aka.ms/x>", "Done."),
    (f"Sudah.\n\nDikirim dari iPhone saya\n\n{PADA}\n{QUOTED}", "Sudah."),
    ("Dikirim dari pos kemarin, belum sampai.\nMohon dicek.", "Dikirim dari pos kemarin, belum sampai.\nMohon dicek."),
    ("-- \nRina", "-- \nRina"),
    (QUOTED, QUOTED),
    (f"{PADA}\n{QUOTED}", f"{PADA}\n{QUOTED}"),
    ("", ""),
    ("Pada hari ini sinyal hilang.\nTeknisi menulis: sudah normal.\nPadahal belum.",
     "Pada hari ini sinyal hilang.\nTeknisi menulis: sudah normal.\nPadahal belum."),
    ("Dari: Bandung\nKe: Jakarta\nSinyal hilang.", "Dari: Bandung\nKe: Jakarta\nSinyal hilang."),
    ("Harga > 5000 terlalu mahal", "Harga > 5000 terlalu mahal"),
]  # fmt: skip


@pytest.mark.parametrize(("whole", "new"), FOLDED, ids=range(len(FOLDED)))
def test_only_what_is_new_is_shown(whole: str, new: str) -> None:
    assert new_words(whole) == new


@pytest.mark.parametrize(
    "line", ["> " * 50_000, "Pada 2026 " * 30_000, "From:\n" * 50_000, "-- \n" * 50_000, "x:" * 90_000]
)
def test_nobody_keeps_us_busy_with_a_crafted_mail(line: str) -> None:
    """Patterns that go back and forth would take minutes here, and the test's time with them."""
    assert new_words(line)
