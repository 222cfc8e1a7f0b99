"""Whatever the bytes are, they are read, and what is read can be kept."""

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from crm.messaging.mail.bounces import report_of
from crm.messaging.mail.folding import new_words
from crm.messaging.mail.parse import read_mail
from crm.messaging.mail.robots import why_ignored
from tests.messaging.mail.test_reading import CAME
from tests.messaging.mail.written import a_mail, a_mail_of, a_part

NAMES = ["From", "To", "Subject", "Date", "Received", "Message-ID", "References", "In-Reply-To", "Reply-To",
         "Content-Type", "Content-Transfer-Encoding", "Content-Disposition", "Return-Path",
         "Precedence", "Auto-Submitted"]  # fmt: skip
BITS = st.sampled_from([
    b"=?utf-8?q?", b"=?utf-8?b?", b"?=", b"<", b">", b"@", b'"', b";", b"multipart/mixed; boundary=b", b"text/html",
    b"message/rfc822", b"message/delivery-status", b"multipart/report", b"base64", b"quoted-printable", b"\r\n ",
    b"\x00", b"\xff\xfe", b"charset=", b"utf-16", b"filename*0*=", b"filename*=x'y'%zz", b"--b\r\n",
    b"--b--", b"\xed\xa0\x80", b"5.1.1",
])  # fmt: skip
VALUES = st.lists(BITS | st.binary(max_size=20), max_size=6).map(b" ".join)
HEADS = st.lists(st.tuples(st.sampled_from(NAMES), VALUES), max_size=8)
MANY = settings(max_examples=300, deadline=None, suppress_health_check=[HealthCheck.too_slow])


def look(raw: bytes) -> None:
    mail = read_mail(raw)
    text = [mail.text, mail.html, mail.subject, *mail.sender, mail.reply_to, mail.own_id, *mail.answered_ids]
    text += [new_words(mail.text), why_ignored(mail, ours={"care@sapa.example"})]
    text += [part for file in mail.files for part in (file.name, file.content_id)]
    report = report_of(mail)
    text += [*report.ids, report.status] if report else []
    for one in text:
        one.encode()  # no halves of letters
        assert "\x00" not in one
    assert mail.own_id
    assert len(mail.own_id) <= 255
    assert mail.received_at(CAME) <= CAME


@MANY
@given(st.binary(max_size=600))
def test_any_bytes_are_read(raw: bytes) -> None:
    look(raw)


@MANY
@given(HEADS, VALUES)
def test_any_head_is_read(head: list[tuple[str, bytes]], body: bytes) -> None:
    look(b"".join(name.encode() + b": " + value + b"\r\n" for name, value in head) + b"\r\n" + body)


@MANY
@given(st.lists(st.tuples(VALUES, VALUES, VALUES), max_size=4))
def test_any_parts_are_read(inside: list[tuple[bytes, bytes, bytes]]) -> None:
    parts = [b"Content-Type: " + kind + b"\nContent-Disposition: " + how + b"\n\n" + body for kind, how, body in inside]
    look(a_mail_of(*parts, a_part("Halo")))


@MANY
@given(st.text(max_size=300))
def test_any_words_come_through_whole(words: str) -> None:
    clean = words.replace("\r\n", "\n").replace("\r", "\n").replace("\x00", "").encode("utf-8", "replace").decode()
    raw = a_mail(words.encode("utf-8", "replace"), Content_Type="text/plain; charset=utf-8")
    assert read_mail(raw).text.strip() == clean.strip("\n").strip()
