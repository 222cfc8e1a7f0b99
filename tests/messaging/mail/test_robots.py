"""Who writes: a customer, or a machine. Reports on our own mails, as servers word them."""

import pytest

from crm.messaging.mail.bounces import Report, report_of
from crm.messaging.mail.parse import read_mail
from crm.messaging.mail.robots import AUTO_REPLY, BULK, LOOP, RECEIPT, why_ignored
from tests.messaging.mail.written import a_mail, a_mail_of, a_part

OURS = {"care@sapa.example", "bantuan@sapa.example"}
OUR_ID = "<0123456789abcdef0123456789abcdef@sapa.example>"

MACHINES = [
    ({"Auto-Submitted": "auto-replied"}, AUTO_REPLY),
    ({"Auto-Submitted": "auto-generated; type=x"}, AUTO_REPLY),
    ({"Auto-Submitted": "auto-notified"}, AUTO_REPLY),
    ({"X-Autoreply": "yes"}, AUTO_REPLY),
    ({"X-Autorespond": "cuti"}, AUTO_REPLY),
    ({"Precedence": "auto_reply"}, AUTO_REPLY),
    ({"Precedence": "bulk"}, BULK),
    ({"Precedence": "Junk"}, BULK),
    ({"List-Id": "<promo.toko.example>"}, BULK),
    ({"Return-Path": "<>"}, AUTO_REPLY),
    ({"From": "MAILER-DAEMON@mx.example.com"}, AUTO_REPLY),
    ({"From": "postmaster@example.com"}, AUTO_REPLY),
    ({"Subject": "Automatic reply: Sinyal"}, AUTO_REPLY),
    ({"Subject": "Out of Office: Sinyal"}, AUTO_REPLY),
    ({"Subject": "Balasan otomatis: Sinyal"}, AUTO_REPLY),
    ({"Subject": "Di luar kantor"}, AUTO_REPLY),
    ({"From": "Layanan <CARE@sapa.example>"}, LOOP),
    ({"X-Loop": "bantuan@sapa.example"}, LOOP),
    ({}, ""),
    ({"Auto-Submitted": "no"}, ""),
    ({"Precedence": "first-class"}, ""),
    ({"Return-Path": "<rina@example.com>"}, ""),
    ({"X-Loop": "rina@example.com"}, ""),
    ({"Subject": "Re: Automatic reply: apakah ini dibaca orang?"}, ""),
    ({"Subject": "Autodebet saya gagal"}, ""),
    ({"Subject": "Automatic payment failed"}, ""),
    ({"Subject": "Sinyal hilang sedang cuti"}, ""),
    ({"X-Auto-Response-Suppress": "All"}, ""),
    ({"List-Unsubscribe": "<mailto:x@example.com>"}, ""),
]


@pytest.mark.parametrize(("headers", "reason"), MACHINES, ids=[str(headers) for headers, _reason in MACHINES])
def test_a_machine_is_told_from_a_person(headers: dict[str, str], reason: str) -> None:
    assert why_ignored(read_mail(a_mail(**headers)), ours=OURS) == reason


def test_a_receipt_for_having_read_is_no_contact() -> None:
    raw = a_mail_of(
        a_part("Sudah dibaca."), a_part(f"Original-Message-ID: {OUR_ID}\n", "message/disposition-notification"),
        kind="report; report-type=disposition-notification", Return_Path="<>",
    )  # fmt: skip
    assert report_of(read_mail(raw)) is None
    assert why_ignored(read_mail(raw), ours=OURS) == RECEIPT


def a_report(fields: str, *returned: bytes, words: str = "Your message could not be delivered.") -> bytes:
    return a_mail_of(
        a_part(words), a_part(fields, "message/delivery-status"), *returned,
        kind="report; report-type=delivery-status", From="Mail Delivery System <MAILER-DAEMON@mx.example.com>",
        Return_Path="<>", Subject="Undelivered Mail Returned to Sender", Auto_Submitted="auto-replied",
    )  # fmt: skip


def returned(kind: str = "message/rfc822") -> bytes:
    return a_part(f"From: care@sapa.example\nMessage-ID: {OUR_ID}\nSubject: Re: Sinyal\n\nHalo Kak", kind)


REFUSED = "Reporting-MTA: dns; mx.example.com\n\nFinal-Recipient: rfc822; rina@example.com\nAction: {}\nStatus: {}\n"

REPORTS = {
    "postfix": (a_report(REFUSED.format("failed", "5.1.1"), returned()), (True, "5.1.1")),
    "exim": (
        a_report(REFUSED.format("failed", "5.0.0"), returned(), words="A message that you sent could not be delivered"),
        (True, "5.0.0"),
    ),
    "headers alone": (a_report(REFUSED.format("failed", "5.2.1"), returned("text/rfc822-headers")), (True, "5.2.1")),
    "exchange": (
        a_report("Reporting-MTA: dns;x\n\nFinal-recipient: x;y\nAction: Failed\nstatus: 5.1.10\n", returned()),
        (True, "5.1.10"),
    ),
    "gave up at last": (a_report(REFUSED.format("failed", "4.4.7"), returned()), (True, "4.4.7")),
    "delayed": (a_report(REFUSED.format("delayed", "4.4.1"), returned()), (False, "4.4.1")),
    "no action, refused": (a_report("Reporting-MTA: dns;x\n\nStatus: 5.7.1\n", returned()), (True, "5.7.1")),
    "no action, later": (a_report("Reporting-MTA: dns;x\n\nStatus: 4.2.2\n", returned()), (False, "4.2.2")),
    "delivered": (a_report(REFUSED.format("delivered", "2.0.0"), returned()), (False, "2.0.0")),
    "relayed": (a_report(REFUSED.format("relayed", "2.0.0"), returned()), (False, "2.0.0")),
    "qmail": (
        a_mail(
            "Hi. This is the qmail-send program at mx.example.com.\n<rina@example.com>:\n"
            "Sorry, no mailbox here by that name. (#5.1.1)\n\n--- Below this line is a copy of the message.\n\n"
            f"Message-ID: {OUR_ID}\n\nHalo",
            From="MAILER-DAEMON@mx.example.com", Return_Path="<>",
        ),
        (True, "5.1.1"),
    ),
    "only a reply code": (
        a_mail(f"550 mailbox unavailable\n\nMessage-Id: {OUR_ID}", From="postmaster@mx.example.com"), (True, "5.0.0"),
    ),
    "only a header says so": (
        a_mail(f"Tidak terkirim.\n{OUR_ID}", From="daemon@mx.example.com", X_Failed_Recipients="rina@example.com"),
        (True, "5.0.0"),
    ),
    "only words, later": (
        a_mail(f"Warning: delayed 4 hours, will keep trying. {OUR_ID}", From="MAILER-DAEMON@mx.example.com"),
        (False, "4.0.0"),
    ),
}  # fmt: skip


@pytest.mark.parametrize("name", REPORTS)
def test_a_report_is_read_whoever_wrote_it(name: str) -> None:
    raw, (is_final, status) = REPORTS[name]
    report = report_of(read_mail(raw))
    assert report is not None
    assert (report.is_final, report.status) == (is_final, status)
    assert OUR_ID in report.ids


def test_the_returned_mail_comes_before_whatever_else_is_named() -> None:
    raw = a_report(REFUSED.format("failed", "5.1.1"), returned(), words="about <zzz@example.com>")
    report = report_of(read_mail(raw))
    assert isinstance(report, Report)
    assert report.ids[0] == OUR_ID


def test_a_persons_mail_about_a_bounce_is_no_report() -> None:
    raw = a_mail(f"E-mail saya ditolak: 550 5.1.1 no such user {OUR_ID}")
    assert report_of(read_mail(raw)) is None
