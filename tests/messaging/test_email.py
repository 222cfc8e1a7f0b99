"""E-mail against a real SMTP server: what each of its answers, and its silence, means."""

import datetime as dt
from email.utils import parsedate_to_datetime
from pathlib import Path

import pytest
from django.utils import timezone
from pytest_django import Settings

from crm.messaging.channels import Passing, Permanent, Uncertain
from crm.messaging.channels.email import Email, message_id
from crm.messaging.models import Message
from tests.messaging.conftest import Queue
from tests.messaging.mailserver import MailServer, free_port


@pytest.fixture
def mail(queue: Queue) -> Message:
    return queue(
        channel="email", recipient="rina@example.com", subject="Sinyal", body="Halo Kak Rina,\n\nSudah normal."
    )


def test_an_answer_arrives_as_a_person_wrote_it(mailserver: MailServer, mail: Message) -> None:
    sent = Email().send(mail)
    (arrived,) = mailserver.mails
    assert (arrived["To"], arrived["From"]) == ("rina@example.com", "Layanan <care@sapa.example>")
    assert arrived["Subject"] == "Sinyal"
    assert arrived.get_content().split() == ["Halo", "Kak", "Rina,", "Sudah", "normal."]
    assert arrived["Message-ID"] == sent.external_id
    assert abs(parsedate_to_datetime(arrived["Date"]).replace(tzinfo=dt.UTC) - timezone.now()) < dt.timedelta(minutes=1)
    assert arrived["Auto-Submitted"] is None


def test_the_message_id_comes_from_our_key(mailserver: MailServer, mail: Message) -> None:
    first, second = Email().send(mail), Email().send(mail)
    assert first == second
    assert message_id("a", "care@sapa.example") != message_id("b", "care@sapa.example")
    assert message_id("a", "Layanan <care@sapa.example>").endswith("@sapa.example>")


@pytest.mark.parametrize("parent", ["<q1@example.com>", "q1@example.com"])
def test_an_answer_stands_under_the_customers_own_mail(mailserver: MailServer, queue: Queue, parent: str) -> None:
    Email().send(queue(channel="email", recipient="rina@example.com", reply_to=parent))
    (arrived,) = mailserver.mails
    assert arrived["In-Reply-To"] == arrived["References"] == "<q1@example.com>"


def test_what_a_machine_wrote_says_so(mailserver: MailServer, queue: Queue) -> None:
    message = queue(channel="email", recipient="rina@example.com")
    assert message.interaction is not None
    message.interaction.by_person = False
    Email().send(message)
    assert mailserver.mails[0]["Auto-Submitted"] == "auto-generated"


def test_a_mail_without_a_subject_gets_one_in_the_customers_language(mailserver: MailServer, queue: Queue) -> None:
    Email().send(queue(channel="email", recipient="rina@example.com"))
    assert mailserver.mails[0]["Subject"] in {"Jawaban kami untuk Anda", "Our answer to you"}


def test_a_subject_over_two_lines_smuggles_no_header_in(mailserver: MailServer, queue: Queue) -> None:
    Email().send(queue(channel="email", recipient="rina@example.com", subject="Sinyal\nBcc: all@example.com"))
    (arrived,) = mailserver.mails
    assert arrived["Bcc"] is None
    assert arrived["Subject"] == "Sinyal Bcc: all@example.com"


@pytest.mark.parametrize("recipient", ["rina@example.com\nBcc: all@example.com", "rina@exa mple.com"])
def test_an_address_that_is_none_is_refused_for_good(mailserver: MailServer, queue: Queue, recipient: str) -> None:
    with pytest.raises(Permanent):
        Email().send(queue(channel="email", recipient=recipient))
    assert mailserver.mails == []


def test_a_recipient_who_does_not_exist_is_refused_for_good(mailserver: MailServer, mail: Message) -> None:
    mailserver.recipient_reply = "550 no such user rina@example.com"
    with pytest.raises(Permanent, match=r"recipient refused \(550\)") as refusal:
        Email().send(mail)
    assert "rina" not in refusal.value.reason


def test_a_full_mailbox_may_be_tried_again(mailserver: MailServer, mail: Message) -> None:
    mailserver.recipient_reply = "452 mailbox full"
    with pytest.raises(Passing, match="452"):
        Email().send(mail)


@pytest.mark.parametrize(("reply", "failure"), [("554 spam", Permanent), ("451 try later", Passing)])
def test_the_servers_word_on_the_text_decides(
    mailserver: MailServer, mail: Message, reply: str, failure: type[Exception]
) -> None:
    mailserver.data_reply = reply
    with pytest.raises(failure):
        Email().send(mail)


def test_no_server_is_a_passing_failure(settings: Settings, mailserver: MailServer, mail: Message) -> None:
    settings.EMAIL_PORT = free_port()
    with pytest.raises(Passing):
        Email().send(mail)


def test_a_line_that_breaks_before_the_text_is_a_passing_failure(mailserver: MailServer, mail: Message) -> None:
    mailserver.hangs_up_at = "RCPT"
    with pytest.raises(Passing):
        Email().send(mail)
    assert mailserver.mails == []


def test_a_line_that_breaks_after_the_text_leaves_a_doubt(mailserver: MailServer, mail: Message) -> None:
    mailserver.hangs_up_at = "DATA"
    with pytest.raises(Uncertain):
        Email().send(mail)
    assert len(mailserver.mails) == 1  # the customer has it, and we were never told


def test_a_server_that_falls_silent_after_the_text_leaves_a_doubt(
    settings: Settings, mailserver: MailServer, mail: Message
) -> None:
    settings.EMAIL_TIMEOUT = 0.3
    mailserver.is_silent = True
    with pytest.raises(Uncertain):
        Email().send(mail)


def test_the_stock_backend_cannot_tell_and_doubts(settings: Settings, mailserver: MailServer, mail: Message) -> None:
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    mailserver.hangs_up_at = "RCPT"
    with pytest.raises(Uncertain):
        Email().send(mail)


def test_without_a_server_a_developer_finds_the_mail_in_a_file(
    settings: Settings, mail: Message, tmp_path: Path
) -> None:
    settings.EMAIL_BACKEND = "django.core.mail.backends.filebased.EmailBackend"
    settings.EMAIL_FILE_PATH = tmp_path
    sent = Email().send(mail)
    (file,) = tmp_path.iterdir()
    assert sent.external_id in file.read_text()
