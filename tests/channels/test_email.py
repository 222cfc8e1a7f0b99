"""E-mail there and back: real Dovecot, a real relay, the product's own processes; then the axe."""

from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from email.message import EmailMessage
from email.utils import make_msgid
from time import monotonic

import pytest
from django.db import connection as database

from crm.cases.actions import answer_case, settle_case
from crm.cases.models import Case
from crm.messaging.arrivals import take_due
from crm.messaging.channels import Passing, get
from crm.messaging.mail import mailbox as reading
from crm.messaging.models import Arrival, Connection, Message
from crm.staff.models import User
from crm.timeline.models import Interaction
from tests.channels.dovecot import PASSWORD, Dovecot
from tests.channels.relay import Relay
from tests.messaging.mail.test_robots import REFUSED, a_report
from tests.messaging.mail.written import a_part
from tests.processes import process

CARE, RINA = "care@sapa.example", "rina@example.com"


def until(question: Callable[[], object], what: str, seconds: float = 90) -> None:
    deadline = monotonic() + seconds
    while not question():
        assert monotonic() < deadline, f"not within {seconds} s: {what}"
        database.close()  # what others committed


def a_mail(subject: str = "Sinyal hilang", text: str = "Sinyal hilang sejak pagi.", **headers: str) -> EmailMessage:
    mail = EmailMessage()
    mail["From"], mail["To"], mail["Subject"] = f"Rina Maharani <{RINA}>", CARE, subject
    mail["Message-ID"] = make_msgid(domain="example.com")
    for name, value in headers.items():
        mail[name.replace("_", "-")] = value
    mail.set_content(text)
    return mail


@pytest.fixture
def mailbox(sari: User, mailboxes: Dovecot, outside: Relay) -> Connection:
    options = {
        "imap_host": "127.0.0.1", "imap_port": mailboxes.imap, "imap_tls": False,
        "smtp_host": "127.0.0.1", "smtp_port": outside.port, "smtp_tls": False,
    }  # fmt: skip
    mailbox = Connection(channel="email", account=CARE, name="Layanan", options=options)
    mailbox.secrets = {"imap_password": PASSWORD}
    mailbox.save()
    return mailbox


@contextmanager
def receiving(**environment: str) -> Iterator[None]:
    with process("manage.py", "receive_mail", **environment):
        yield


@pytest.fixture
def product(mailbox: Connection, workers: ExitStack) -> ExitStack:
    """Everything runs: workers, beat, and the process that receives."""
    workers.enter_context(receiving())
    return workers


def fault(mailbox: Connection) -> str:
    mailbox.refresh_from_db()
    return mailbox.fault


def test_a_mail_becomes_a_case_and_the_reply_to_our_answer_lands_in_it(
    product: ExitStack, mailboxes: Dovecot, outside: Relay, sari: User
) -> None:
    outside.post(a_mail())
    until(Case.objects.exists, "a case")
    case = Case.objects.get()
    assert (case.channel, case.account, case.subject) == ("email", CARE, "Sinyal hilang")
    answer_case(case=case, text="Sudah kami perbaiki. Apakah sudah normal?", by=sari)
    answer = mailboxes.wait_for_mail(RINA)
    assert answer.subject.startswith("Re: Sinyal hilang [#")
    reply = a_mail(
        f"Re: {answer.subject}",
        "Sudah normal, terima kasih.\n\nPada Sen, 2 Nov 2026 pukul 10.04 Layanan <care@sapa.example> menulis:\n> Sudah",
        In_Reply_To=answer.headers["message-id"][0],
        References=f"{answer.headers['references'][0]} {answer.headers['message-id'][0]}",
    )
    outside.post(reply)
    until(lambda: Interaction.objects.filter(direction="in").count() == 2, "the reply")
    newest = Interaction.objects.filter(direction="in").latest("pk")
    assert newest.text == "Sudah normal, terima kasih."
    assert Case.objects.get(entries__interaction=newest) == case
    settle_case(case=case, outcome="solved", by=sari)
    assert Case.objects.get().state == "settled"
    assert mailboxes.mails(CARE) == []
    assert len(mailboxes.mails(CARE, "Processed")) == 2


def test_a_mailbox_that_goes_away_and_comes_back_loses_nothing_and_says_so(
    product: ExitStack, mailbox: Connection, mailboxes: Dovecot, outside: Relay
) -> None:
    outside.post(a_mail("Sebelum"))
    until(lambda: Case.objects.count() == 1, "the first case")
    mailboxes.stop()
    until(lambda: fault(mailbox), "the fault on the connection")
    mailboxes.start()
    outside.post(a_mail("Sesudah"))
    until(lambda: Case.objects.count() == 2, "the second case")
    until(lambda: not fault(mailbox), "the end of the fault")
    assert [case.subject for case in Case.objects.order_by("pk")] == ["Sebelum", "Sesudah"]


def test_a_relay_that_goes_away_gets_the_answer_when_it_is_back_once(
    product: ExitStack, mailbox: Connection, mailboxes: Dovecot, outside: Relay, sari: User
) -> None:
    outside.post(a_mail())
    until(Case.objects.exists, "a case")
    outside.stop()
    message = answer_case(case=Case.objects.get(), text="Sudah.", by=sari)
    until(lambda: fault(mailbox), "the fault on the connection")
    assert Message.objects.get().state == "queued"
    outside.start()
    mailboxes.wait_for_mail(RINA)
    until(lambda: Message.objects.filter(pk=message.pk, state="sent").exists(), "the note that it left")
    assert fault(mailbox) == ""
    assert len(mailboxes.mails(RINA)) == 1


def test_an_address_that_does_not_exist_makes_the_answer_void(
    product: ExitStack, mailbox: Connection, outside: Relay, sari: User
) -> None:
    outside.post(a_mail())
    until(Case.objects.exists, "a case")
    outside.unknown.add(RINA)
    message = answer_case(case=Case.objects.get(), text="Sudah.", by=sari)
    until(lambda: Interaction.objects.filter(message=message, voided_at__isnull=False).exists(), "the void answer")
    assert Message.objects.get().state == "failed"
    assert fault(mailbox) == ""  # the mailbox did as it should


def test_an_answer_that_comes_back_later_is_void_too(
    product: ExitStack, mailboxes: Dovecot, outside: Relay, sari: User
) -> None:
    outside.post(a_mail())
    until(Case.objects.exists, "a case")
    answer_case(case=Case.objects.get(), text="Sudah.", by=sari)
    answer = mailboxes.wait_for_mail(RINA)
    until(lambda: Message.objects.get().state == "sent", "the note that it left")
    returned = a_part(answer.obj.as_bytes(), "message/rfc822")
    report = a_report(REFUSED.format("failed", "5.1.1"), returned)
    outside.put(report, "", [CARE])
    until(lambda: Interaction.objects.filter(voided_at__isnull=False).exists(), "the void answer")
    assert Message.objects.get().error == "bounced (5.1.1)"
    assert Case.objects.count() == 1


def test_killed_between_keeping_and_moving_it_keeps_the_mail_no_second_time(
    mailbox: Connection, workers: ExitStack, mailboxes: Dovecot, outside: Relay
) -> None:
    """A receiver whose moves never come to an end is killed without mercy; another one carries on."""
    for number in range(5):
        outside.post(a_mail(f"Surat {number}"))
    mailboxes.wait_for_mail(CARE, 5)
    with process("-c", KEEPS_AND_HANGS) as receiver:
        until(Arrival.objects.exists, "the first mail kept")
        receiver.kill()
        receiver.wait()
    assert len(mailboxes.mails(CARE)) == 5
    workers.enter_context(receiving())
    until(lambda: Case.objects.count() == 5, "all cases")
    until(lambda: mailboxes.mails(CARE) == [], "an empty folder of new mail")
    assert len(mailboxes.mails(CARE, "Processed")) == 5
    assert Arrival.objects.filter(state="taken").count() == Arrival.objects.count() == 5


KEEPS_AND_HANGS = """
import django; django.setup()
import threading, time
from imap_tools import BaseMailBox
BaseMailBox.move = lambda *_args: time.sleep(600)
from crm.messaging.mail.watching import watch_mailboxes
watch_mailboxes(threading.Event())
"""


def test_two_receivers_at_once_double_nothing(
    product: ExitStack, mailbox: Connection, mailboxes: Dovecot, outside: Relay
) -> None:
    product.enter_context(receiving())
    for number in range(20):
        outside.post(a_mail(f"Surat {number}"))
    until(lambda: Case.objects.count() == 20, "all cases")
    until(lambda: mailboxes.mails(CARE) == [], "an empty folder of new mail")
    assert len(mailboxes.mails(CARE, "Processed")) == 20
    assert Interaction.objects.count() == 20


def test_a_mail_too_large_is_noted_and_laid_aside(
    mailbox: Connection, mailboxes: Dovecot, outside: Relay, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(reading, "LARGEST", 5000)
    outside.post(a_mail("Video", "x" * 8000))
    outside.post(a_mail("Kecil"))
    mailboxes.wait_for_mail(CARE, 2)
    with reading.open_mailbox(mailbox) as box:
        assert reading.collect(box, mailbox, goes_on=lambda: True) == 2
    take_due(most=5)
    assert {case.subject for case in Case.objects.all()} == {"Video", "Kecil"}
    assert [mail.subject for mail in mailboxes.mails(CARE, "Refused")] == ["Video"]
    assert len(bytes(Arrival.objects.get(kind__startswith="headers").body)) < 1500


def test_a_new_mailbox_is_noticed_and_an_inactive_one_left_alone(
    sari: User, mailbox: Connection, mailboxes: Dovecot, outside: Relay
) -> None:
    Connection.objects.update(is_active=False)
    outside.post(a_mail())
    mailboxes.wait_for_mail(CARE)
    with receiving():
        other = Connection(channel="email", account="bantuan@sapa.example", options=mailbox.options)
        other.secrets = mailbox.secrets
        other.save()
        outside.put(a_mail().as_bytes(), RINA, ["bantuan@sapa.example"])
        until(lambda: Arrival.objects.filter(connection=other).exists(), "a mail in the new mailbox")
    assert not Arrival.objects.filter(connection=mailbox).exists()
    assert len(mailboxes.mails(CARE)) == 1


def test_a_check_finds_out_what_is_wrong(mailbox: Connection, mailboxes: Dovecot, outside: Relay) -> None:
    adapter = get("email")
    adapter.check(mailbox)
    mailbox.secrets = {"imap_password": "salah"}
    with pytest.raises(Passing, match=r"MailboxLoginError \(IMAP\)"):
        adapter.check(mailbox)
    mailbox.secrets = {"imap_password": PASSWORD}
    outside.stop()
    with pytest.raises(Passing, match="ConnectionRefusedError"):
        adapter.check(mailbox)
    mailboxes.stop()
    with pytest.raises(Passing, match=r"\(IMAP\)"):
        adapter.check(mailbox)


def test_encrypted_means_with_a_certificate_that_is_trusted(
    mailbox: Connection, mailboxes: Dovecot, outside: Relay, monkeypatch: pytest.MonkeyPatch
) -> None:
    mailbox.options |= {"imap_port": mailboxes.imaps, "imap_tls": True}
    with pytest.raises(Passing, match="SSLCertVerificationError"):
        get("email").check(mailbox)
    monkeypatch.setenv("SSL_CERT_FILE", str(mailboxes.certificate))
    get("email").check(mailbox)
    outside.stop()
    outside.start(encrypted=True)
    mailbox.options |= {"smtp_tls": True}
    get("email").check(mailbox)


def test_a_test_mail_arrives_and_opens_no_case(
    product: ExitStack, mailbox: Connection, mailboxes: Dovecot, outside: Relay
) -> None:
    sent = get("email").try_out(mailbox, recipient=CARE, text="Apakah ini sampai?")
    until(lambda: Arrival.objects.filter(state="ignored").exists(), "the mail put aside")
    assert Arrival.objects.get().external_id == sent.external_id
    assert Case.objects.count() == 0
