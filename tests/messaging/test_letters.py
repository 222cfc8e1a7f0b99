"""Letters: made by the sender, printed and posted by a person."""

import base64
import datetime as dt
import re
import zlib
from pathlib import Path

import pytest
from pytest_django import Settings

from crm.events.models import Event
from crm.messaging.actions import mark_posted
from crm.messaging.channels.paper import draw
from crm.messaging.models import Letter, Message
from crm.messaging.outbox import send_due
from crm.staff.models import User
from tests.messaging.conftest import Queue

ADDRESS = "Jl. Merpati 3 & 5\nBandung 40115"


def words(pdf: bytes) -> str:
    """What is written on the pages, line after line."""
    streams = re.findall(rb"stream\r?\n(.*?)endstream", pdf, re.DOTALL)
    pages = [zlib.decompress(base64.a85decode(b"<~" + stream.strip(), adobe=True)) for stream in streams]
    return " ".join(text.decode("latin-1") for page in pages for text in re.findall(rb"\((.*?)\) Tj", page))


@pytest.fixture(autouse=True)
def files(settings: Settings, tmp_path: Path) -> Path:
    settings.MEDIA_ROOT = tmp_path
    return tmp_path


@pytest.fixture
def letter(queue: Queue) -> Message:
    return queue(
        channel="letter", recipient=ADDRESS, subject="Gangguan sinyal", body="Yth. Kak Rina,\n\n<b>Sudah</b> normal."
    )


def test_a_letter_carries_address_date_text_and_who_signed(settings: Settings, letter: Message) -> None:
    settings.LETTERHEAD = "Layanan Pelanggan | Jl. Gatot Subroto 52 | Jakarta"
    letter.created_at = dt.datetime(2026, 11, 20, 18, 30, tzinfo=dt.UTC)
    text = words(draw(letter))
    for piece in (
        "Layanan Pelanggan", "Jl. Gatot Subroto 52", "21 November 2026", "Rina Maharani", "Jl. Merpati 3 & 5",
        "Bandung 40115", "Gangguan sinyal", "Yth. Kak Rina,", "< b > Sudah < /b > normal.", "Sari Wulandari",
    ):  # fmt: skip
        assert piece in text


def test_the_same_letter_made_twice_is_the_same_file(letter: Message) -> None:
    assert draw(letter) == draw(letter)


def test_a_text_with_signs_no_printer_knows_is_still_a_letter(letter: Message) -> None:
    letter.body = "Terima kasih 🙏 Kak 李 " + "panjang " * 3000
    assert draw(letter).startswith(b"%PDF")


def test_a_letter_is_made_once_and_waits_to_be_posted(letter: Message, files: Path) -> None:
    send_due(batches=1)
    letter.refresh_from_db()
    made = Letter.objects.get()
    assert letter.state == "sent"
    assert made.posted_at is None
    assert [file.relative_to(files).as_posix() for file in files.rglob("*.pdf")] == [made.file.name]


def test_a_letter_made_again_after_a_crash_takes_the_place_of_the_first(letter: Message, files: Path) -> None:
    send_due(batches=1)
    Message.objects.update(state="queued", sent_at=None)
    send_due(batches=1)
    assert len(list(files.rglob("*.pdf"))) == Letter.objects.count() == 1


def test_a_posted_letter_says_by_whom_and_a_second_press_changes_nothing(letter: Message, sari: User) -> None:
    send_due(batches=1)
    posted = mark_posted(letter=Letter.objects.get(), by=sari)
    again = mark_posted(letter=posted, by=sari)
    assert (again.posted_by, again.posted_at) == (sari, posted.posted_at)
    assert Event.objects.filter(kind="letter.posted").count() == 1
