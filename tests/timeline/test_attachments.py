"""Which files are kept, as what, and under which name: judged by their bytes, whatever their sender calls them."""

from pathlib import Path, PurePosixPath

import pytest
from django.utils import timezone, translation
from hypothesis import given, settings
from hypothesis import strategies as st
from pytest_django import Settings

from crm.timeline.attachments import KINDS, LARGEST, NAME_MAX, BadFile, keep_file, keep_or_note, kind_of, tidy_name
from crm.timeline.models import Attachment, Interaction
from tests.people import a_customer
from tests.timeline.files import (
    DOCX,
    DRAWING,
    FILM,
    MP3,
    PAGE,
    PDF,
    PROGRAM,
    VOICE,
    WITH_MACROS,
    XLSX,
    archive,
    picture,
)


@pytest.fixture(autouse=True)
def files(settings: Settings, tmp_path: Path) -> Path:
    settings.MEDIA_ROOT = tmp_path
    return tmp_path


@pytest.fixture
def contact(db: None) -> Interaction:
    return Interaction.objects.create(customer=a_customer(), channel="email", direction="in", at=timezone.now())


def on_disk(files: Path) -> list[Path]:
    return [path for path in files.rglob("*") if path.is_file()]


@pytest.mark.parametrize(
    ("content", "name", "kind"),
    [
        (picture("JPEG"), "a.jpg", "image/jpeg"),
        (picture("PNG"), "a.png", "image/png"),
        (picture("GIF"), "a.gif", "image/gif"),
        (picture("WEBP"), "a.webp", "image/webp"),
        (PDF, "tagihan.pdf", "application/pdf"),
        (DOCX, "surat.docx", next(kind for kind in KINDS if kind.endswith("wordprocessingml.document"))),
        (XLSX, "daftar.xlsx", next(kind for kind in KINDS if kind.endswith("spreadsheetml.sheet"))),
        (MP3, "suara.mp3", "audio/mpeg"),
        (VOICE, "suara.opus", "audio/ogg"),
        (FILM, "video.mp4", "video/mp4"),
        ("modem mati\u200e 📶\n".encode(), "catatan.txt", "text/plain"),
        (b"BM adalah kode kami", "catatan.txt", "text/plain"),
        (b"a;b\r\n1;2\r\n", "DATA.CSV", "text/plain"),
    ],
)
def test_what_customers_send_is_taken_as_what_it_is(content: bytes, name: str, kind: str) -> None:
    assert kind_of(content, name) == kind
    if kind != "text/plain":
        assert kind_of(content, "") == kind_of(content, "other.jpg") == kind


@pytest.mark.parametrize(
    ("content", "name"),
    [
        (PROGRAM, "foto.jpg"),
        (PROGRAM, "catatan.txt"),
        (archive("a.txt"), "surat.docx"),
        (archive("word/document.xml.exe"), "surat.docx"),
        (WITH_MACROS, "surat.docx"),
        (DOCX[:200], "surat.docx"),
        (DRAWING, "gambar.svg"),
        (DRAWING, "gambar.png"),
        (PAGE, "halaman.html"),
        (PAGE, "foto.jpg"),
        (b"#!/bin/sh\nrm -rf /\n", "skrip.sh"),
        (b"nol\x00byte", "catatan.txt"),
        (b"\xff\xfe\x00", "catatan.txt"),
        (b"begitu saja", "tanpa-akhiran"),
    ],
)
def test_what_is_none_of_these_is_refused_whatever_it_is_called(content: bytes, name: str) -> None:
    with pytest.raises(BadFile) as refused:
        kind_of(content, name)
    assert refused.value.reason == "type"


@pytest.mark.parametrize("tail", [PAGE, PROGRAM, archive("Evil.class"), DRAWING])
def test_a_picture_with_something_else_behind_it_is_a_picture_and_nothing_else(tail: bytes) -> None:
    for form in ("JPEG", "PNG", "GIF"):
        assert kind_of(picture(form) + tail, "foto.html") == f"image/{form.lower()}"
        assert tidy_name("foto.html", f"image/{form.lower()}").endswith((".jpg", ".png", ".gif"))


def test_ten_megabytes_are_taken_and_a_byte_more_is_not() -> None:
    largest = picture() + bytes(LARGEST - len(picture()))
    assert kind_of(largest, "a.jpg") == "image/jpeg"
    with pytest.raises(BadFile) as refused:
        kind_of(largest + b"x", "a.jpg")
    assert (refused.value.reason, "10" in str(refused.value)) == ("too_large", True)


@pytest.mark.parametrize(
    ("given_name", "kept_name"),
    [
        ("foto.jpg", "foto.jpg"),
        ("FOTO.JPEG", "FOTO.JPEG"),
        ("foto.exe", "foto.exe.jpg"),
        ("../../etc/passwd", "passwd.jpg"),
        ("C:\\Users\\rina\\foto.jpg", "foto.jpg"),
        ("kode\u202egpj.exe", "kode gpj.exe.jpg"),
        ("a\r\nX-Evil: 1.jpg", "a X-Evil 1.jpg"),
        ('"; filename="b.jpg', "; filename= b.jpg"),
        ("nol\0byte.jpg", "nol byte.jpg"),
        ("rusak\udcff.jpg", "rusak .jpg"),
        ("...", "berkas.jpg"),
        ("", "berkas.jpg"),
        ("foto 📶 ę.jpg", "foto 📶 ę.jpg"),
    ],
)
def test_a_name_is_made_safe_to_show_and_to_download(given_name: str, kept_name: str) -> None:
    with translation.override("id"):
        assert tidy_name(given_name, "image/jpeg") == kept_name


@given(name=st.text(max_size=400), kind=st.sampled_from(["", *KINDS]))
@settings(deadline=None)
def test_any_name_becomes_a_short_single_visible_one(name: str, kind: str) -> None:
    tidy = tidy_name(name, kind)
    assert 0 < len(tidy) <= NAME_MAX
    assert tidy == PurePosixPath(tidy).name
    assert not set(tidy) & set('/\\:*?"<>|\0\r\n\u202e\u2066')
    assert tidy.encode()
    assert not kind or tidy.lower().endswith(KINDS[kind])


@given(content=st.binary(min_size=1, max_size=600), head=st.sampled_from([b"", PDF, DOCX[:60], FILM, VOICE, b"RIFF"]))
@settings(deadline=None)
def test_any_bytes_are_of_a_type_we_take_or_refused(content: bytes, head: bytes) -> None:
    for name in ("foto.jpg", "catatan.txt", ""):
        assert verdict(head + content, name) in {*KINDS, "type"}


def verdict(content: bytes, name: str) -> str:
    try:
        return kind_of(content, name)
    except BadFile as refused:
        return refused.reason


def test_a_kept_file_lies_under_a_name_of_our_own(contact: Interaction, files: Path) -> None:
    kept = keep_file(content=picture(), name="../rina.jpg", interaction=contact)
    assert (kept.name, kept.content_type, kept.size) == ("rina.jpg", "image/jpeg", len(picture()))
    assert [path.read_bytes() for path in on_disk(files)] == [picture()]
    assert "rina" not in kept.file.name
    assert kept.is_servable


@pytest.mark.parametrize(
    ("content", "reason"), [(b"", "empty"), (picture() + bytes(LARGEST), "too_large"), (PROGRAM, "type")]
)
def test_what_may_not_be_kept_is_noted_with_the_reason_and_nothing_of_it_stays(
    contact: Interaction, files: Path, content: bytes, reason: str
) -> None:
    noted = keep_or_note(content=content, name="x" * 300 + ".scr" * 80, interaction=contact)
    assert (noted.state, noted.refusal, noted.size) == ("refused", reason, len(content))
    assert (len(noted.name), bool(noted.file), noted.is_servable) == (NAME_MAX, False, False)
    assert on_disk(files) == []
    with pytest.raises(BadFile):
        keep_file(content=content, name="foto.jpg")
    assert Attachment.objects.count() == 1
