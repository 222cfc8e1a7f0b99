"""Mails that are made to stop us: each is read, or given up, in a moment."""

import time

import pytest

from crm.messaging.mail.bounces import report_of
from crm.messaging.mail.folding import new_words
from crm.messaging.mail.layout import text_of_html
from crm.messaging.mail.parse import read_headers, read_mail

MOMENT = 5.0  # seconds on a busy machine; unbounded, each of these takes minutes to days


def nested(levels: int) -> bytes:
    begun = b"".join(b"Content-Type: multipart/mixed; boundary=b%d\n\n--b%d\n" % (n, n) for n in range(levels))
    return b"From: rina@example.com\nMessage-ID: <n@example.com>\n" + begun + b"\n\nhalo\n"


def test_the_headers_of_a_mail_nested_beyond_any_stack_are_read():
    assert read_headers(nested(1500)).own_id == "<n@example.com>"


@pytest.mark.parametrize(
    "text",
    [
        "1.1" + "<@" * 50_000 + "\n> q\nx",
        "on " + "1.1 " * 50_000 + "\n> q\nx",
        "halo\n" + " " * 100_000 + "\n> q",
    ],
    ids=["brackets", "dates", "blanks"],
)
def test_no_text_keeps_the_folding_busy(text):
    began = time.monotonic()
    new_words(text)
    assert time.monotonic() - began < MOMENT


def test_quotations_by_the_thousand_do_not_multiply_the_text():
    html = "<blockquote>x" * 38_000
    assert len(text_of_html(html)) < 50 * 38_000


def test_a_person_who_sends_us_a_report_that_they_got_is_no_mail_server():
    raw = (
        b"From: Rina <rina@example.com>\nSubject: e-mail saya kembali\nMIME-Version: 1.0\n"
        b"Content-Type: multipart/mixed; boundary=a\n\n--a\nContent-Type: text/plain\n\nLihat lampiran.\n"
        b"--a\nContent-Type: message/rfc822\n\nFrom: mailer@example.org\nContent-Type: multipart/report; boundary=b\n\n"
        b"--b\nContent-Type: message/delivery-status\n\nReporting-MTA: dns; x\n\n"
        b"Action: failed\nStatus: 5.1.1\n\n--b--\n"
        b"--a--\n"
    )
    assert report_of(read_mail(raw)) is None
