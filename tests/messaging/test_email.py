"""E-mail against a real SMTP server: what each of its answers, and its silence, means."""

import base64
import datetime as dt
from email.utils import parsedate_to_datetime
from pathlib import Path

import pytest
from django.utils import timezone
from pytest_django import Settings

from crm.messaging.channels import Passing, Permanent, Uncertain
from crm.messaging.channels.email import Email, message_id
from crm.messaging.models import Connection, Message
from crm.timeline.attachments import keep_file
from crm.timeline.models import Attachment
from tests.messaging.conftest import Queue
from tests.messaging.mail.written import PNG
from tests.messaging.mailserver import MailServer, Post
from tests.processes import free_port


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


def a_mailbox(**options: object) -> Connection:
    return Connection.objects.create(channel="email", account="bantuan@sapa.example", name="Bantuan", options=options)


def test_an_answer_leaves_from_its_mailbox_and_is_answered_there(mailserver: MailServer, queue: Queue) -> None:
    a_mailbox()
    Email().send(queue(channel="email", recipient="rina@example.com", account="BANTUAN@sapa.example"))
    (arrived,) = mailserver.mails
    assert arrived["From"] == "Bantuan <bantuan@sapa.example>"
    assert arrived["Reply-To"] == arrived["X-Loop"] == "bantuan@sapa.example"


def test_a_mailbox_that_is_gone_leaves_its_answers_to_another(mailserver: MailServer, queue: Queue) -> None:
    a_mailbox()
    Email().send(queue(channel="email", recipient="rina@example.com", account="lama@sapa.example"))
    assert mailserver.mails[0]["From"] == "Bantuan <bantuan@sapa.example>"


def test_each_mailbox_sends_over_its_own_server(mailserver: MailServer, queue: Queue) -> None:
    own = MailServer()
    with Post(own) as post:
        a_mailbox(smtp_host="127.0.0.1", smtp_port=post.port, smtp_tls=False)
        Email().send(queue(channel="email", recipient="rina@example.com", account="bantuan@sapa.example"))
    assert (len(own.mails), len(mailserver.mails)) == (1, 0)


def test_a_message_has_its_name_before_it_leaves(mailserver: MailServer, mail: Message) -> None:
    """A reply finds it even if its sender dies before it writes down that it left."""
    assert mail.external_id == Email().send(mail).external_id == mailserver.mails[0]["Message-ID"]


def test_files_go_along_as_what_they_are(
    mailserver: MailServer, mail: Message, settings: Settings, tmp_path: Path
) -> None:
    settings.MEDIA_ROOT = tmp_path
    keep_file(content=base64.b64decode(PNG), name="peta.png", interaction=mail.interaction)
    keep_file(content="Sinyal: café\n".encode(), name="catatan.txt", interaction=mail.interaction)
    Email().send(mail)
    words, picture, note = mailserver.mails[0].iter_parts()
    assert words.get_content().startswith("Halo Kak Rina,")
    assert (picture.get_content_type(), picture.get_filename()) == ("image/png", "peta.png")
    assert picture.get_content() == base64.b64decode(PNG)
    assert (note.get_content_type(), note.get_content().splitlines()) == ("text/plain", ["Sinyal: café"])


def test_a_file_that_is_gone_stops_the_mail(mailserver: MailServer, mail: Message, settings: Settings) -> None:
    Attachment.objects.create(interaction=mail.interaction, name="a.png", file="attachments/none.png")
    with pytest.raises(Permanent, match="attachment is missing"):
        Email().send(mail)
    assert mailserver.mails == []


def test_a_long_thread_keeps_its_first_and_its_newest_mails(mailserver: MailServer, queue: Queue) -> None:
    chain = " ".join(f"<m{number}@example.com>" for number in range(60))
    Email().send(queue(channel="email", recipient="rina@example.com", reply_to="<m59@example.com>", references=chain))
    kept = mailserver.mails[0]["References"].split()
    assert (kept[0], kept[-1], len(kept)) == ("<m0@example.com>", "<m59@example.com>", 20)


def test_a_mail_known_by_its_bytes_alone_is_named_to_nobody(mailserver: MailServer, queue: Queue) -> None:
    Email().send(queue(channel="email", recipient="rina@example.com", reply_to="sha256:abc"))
    assert mailserver.mails[0]["In-Reply-To"] is None
    assert mailserver.mails[0]["References"] is None


def test_a_test_mail_is_a_machines(mailserver: MailServer, db: None) -> None:
    sent = Email().try_out(a_mailbox(), recipient="ratna@sapa.example", text="Apakah ini sampai?")
    (arrived,) = mailserver.mails
    assert (arrived["Message-ID"], arrived["Auto-Submitted"]) == (sent.external_id, "auto-generated")
    assert Message.objects.count() == 0


def test_secrets_sealed_with_a_key_that_is_lost_are_a_passing_failure(queue: Queue, settings: Settings) -> None:
    mailbox = a_mailbox(smtp_host="127.0.0.1", smtp_port=9, smtp_tls=False)
    mailbox.secrets = {"smtp_password": "rahasia"}
    mailbox.save()
    settings.SEALING_KEYS = ["another-key-than-the-one-that-sealed-it"]
    with pytest.raises(Passing, match="Unreadable"):
        Email().send(queue(channel="email", recipient="rina@example.com", account="bantuan@sapa.example"))
