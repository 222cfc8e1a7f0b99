"""The servers of others by themselves: what the other tests here build on."""

from email.message import EmailMessage

from tests.channels.dovecot import Dovecot
from tests.channels.relay import Relay


def a_mail(subject: str) -> EmailMessage:
    mail = EmailMessage()
    mail["From"], mail["To"], mail["Subject"] = "rina@example.com", "care@sapa.example", subject
    mail.set_content("Sinyal hilang.")
    return mail


def test_a_mail_goes_through_the_relay_into_its_mailbox(mailboxes: Dovecot, outside: Relay) -> None:
    outside.post(a_mail("Sinyal"))
    assert mailboxes.wait_for_mail("care@sapa.example").subject == "Sinyal"
    assert mailboxes.mails("rina@example.com") == []


def test_mailboxes_outlive_their_server(mailboxes: Dovecot, outside: Relay) -> None:
    outside.post(a_mail("Sebelum"))
    mailboxes.stop()
    mailboxes.start()
    outside.post(a_mail("Sesudah"))
    mailboxes.wait_for_mail("care@sapa.example", 2)
    assert {mail.subject for mail in mailboxes.mails("care@sapa.example")} == {"Sebelum", "Sesudah"}
