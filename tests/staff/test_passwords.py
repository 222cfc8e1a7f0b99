import pytest
from axes.models import AccessAttempt
from django.core import mail
from django.test import Client

from crm.staff.models import User
from tests.staff.conftest import link_in_mail, log_in, signed_in

NEW = "angin laut di Ambon"


def ask(client: Client, email: str):
    return client.post("/password/", {"email": email})


def open_link(client: Client) -> str:
    """The page behind the e-mail's link, whose address no longer shows the secret."""
    return client.get(link_in_mail(), follow=True).redirect_chain[-1][0]


def test_who_forgot_the_password_sets_a_new_one_by_e_mail(client, sari):
    ask(client, sari.email.upper())
    page = open_link(client)
    assert client.post(page, {"new_password1": NEW, "new_password2": NEW})["Location"] == "/login/"
    log_in(client, sari, NEW)
    assert "_auth_user_id" in client.session


def test_the_answer_is_the_same_for_an_address_nobody_has(client, sari):
    known, unknown = ask(client, sari.email), ask(client, "tidak.ada@sapa.example")
    assert (known.status_code, known["Location"]) == (unknown.status_code, unknown["Location"])
    assert [letter.to for letter in mail.outbox] == [[sari.email]]


def test_asking_over_and_over_fills_no_mailbox(client, sari):
    for email in (sari.email, sari.email, sari.email.upper()):
        assert ask(client, email)["Location"] == "/password/sent/"
    assert len(mail.outbox) == 1


def test_a_closed_account_gets_no_link(client, sari):
    User.objects.filter(pk=sari.pk).update(is_active=False)
    ask(client, sari.email)
    assert mail.outbox == []


def test_a_link_works_once(client, sari):
    ask(client, sari.email)
    client.post(open_link(client), {"new_password1": NEW, "new_password2": NEW})
    page = Client().get(link_in_mail())
    assert page.status_code == 200
    assert not page.context["validlink"]


def test_a_bad_password_keeps_the_old_one(client, sari):
    ask(client, sari.email)
    page = client.post(open_link(client), {"new_password1": "pendek", "new_password2": "pendek"})
    assert page.context["form"].errors
    assert User.objects.get(pk=sari.pk).password == sari.password


def test_a_new_password_ends_every_session_and_releases_the_lock(client, sari):
    elsewhere = signed_in(sari)
    for _ in range(5):
        log_in(Client(), sari, "salah")
    ask(client, sari.email)
    client.post(open_link(client), {"new_password1": NEW, "new_password2": NEW})
    assert not AccessAttempt.objects.exists()
    assert elsewhere.get("/me/").status_code == 302


@pytest.mark.parametrize(
    ("language", "subject"), [("id", "Kata sandi baru untuk Sapa"), ("en", "A new password for Sapa")]
)
def test_the_e_mail_is_in_the_readers_language(client, sari, language, subject):
    User.objects.filter(pk=sari.pk).update(language=language)
    ask(client, sari.email)
    assert mail.outbox[0].subject == subject


def test_where_no_mail_server_is_set_up_the_page_says_where_the_e_mail_is(client, db, settings):
    settings.EMAIL_TO_FILES = True
    settings.EMAIL_FILE_PATH = "/home/sapa/mail"
    assert "/home/sapa/mail" in client.get("/password/sent/").content.decode()


def test_a_supervisor_sends_a_link_to_their_agent(supervisor, sari):
    signed_in(supervisor).post(f"/staff/people/{sari.pk}/password/")
    assert [letter.to for letter in mail.outbox] == [[sari.email]]


def test_a_supervisor_sends_none_to_an_administrator(supervisor, administrator):
    assert signed_in(supervisor).post(f"/staff/people/{administrator.pk}/password/").status_code == 404
    assert mail.outbox == []
