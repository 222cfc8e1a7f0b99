"""Where a mail goes: into its case, into one of its own, or nowhere."""

import datetime as dt
from collections.abc import Callable
from itertools import count

import pytest
from django.db import transaction
from django.utils import timezone
from pytest_django import Settings

from crm.cases import marks
from crm.cases.actions import answer_case, close_case, merge_cases, settle_case
from crm.cases.actions.answering import recipient_of
from crm.cases.handlers import answer_ended
from crm.cases.intake import email as intake
from crm.cases.models import Case, CaseLink
from crm.customers.models import ContactPoint, Customer
from crm.events.models import Event
from crm.messaging.arrivals import take_due
from crm.messaging.mail.mailbox import HEADERS_ONLY, keep_mail
from crm.messaging.models import Arrival, Connection, Message
from crm.messaging.outbox import send_due
from crm.staff.models import User
from crm.timeline.models import Attachment, Interaction
from tests.connections import somebody_else, until_somebody_waits
from tests.messaging.mail.test_robots import REFUSED, a_report
from tests.messaging.mail.written import a_mail, a_mail_of, a_part, a_picture
from tests.people import a_customer

CARE = "care@sapa.example"
_number = count(1)


@pytest.fixture
def mailbox(sari: User, settings: Settings, tmp_path: str) -> Connection:
    settings.MEDIA_ROOT = tmp_path
    return Connection.objects.create(channel="email", account=CARE, name="Layanan")


Come = Callable[..., Arrival]


@pytest.fixture
def come(mailbox: Connection) -> Come:
    """A mail comes in and is looked at: `come("Halo", Subject="…")`, or `come(raw=…)`."""

    def arrive(body: str = "Sinyal hilang sejak pagi.", *, raw: bytes = b"", kind: str = "", **headers: str) -> Arrival:
        headers = {"Message-ID": f"<m{next(_number)}@example.com>"} | headers
        arrival = keep_mail(mailbox, raw or a_mail(body, **headers), kind=kind)
        take_due(most=1)
        arrival.refresh_from_db()
        return arrival

    return arrive


def the_case() -> Case:
    return Case.objects.get()


def answered(case: Case, sari: User, text: str = "Sudah kami perbaiki.") -> Message:
    """The answer has left."""
    message = answer_case(case=case, text=text, by=sari)
    Message.objects.filter(pk=message.pk).update(send_at=timezone.now())
    send_due(batches=1)
    message.refresh_from_db()
    assert message.state == "sent"
    return message


def case_of(arrival: Arrival) -> Case:
    return Case.objects.get(entries__interaction=arrival.interaction)


def test_a_mail_opens_a_case(come: Come, mailbox: Connection) -> None:
    arrival = come("Sinyal hilang.\n\n-- \nRina", Subject="Re: Fwd: Sinyal", From="Rina Maharani <Rina@Example.com>")
    case = case_of(arrival)
    assert arrival.state == "taken"
    assert (case.channel, case.account, case.subject, case.preview) == ("email", CARE, "Sinyal", "Sinyal hilang.")
    assert case.customer.name == "Rina Maharani"
    assert arrival.interaction is not None
    assert arrival.interaction.html == "<pre>Sinyal hilang.\n\n-- \nRina</pre>"
    assert recipient_of(case, "email") == "rina@example.com"


def test_a_known_customers_mail_lies_with_them(come: Come) -> None:
    rina = a_customer(email="rina@example.com")
    come()
    assert the_case().customer == rina


def test_files_come_along(come: Come) -> None:
    arrival = come(
        raw=a_mail_of(a_part("Lihat foto."), a_picture(), a_part("x", "application/x-msdownload; name=a.exe"))
    )
    kept = Attachment.objects.filter(interaction=arrival.interaction)
    assert [(one.name, one.state, one.refusal) for one in kept] == [
        ("foto.png", "plain", ""),
        ("a.exe", "refused", "type"),
    ]


def test_a_mail_of_pictures_alone_has_words_for_the_queue(come: Come) -> None:
    come(raw=a_mail_of(a_picture(), Subject="Foto tagihan"))
    assert the_case().preview == "Foto tagihan"


def test_a_reply_lands_in_its_case_by_its_headers(come: Come, sari: User) -> None:
    come()
    sent = answered(the_case(), sari)
    reply = come("Terima kasih.", Subject="tanpa tanda", In_Reply_To=sent.external_id)
    assert case_of(reply) == the_case()
    assert Interaction.objects.filter(direction="in").count() == 2


def test_a_reply_finds_an_answer_of_which_the_sender_never_wrote_that_it_left(come: Come, sari: User) -> None:
    come()
    message = answer_case(case=the_case(), text="Sudah.", by=sari)
    assert message.state == "queued"
    assert case_of(come("Terima kasih.", References=message.external_id)) == the_case()


def test_a_second_mail_of_their_own_thread_lands_in_the_case(come: Come) -> None:
    come(Message_ID="<first@example.com>")
    assert case_of(come("Satu lagi.", References="<first@example.com>")) == the_case()


def test_a_reply_without_headers_lands_in_its_case_by_the_mark_in_its_subject(come: Come) -> None:
    come()
    assert case_of(come("Terima kasih.", Subject=f"Balas: Sinyal {marks.mark_of(the_case().number)}")) == the_case()
    assert the_case().subject == "Sinyal"


def test_a_mark_that_somebody_made_up_leads_nowhere(come: Come) -> None:
    come()
    case = the_case()
    come("Saya juga.", Subject=f"[#{case.number}-aaaaaa]")
    assert case.entries.count() == 1
    assert CaseLink.objects.count() == 0


def test_a_mark_made_with_the_last_key_still_counts(settings: Settings, come: Come) -> None:
    come()
    mark = marks.mark_of(the_case().number)
    settings.SECRET_KEY, settings.SECRET_KEY_FALLBACKS = "another-key-than-before", [settings.SECRET_KEY]
    assert mark != marks.mark_of(the_case().number)
    assert case_of(come("Halo", Subject=mark)) == the_case()


def test_a_strangers_mail_with_a_mark_opens_a_case_beside_it(come: Come) -> None:
    come()
    case = the_case()
    arrival = come("Tagihan saya?", From="budi@example.net", Subject=f"Re: {marks.mark_of(case.number)}")
    other = case_of(arrival)
    assert other != case
    assert case.entries.count() == 1
    assert CaseLink.objects.get().other == other
    assert str(case.number) in other.notes.get().text


def test_another_address_of_the_same_customer_may_speak_in_the_case(come: Come) -> None:
    come()
    case = the_case()
    ContactPoint.objects.create(customer=case.customer, kind="email", value="rina@kantor.example")
    reply = come("Dari kantor.", From="rina@kantor.example", Subject=marks.mark_of(case.number))
    assert case_of(reply) == case
    assert recipient_of(case, "email") == "rina@kantor.example"


def test_somebody_who_got_our_mail_speaks_in_the_case_and_the_answer_still_goes_to_the_customer(
    come: Come, sari: User
) -> None:
    come()
    sent = answered(the_case(), sari)
    reply = come("Saya suaminya.", From="budi@example.net", In_Reply_To=sent.external_id)
    assert case_of(reply) == the_case()
    assert "b•••@example.net" in the_case().notes.get().text
    assert recipient_of(the_case(), "email") == "rina@example.com"


def test_somebody_who_only_knows_the_customers_own_mail_does_not(come: Come) -> None:
    come(Message_ID="<first@example.com>")
    case = the_case()
    other = case_of(come("Saya juga.", From="budi@example.net", In_Reply_To="<first@example.com>"))
    assert other != case
    assert CaseLink.objects.get().case == case


def test_a_settled_case_reopens_and_a_closed_one_gets_a_successor(come: Come, sari: User) -> None:
    come()
    case = the_case()
    sent = answered(case, sari)
    settle_case(case=case, outcome="solved", by=sari)
    come("Belum.", In_Reply_To=sent.external_id)
    case.refresh_from_db()
    assert case.is_running
    close_case(case=settle_case(case=case, outcome="solved", by=sari), at=timezone.now())
    successor = case_of(come("Rusak lagi.", In_Reply_To=sent.external_id))
    assert successor != case
    assert CaseLink.objects.get(case=case).other == successor
    assert successor.notes.count() == 0


def test_a_reply_to_a_merged_case_lands_where_that_is_now(come: Come, sari: User) -> None:
    come(Message_ID="<first@example.com>")
    come("Lagi.", Message_ID="<second@example.com>")
    first, second = Case.objects.order_by("pk")
    merge_cases(source=first, into=second, by=sari)
    assert case_of(come("Halo", References="<first@example.com>")) == second


def test_a_mail_that_comes_twice_is_one(come: Come, mailbox: Connection) -> None:
    raw = a_mail(Message_ID="<twice@example.com>")
    first, second = come(raw=raw), come(raw=raw)
    assert first == second
    over_another_way = come(raw=b"Received: by other; Mon, 2 Nov 2026 10:00:00 +0700\r\n" + raw)
    assert (over_another_way.state, over_another_way.reason) == ("ignored", intake.DOUBLE)
    assert Interaction.objects.count() == 1


def test_a_mail_to_two_of_our_mailboxes_is_one(come: Come) -> None:
    raw = a_mail(Message_ID="<both@example.com>")
    come(raw=raw)
    other = Connection.objects.create(channel="email", account="tagihan@sapa.example")
    keep_mail(other, raw)
    take_due(most=1)
    assert Arrival.objects.get(connection=other).reason == intake.DOUBLE
    assert Case.objects.count() == 1


def test_programs_that_give_every_mail_one_id_lose_none(come: Come) -> None:
    for words in ("Satu", "Dua", "Tiga"):
        assert come(words, Message_ID="<always@form.example>").state == "taken"
    assert sorted(Interaction.objects.values_list("text", flat=True)) == ["Dua", "Satu", "Tiga"]


def test_a_mail_without_a_message_id_is_taken_in_once(come: Come) -> None:
    come(Message_ID="")
    come(Message_ID="")
    assert Interaction.objects.get().external_id.startswith("sha256:")


@pytest.mark.parametrize(
    "headers",
    [{"Auto-Submitted": "auto-replied"}, {"Precedence": "bulk"}, {"Return-Path": "<>"}, {"From": f"Kami <{CARE}>"}],
    ids=str,
)
def test_what_a_machine_writes_opens_no_case(come: Come, headers: dict[str, str]) -> None:
    arrival = come(**headers)
    assert (arrival.state, arrival.interaction) == ("ignored", None)
    assert (Case.objects.count(), Customer.objects.count()) == (0, 0)


def test_our_own_answer_coming_back_opens_no_case(come: Come, sari: User) -> None:
    come()
    sent = answered(the_case(), sari)
    assert come(Message_ID=sent.external_id, From="forward@example.net").reason == "our own mail"
    assert the_case().entries.count() == 2


def test_a_machines_reply_to_our_answer_does_not_reach_the_case(come: Come, sari: User) -> None:
    come()
    sent = answered(the_case(), sari)
    come(In_Reply_To=sent.external_id, Auto_Submitted="auto-replied")
    assert the_case().entries.count() == 2


def returned(sent: Message) -> bytes:
    return a_part(f"Message-ID: {sent.external_id}\n\nHalo", "message/rfc822")


def test_an_answer_that_comes_back_is_void_and_the_clock_runs_on(come: Come, sari: User) -> None:
    come()
    case = the_case()
    sent = answered(case, sari)
    assert case.clocks.filter(kind="response", stopped_at=None).count() == 0
    arrival = come(raw=a_report(REFUSED.format("failed", "5.1.1"), returned(sent)))
    sent.refresh_from_db()
    assert (arrival.state, arrival.interaction) == ("taken", sent.interaction)
    assert (sent.state, sent.error, sent.delivery) == ("failed", "bounced (5.1.1)", "failed")
    answer_ended(Event.objects.get(kind="message.failed"))
    assert Interaction.objects.get(pk=sent.interaction_id).voided_at is not None
    assert case.clocks.filter(kind="response", stopped_at=None).count() == 1


def test_when_the_second_answer_comes_back_the_first_stays_given(come: Come, sari: User) -> None:
    come()
    first, second = answered(the_case(), sari), answered(the_case(), sari)
    headers = f"Message-ID: {second.external_id}\nReferences: <x@y.example> {first.external_id}\n\nHalo"
    come(raw=a_report(REFUSED.format("failed", "5.1.1"), a_part(headers, "message/rfc822")))
    first.refresh_from_db()
    second.refresh_from_db()
    assert (first.state, second.state) == ("sent", "failed")


def test_the_same_bounce_twice_changes_nothing_more(come: Come, sari: User) -> None:
    come()
    sent = answered(the_case(), sari)
    for words in ("satu", "dua"):
        come(raw=a_report(REFUSED.format("failed", "5.1.1"), returned(sent), words=words) + words.encode())
    assert Event.objects.filter(kind="message.failed").count() == 1


def test_a_delay_changes_nothing(come: Come, sari: User) -> None:
    come()
    sent = answered(the_case(), sari)
    arrival = come(raw=a_report(REFUSED.format("delayed", "4.4.1"), returned(sent)))
    sent.refresh_from_db()
    assert (arrival.reason, sent.state) == ("delayed (4.4.1)", "sent")


def test_a_bounce_of_somebody_elses_mail_is_put_aside(come: Come) -> None:
    raw = a_report(REFUSED.format("failed", "5.1.1"), a_part("Message-ID: <x@y.example>\n\nx", "message/rfc822"))
    assert come(raw=raw).reason == intake.UNKNOWN_BOUNCE
    assert Case.objects.count() == 0


def test_a_bounce_that_is_quicker_than_our_own_note_waits_for_it(come: Come, sari: User) -> None:
    come()
    message = answer_case(case=the_case(), text="Halo", by=sari)
    Message.objects.filter(pk=message.pk).update(state="sending", claimed_at=timezone.now())
    arrival = come(raw=a_report(REFUSED.format("failed", "5.1.1"), returned(message)))
    assert (arrival.state, Message.objects.get().state) == ("waiting", "sending")


def test_a_reply_waits_for_the_mail_that_came_before_it(come: Come, mailbox: Connection) -> None:
    keep_mail(mailbox, a_mail("Pertama", Message_ID="<first@example.com>"))
    Arrival.objects.update(look_at=timezone.now() + dt.timedelta(seconds=30))  # with another worker just now
    reply = come("Kedua", References="<first@example.com>")
    assert (reply.state, reply.reason) == ("waiting", intake.EARLIER_FIRST)
    Arrival.objects.update(look_at=timezone.now())
    take_due(most=5)
    Arrival.objects.filter(state="waiting").update(look_at=timezone.now())
    take_due(most=5)
    assert the_case().entries.count() == 2


def test_nobody_floods_the_desk_and_nothing_of_a_flood_is_lost(come: Come, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(intake, "FLOOD_MAILS", 3)
    states = [come(f"Mail {number}").state for number in range(5)]
    assert states == ["taken", "taken", "taken", "waiting", "waiting"]
    assert come("Halo", From="ayu@example.com").state == "taken"


def test_a_mail_of_nobody_is_shown_as_failed(come: Come) -> None:
    arrival = come(From="")
    assert (arrival.state, arrival.reason) == ("waiting", intake.NO_SENDER)
    for _try in range(6):
        Arrival.objects.update(look_at=timezone.now())
        take_due(most=1)
    arrival.refresh_from_db()
    assert (arrival.state, arrival.reason) == ("failed", intake.NO_SENDER)
    assert bytes(arrival.body)


def test_of_a_mail_too_large_the_desk_still_hears(come: Come) -> None:
    come(raw=a_mail("", Subject="Video 50 MB"), kind=f"{HEADERS_ONLY} 52428800")
    assert the_case().subject == "Video 50 MB"
    assert "terlalu besar" in the_case().preview


REPLY_TO = [
    ("rina@kantor.example", False, "rina@kantor.example"),  # whom we only just met may say where to answer
    ("jahat@example.net", True, "rina@example.com"),  # of somebody we know it might be a forger
    (CARE, False, "rina@example.com"),
    ("RINA@example.com", False, "rina@example.com"),
    ("bukan alamat", False, "rina@example.com"),
]


@pytest.mark.parametrize(("reply_to", "is_known", "recipient"), REPLY_TO)
def test_an_answer_goes_where_it_was_asked_for_unless_that_may_be_a_trap(
    come: Come, reply_to: str, is_known: bool, recipient: str
) -> None:
    if is_known:
        a_customer(email="rina@example.com")
    come(Reply_To=reply_to)
    assert recipient_of(the_case(), "email") == recipient


def test_a_known_customers_other_address_may_be_asked_for(come: Come) -> None:
    rina = a_customer(email="rina@example.com")
    ContactPoint.objects.create(customer=rina, kind="email", value="rina@kantor.example")
    come(Reply_To="rina@kantor.example")
    assert recipient_of(the_case(), "email") == "rina@kantor.example"


def test_what_was_asked_for_at_first_stays_so(come: Come) -> None:
    come(Reply_To="rina@kantor.example", Message_ID="<first@example.com>")
    come("Lagi", Reply_To="rina@kantor.example", References="<first@example.com>")
    assert recipient_of(the_case(), "email") == "rina@kantor.example"


def test_the_answer_stands_in_the_customers_thread(come: Come, sari: User) -> None:
    come(Message_ID="<a@example.com>")
    first = answered(the_case(), sari)
    come("Belum.", Message_ID="<b@example.com>", In_Reply_To=first.external_id)
    second = answered(the_case(), sari, "Kami cek lagi.")
    assert (first.reply_to, first.references) == ("<a@example.com>", "<a@example.com>")
    assert second.reply_to == "<b@example.com>"
    assert second.references.split() == ["<a@example.com>", first.external_id, "<b@example.com>"]
    assert first.subject == second.subject == f"Re: Sinyal {marks.mark_of(the_case().number)}"


def test_a_long_subject_keeps_its_mark(come: Come, sari: User) -> None:
    come(Subject="sinyal " * 80)
    message = answer_case(case=the_case(), text="Halo", by=sari)
    assert message.subject.endswith(marks.mark_of(the_case().number))
    assert len(message.subject) <= 200


@pytest.mark.django_db(transaction=True)
def test_two_workers_with_the_same_mail_of_two_mailboxes_make_one_case(come: Come, mailbox: Connection) -> None:
    other = Connection.objects.create(channel="email", account="tagihan@sapa.example")
    raw = a_mail(Message_ID="<race@example.com>")
    ours, theirs = keep_mail(mailbox, raw), keep_mail(other, raw)
    take = transaction.atomic(intake.take_mail)  # as arrivals do
    with somebody_else() as does:
        with transaction.atomic():
            take(ours)
            later = does(take, theirs)
            until_somebody_waits()
        with pytest.raises(intake.Ignore, match=intake.DOUBLE):
            later.result(20)
    assert Case.objects.count() == 1
