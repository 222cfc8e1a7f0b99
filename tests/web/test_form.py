"""A customer writes by the form: what is taken, what is asked again, what is promised."""

import datetime as dt

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.utils import timezone

from crm.cases.models import Case, SlaClock
from crm.customers.models import ContactPoint, Customer
from crm.messaging.models import Message
from crm.timeline.attachments import LARGEST
from crm.timeline.models import Attachment, Interaction
from crm.web import words
from crm.web.models import Filing, StatusLink
from crm.web.promises import promises_of
from tests.cases.conftest import another_policy
from tests.people import a_customer, a_team
from tests.web.conftest import RINA, ticket

PNG = b"\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR\x00\x00\x00\x01\x00\x00\x00\x01\x08\x06\x00\x00\x00" + b"\0" * 40


def nothing_happened() -> bool:
    return not (
        Case.objects.exists() or Filing.objects.exists() or Customer.objects.exists() or Message.objects.exists()
    )


def test_a_message_becomes_a_case_with_both_clocks_in_the_team_of_the_channel(send, team, client):
    answer = send()
    case = Case.objects.get()
    assert answer.status_code == 303
    assert (case.channel, case.kind, case.team, case.state) == ("web", "complaint", team, "new")
    assert set(case.clocks.values_list("kind", flat=True)) == {"response", "resolution"}
    assert Interaction.objects.get(channel="web").text == RINA["text"]


def test_the_confirmation_says_number_promise_and_link(send, client):
    page = client.get(send()["Location"]).content.decode()
    case = Case.objects.get()
    assert f"#{case.number}" in page
    assert "Thank you, Ibu Rina Maharani" in page
    assert StatusLink.objects.get().token in page
    assert all(promise.said in page for promise in promises_of(case))


def test_the_promise_is_told_in_the_time_zone_of_whoever_wrote(send, client):
    page = client.get(send(time_zone="Asia/Jayapura")["Location"]).content.decode()
    assert page.count(" WIT ") == 2


def test_it_is_confirmed_by_e_mail_without_stopping_a_clock(send):
    send()
    mail = Message.objects.get()
    assert (mail.channel, mail.recipient, mail.author) == ("email", "rina@example.com", None)
    assert f"#{Case.objects.get().number}" in mail.subject
    assert StatusLink.objects.get().url in mail.body
    assert RINA["text"] not in mail.body
    assert mail.interaction.by_person is False
    assert StatusLink.objects.get().token not in mail.interaction.text
    assert not SlaClock.objects.filter(stopped_at__isnull=False).exists()


def test_whoever_gives_a_number_alone_gets_no_e_mail(send):
    send(email="", msisdn="0812 0000 4471", prefers="call")
    assert Filing.objects.get().msisdn == "+6281200004471"
    assert not Message.objects.exists()


def test_colleagues_read_how_to_answer_with_the_contact_masked(send):
    send()
    note = Case.objects.get().notes.get().text
    assert "r•••@example.com" in note
    assert "rina@example.com" not in note


@pytest.mark.parametrize(
    ("missing", "said"),
    [
        ({"kind": ""}, "Choose what it is about."),
        ({"text": "  "}, "Write to us what it is about."),
        ({"name": ""}, "Tell us your name"),
        ({"name": "Menang di www.hadiah.com"}, "Write your name in letters"),
        ({"email": ""}, "Give a mobile number or an e-mail address"),
        ({"email": "rina@"}, "This is not an e-mail address."),
        ({"msisdn": "12"}, "This is not a telephone number."),
        ({"email": "", "msisdn": "0812 0000 4471"}, "To be answered by e-mail, give your address."),
        ({"prefers": "call"}, "To be answered on your phone, give its number."),
        ({"consent": ""}, "Without your consent"),
    ],
)
def test_what_is_missing_is_named_and_what_was_typed_is_kept(send, missing, said):
    answer = send(**missing)
    page = answer.content.decode()
    assert answer.status_code == 422
    assert said in page
    if missing.get("text") is None:
        assert RINA["text"] in page
    assert nothing_happened()


def test_files_come_with_it(send):
    send(attachments=[SimpleUploadedFile("layar.png", PNG), SimpleUploadedFile("catatan.txt", b"Jam 7 hilang.\n")])
    assert list(Attachment.objects.values_list("name", "interaction__channel")) == [
        ("layar.png", "web"),
        ("catatan.txt", "web"),
    ]


@pytest.mark.parametrize(
    ("files", "said"),
    [
        ([SimpleUploadedFile("a.exe", b"MZ\x90\x00" + b"\0" * 100)], "a.exe: Files of this type are not taken."),
        ([SimpleUploadedFile("besar.txt", b"a" * (LARGEST + 1))], "besar.txt is larger than 10 MB."),
        ([SimpleUploadedFile(f"{n}.txt", b"a\n") for n in range(6)], "Choose at most 5 files."),
    ],
)
def test_a_file_that_is_not_taken_is_named_and_the_text_is_kept(send, files, said):
    for file in files:
        file.seek(0)
    answer = send(attachments=files)
    page = answer.content.decode()
    assert answer.status_code == 422
    assert said in page
    assert "choose your files again" in page
    assert RINA["text"] in page
    assert nothing_happened()
    assert not Attachment.objects.exists()


def test_more_than_anybody_sends_by_hand_is_cut_off(send, monkeypatch):
    monkeypatch.setattr("crm.web.uploads.MOST_BYTES", 1000)
    assert send(attachments=[SimpleUploadedFile("a.txt", b"a" * 2000)]).status_code == 422
    assert nothing_happened()


def test_the_form_speaks_the_browsers_language_or_the_chosen_one(client):
    assert "How can we help?" in client.get("/help/", headers={"Accept-Language": "en"}).content.decode()
    page = client.get("/help/?lang=id", headers={"Accept-Language": "en"}).content.decode()
    assert "How can we help?" not in page
    assert '<html lang="id"' in page


def test_the_form_says_the_promise_in_force(client):
    page = client.get("/help/").content.decode()
    assert "15 minutes" in page
    assert "3 days" in page
    assert [words.in_full(seconds) for seconds in (60, 90, 7200, 86_400)] == [
        "1 minute",
        "2 minutes",
        "2 hours",
        "1 day",
    ]


class TestClaims:
    """An address in a form is what somebody typed."""

    def test_a_known_customer_gets_the_case_and_nothing_else(self, send):
        rina = a_customer("Rina Maharani", email="rina@example.com", honorific="Ibu")
        send(name="Orang Lain", honorific="Bapak", msisdn="0812 9999 0000")
        rina.refresh_from_db()
        assert Case.objects.get().customer == rina
        assert (rina.name, rina.honorific) == ("Rina Maharani", "Ibu")
        assert list(rina.contact_points.values_list("kind", "verified_at")) == [("email", None)]

    def test_nothing_of_a_known_customer_is_shown_back(self, send, client):
        a_customer("Rina Maharani Kusuma", email="rina@example.com", city="Bandung", tier="gold")
        page = client.get(send(name="Orang Lain", honorific="")["Location"]).content.decode()
        assert "Orang Lain" in page
        assert "Kusuma" not in page
        assert "Bandung" not in page

    def test_the_promise_shown_is_everybodys_and_tells_no_strangers_tier(self, send, client):
        another_policy(targets=({}, {"tier": "platinum", "response_seconds": 60}))
        a_customer("Rina Maharani", email="rina@example.com", tier="platinum")
        send()
        case = Case.objects.get()
        assert case.tier == ""
        assert case.clocks.get(kind="response").target_seconds == 15 * 60

    def test_a_new_record_gets_one_contact_so_that_a_typed_number_never_brings_its_owners_mail_to_somebody(self, send):
        send(email="mallory@example.com", msisdn="0812 0000 4471", prefers="sms")
        assert list(ContactPoint.objects.values_list("kind", "value", "verified_at")) == [
            ("msisdn", "+6281200004471", None)
        ]

    def test_the_notice_goes_to_the_address_of_the_form_never_to_one_of_the_record(self, send):
        a_customer("Rina Maharani", email="rina@example.com", msisdn="+6281200004471")
        send(email="mallory@example.com", msisdn="0812 0000 4471")
        assert [mail.recipient for mail in Message.objects.all()] == ["mallory@example.com"]

    def test_consent_is_kept_with_its_version(self, send):
        send()
        filing = Filing.objects.get()
        assert (filing.consent, filing.page) == (words.CONSENT_NOW, "help")
        assert timezone.now() - filing.at < dt.timedelta(minutes=1)


class TestInAFrame:
    def test_only_the_listed_sites_may_frame_the_form_and_nothing_else_may_be_framed(self, client, settings):
        settings.FORM_EMBED_ORIGINS = ["https://www.operator.example", "https://shop.operator.example"]
        embed, plain = client.get("/help/embed/"), client.get("/help/")
        allowed = "frame-ancestors https://www.operator.example https://shop.operator.example"
        assert allowed in embed["Content-Security-Policy"]
        assert "X-Frame-Options" not in embed
        assert "frame-ancestors 'none'" in plain["Content-Security-Policy"]
        assert plain["X-Frame-Options"] == "DENY"

    def test_without_a_list_nobody_may(self, client, settings):
        settings.FORM_EMBED_ORIGINS = []
        answer = client.get("/help/embed/")
        assert "frame-ancestors 'none'" in answer["Content-Security-Policy"]
        assert answer["X-Frame-Options"] == "DENY"

    def test_it_works_without_any_cookie(self, send, client, settings):
        settings.FORM_EMBED_ORIGINS = ["https://www.operator.example"]
        shown = client.get("/help/embed/")
        answer = send("/help/embed/")
        confirmed = client.get(answer["Location"])
        assert not client.cookies
        assert (shown.status_code, answer.status_code, confirmed.status_code) == (200, 303, 200)
        assert answer["Location"].startswith("/help/embed/received/")
        assert "frame-ancestors https://www.operator.example" in confirmed["Content-Security-Policy"]
        assert Filing.objects.get().page == "embed"

    def test_a_ticket_of_one_page_is_none_of_the_other(self, send):
        assert send("/help/embed/", ticket=ticket("help")).status_code == 422
        assert nothing_happened()


def test_every_public_page_is_kept_by_nobody_and_says_nothing_onwards(client, send):
    for address in ("/help/", "/status/", "/status/none/", send()["Location"]):
        answer = client.get(address)
        assert answer["Referrer-Policy"] == "no-referrer"
        assert "no-store" in answer["Cache-Control"]
        assert answer["X-Robots-Tag"] == "noindex, nofollow"


def test_a_message_of_another_team_is_not_lost_where_no_team_takes_the_channel(client):
    other = a_team("Call centre")
    client.post("/help/", RINA | {"ticket": ticket()})
    assert Case.objects.get().team == other
