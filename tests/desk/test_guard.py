"""What the SOP guard says of an answer, and why."""

import datetime as dt

import pytest
from django.utils import timezone, translation

from crm.customers.models import Customer
from crm.desk.guard import look
from crm.desk.sop import LONG_ON_A_PHONE, Written

RINA = Customer(name="Rina Maharani", honorific="Ibu")
FINE = "Halo Ibu Rina, mohon maaf. Kami cek sekarang."


@pytest.fixture(autouse=True)
def _english():
    with translation.override("en"):
        yield


def hints(text, way="private", **known):
    """What it finds wrong."""
    return {one.key for one in look(Written(text, way, RINA, **known)) if one.tone == "t-risk"}


def test_a_good_answer_is_left_alone():
    assert hints(FINE) == set()


def test_every_hint_says_why():
    found = look(Written("WAH {jam} BODOH SEKALI ANDA INI!!!", "public", RINA, asked="Kapan pulih?", too_long_by=3))
    assert [one.key for one in found] == ["fields", "name", "harsh", "data", "question", "length"]
    assert all(one.why for one in found)
    assert "Ibu Rina" in next(one.why for one in found if one.key == "name")


@pytest.mark.parametrize(
    ("text", "hint"),
    [
        ("Sudah kami cek, Ibu Rina.", "polite"),
        ("Halo, sudah kami cek.", "name"),
        ("Halo Ibu Rina, itu salah sendiri.", "harsh"),
        ("Hello Rina, that is not our problem.", "harsh"),
        ("Halo Ibu Rina, ditunggu yg sabar", "slang"),
        ("Halo Ibu Rina, TOLONG TUNGGU SEBENTAR", "capitals"),
        ("HALO IBU RINA", "capitals"),
        ("Halo Ibu Rina, sabar!!", "exclaimed"),
        ("Halo Ibu Rina! Tunggu! Sebentar!", "exclaimed"),
        ("Halo Ibu Rina, pulih {jam}.", "fields"),
        (FINE + "a" * LONG_ON_A_PHONE, "length"),
    ],
)
def test_it_finds(text, hint):
    assert hints(text) == {hint}


@pytest.mark.parametrize(
    "text",
    ["Halo Ibu Rina, APN dan SIM sudah kami cek.", "Halo Ibu Rina, selamat! Paketnya aktif.", "Halo Rina Maharani."],
)
def test_it_does_not_find_what_is_not_there(text):
    assert hints(text) == set()


def test_personal_data_are_for_private_only():
    text = "Halo Ibu Rina, nomor 0812-0000-4471 aktif."
    assert (hints(text), hints(text, "public")) == (set(), {"data"})


def test_a_note_and_an_empty_box_are_not_judged():
    assert look(Written("bodoh", "note", RINA)) == []
    assert look(Written("  ", "private", RINA)) == []


@pytest.mark.parametrize(
    ("asked", "text", "open_"),
    [
        ("Kapan sinyal di Dago pulih?", FINE, True),
        ("Kapan sinyal di Dago pulih?", "Halo Ibu Rina, sinyal pulih pukul 15.00.", False),
        (
            "Paket saya hilang. Kenapa paketnya terpotong?",
            "Halo Ibu Rina, terpotong karena perpanjangan.",
            False,
        ),
        ("Terima kasih.", FINE, False),
    ],
)
def test_a_question_is_taken_up_or_asked_about(asked, text, open_):
    assert ("question" in hints(text, asked=asked)) == open_


@pytest.mark.parametrize(("minutes", "soon"), [(20, False), (10, True)])
def test_the_end_of_a_window_is_told(minutes, soon):
    now = timezone.now()
    assert ("window" in hints(FINE, at=now, closes_at=now + dt.timedelta(minutes=minutes))) == soon
