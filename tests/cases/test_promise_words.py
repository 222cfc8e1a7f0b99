"""What counts as a promise in a text: a time that is still to come."""

import datetime as dt
from zoneinfo import ZoneInfo

import pytest

from crm.cases.promise_words import find_promise, sentence_around

WIB = ZoneInfo("Asia/Jakarta")
NOW = dt.datetime(2026, 11, 25, 14, 6, tzinfo=WIB)  # a Wednesday


def found(text: str, now: dt.datetime = NOW, zone: str = "Asia/Jakarta") -> str:
    one = find_promise(text, now=now, zone=zone)
    return one.due_at.astimezone(WIB).strftime("%d %H:%M") if one else ""


@pytest.mark.parametrize(
    ("text", "due"),
    [
        ("Kami kabari Ibu paling lambat pukul 15.05, sebelum rapat.", "25 15:05"),
        ("Teknisi datang besok jam 9 pagi ya, Pak.", "26 09:00"),
        ("Kami telepon jam 2 siang besok.", "26 14:00"),
        ("Kami hubungi lagi dalam 2 jam.", "25 16:06"),
        ("Mohon tunggu 30 menit lagi.", "25 14:36"),
        ("Selesai dalam 3 x 24 jam.", "28 14:06"),
        ("Pukul 16.00 WITA kami kabari.", "25 15:00"),
        ("We will call you tomorrow at 10:30.", "26 10:30"),
        ("We call you by 3 pm.", "25 15:00"),
        ("Kami kirim hari Jumat pukul 08.00.", "27 08:00"),
        ("Kami telepon pukul 9.", "26 09:00"),  # nine has passed: it must be tomorrow's
        ("Nanti malam jam 7 malam kami kabari.", "25 19:00"),
        ("Perbaikan pukul 15.00, kami kabari pukul 15.30.", "25 15:30"),
    ],
)
def test_a_time_to_come_is_found(text: str, due: str) -> None:
    assert found(text) == due


@pytest.mark.parametrize(
    "text",
    [
        "",
        "Terima kasih, Bu Rina.",
        "Gangguan terjadi sejak pukul 09.40.",
        "Nomor Anda 0812-3456-7890, kuota 12 GB.",
        "Tagihan Rp 214.000 untuk 3 nomor.",
        "Gangguan dari jam 16.00 kemarin sudah pulih.",
        "Biayanya 15.000 per bulan.",
    ],
)
def test_what_is_no_promise_is_not_found(text: str) -> None:
    assert found(text) == ""


def test_the_time_is_the_customers() -> None:
    assert found("Kami telepon pukul 17.00.", zone="Asia/Jayapura") == "25 15:00"


def test_the_sentence_around_it_says_what() -> None:
    text = "Halo Ibu. Saya kabari paling lambat pukul 15.05, sebelum rapat. Terima kasih!"
    one = find_promise(text, now=NOW, zone="Asia/Jakarta")
    assert one is not None
    assert sentence_around(text, one) == "Saya kabari paling lambat pukul 15.05, sebelum rapat"
    assert text[one.start : one.end] == "paling lambat pukul 15.05"
