"""SMS through Debian's Kannel to an SMS centre that speaks SMPP, with workers, beat and web as in production."""

import datetime as dt
import signal
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from pytest_django import Settings

from crm.cases.actions import answer_case
from crm.cases.models import Case
from crm.messaging import outbox
from crm.messaging.channels import Passing
from crm.messaging.channels.gsm import BASIC, EXTENDED, size_of
from crm.messaging.channels.sms import Sms
from crm.messaging.knock import knock
from crm.messaging.models import Connection, Message
from crm.staff.models import User
from crm.timeline.models import Interaction
from tests.channels.conftest import need
from tests.channels.kannel import INVALID_DESTINATION, THROTTLED, Centre, Kannel, a_centre, a_kannel, until
from tests.people import a_case, a_customer, last_said
from tests.processes import free_port, message_worker, process, wait_for_port

RINA = "+6281234567890"
WEB = ("-m", "gunicorn", "crm.wsgi:application", "--limit-request-line=8190", "--worker-class=gthread", "--threads=4",
       "--graceful-timeout=1")  # fmt: skip


@pytest.fixture
def centre() -> Iterator[Centre]:
    with a_centre(need("node")) as centre:
        yield centre


@pytest.fixture
def kannel(sari: User, centre: Centre) -> Iterator[Kannel]:
    """Running, and connected on both sides; nobody of ours works yet."""
    need("bearerbox")
    with a_kannel(centre, f"http://127.0.0.1:{free_port()}") as kannel:
        kannel.connect()
        kannel.start()
        yield kannel


@contextmanager
def web(site: str) -> Iterator[None]:
    port = int(site.rpartition(":")[2])
    with process(*WEB, f"--bind=127.0.0.1:{port}", "--log-level=warning") as started:
        wait_for_port(port, started)
        yield


@pytest.fixture
def at_work(kannel: Kannel, workers: ExitStack) -> Kannel:
    workers.enter_context(web(kannel.site))
    return kannel


@pytest.fixture
def case(sari: User) -> Case:
    return a_case(customer=a_customer(msisdn=RINA), channel="call")


@pytest.fixture
def desk(sari: User, client: Client, settings: Settings) -> Client:
    """Her browser."""
    settings.LANGUAGE_CODE = "en"
    User.objects.filter(pk=sari.pk).update(language="en")
    client.force_login(sari, backend="crm.staff.backends.StaffBackend")
    return client


def answer(case: Case, text: str, by: User) -> Message:
    """Sent now: nobody takes it back."""
    return at_once(answer_case(case=case, text=text, by=by, channel="sms"))


def at_once(message: Message) -> Message:
    Message.objects.filter(pk=message.pk).update(send_at=timezone.now())
    knock(after=0)
    return message


def look(message: Message) -> Message:
    message.refresh_from_db()
    return message


def comes_to(message: Message, state: str, delivery: str = "") -> None:
    until(lambda: (look(message).state, message.delivery) == (state, delivery))


def connection() -> Connection:
    return Connection.objects.get()


def test_an_answer_reaches_the_phone_and_its_report_the_case(
    at_work: Kannel, centre: Centre, case: Case, sari: User
) -> None:
    message = answer(case, "Halo Kak Rina, sinyal sudah normal.", sari)
    assert centre.wait_for_text(RINA) == "Halo Kak Rina, sinyal sudah normal."
    assert centre.parts[0]["from"] == "3636"
    comes_to(message, "sent", "buffered")
    centre.report("DELIVRD")
    comes_to(message, "sent", "delivered")
    assert (message.external_id, connection().fault) == (centre.parts[0]["id"], "")


TEXTS = (
    "".join(sorted((BASIC | EXTENDED) - set("\n\r "))),
    "Baris satu\nbaris dua €" * 20,
    "a" * 152 + "€" * 80,  # an escape where a part ends
    "ç ‘kutip’ – é 😀 العربية 中文",
    "😀 Terima kasih, " * 38 + "Kak Rina, ya.",  # an emoji where a part ends
)


def test_texts_arrive_as_they_were_written_in_as_many_messages_as_were_counted(
    at_work: Kannel, centre: Centre, case: Case, sari: User
) -> None:
    for number, text in enumerate(TEXTS, 1):
        answer(case, text, sari)
        assert centre.wait_for_text(RINA, number) == text
    assert len(centre.parts) == sum(size_of(text).messages for text in TEXTS)
    assert size_of(TEXTS[-1]).messages == Sms().limit(is_public=False) == 10


def test_what_the_phone_never_got_does_not_count(at_work: Kannel, centre: Centre, case: Case, sari: User) -> None:
    messages = [answer(case, "Halo", sari) for _each in range(3)]
    for message in messages:
        comes_to(message, "sent", "buffered")
    for part, stat in enumerate(("UNDELIV", "EXPIRED", "REJECTD")):
        centre.report("ACCEPTD", part)
        centre.report(stat, part)
    for message in messages:
        comes_to(message, "failed", "failed")
    assert sorted(message.error for message in messages) == [
        f"not delivered ({stat})" for stat in ("EXPIRED", "REJECTD", "UNDELIV")
    ]
    until(lambda: not Interaction.objects.filter(direction="out", voided_at=None).exists())
    assert case.clocks.get(kind="response").stopped_at is None


def test_what_the_centre_rejects_does_not_count(at_work: Kannel, centre: Centre, case: Case, sari: User) -> None:
    centre.order("answer", status=INVALID_DESTINATION)
    message = answer(case, "Halo", sari)
    comes_to(message, "failed", "failed")
    assert message.error == "refused by the network (0x0000000b)"


def test_a_delivery_is_believed_whatever_comes_after_it(
    at_work: Kannel, centre: Centre, case: Case, sari: User
) -> None:
    first, second = answer(case, "Satu", sari), answer(case, "Dua", sari)
    until(lambda: len(centre.parts) == 2)
    for part in (0, 1):
        for stat in ("DELIVRD", "ACCEPTD", "UNDELIV"):
            centre.report(stat, part)
    comes_to(first, "sent", "delivered")
    comes_to(second, "sent", "delivered")


def test_an_agent_answers_a_message_on_the_desk_and_sees_it_delivered(
    at_work: Kannel, centre: Centre, desk: Client
) -> None:
    centre.write(RINA, "Sinyal hilang di Dago 😟")
    case = until(Case.objects.first)
    page = reverse("desk:case", args=[case.number])
    assert "Sinyal hilang di Dago 😟" in desk.get(page).content.decode()
    road = f"sms:{case.customer.contact_points.get(value=RINA).pk}"
    said = {"way": "private", "road": road, "text": "Sejak kapan, Kak?", "seen": last_said(case), "key": "a-press"}
    desk.post(reverse("desk:answer", args=[case.number]), said)
    at_once(Message.objects.get())
    assert centre.wait_for_text(RINA) == "Sejak kapan, Kak?"
    centre.report("DELIVRD")
    until(lambda: "Delivered" in desk.get(page).content.decode().partition('<footer class="sending')[2])
    centre.write(RINA, "Sejak pagi")
    until(lambda: "Sejak pagi" in desk.get(page).content.decode())
    assert (Case.objects.count(), case.entries.count()) == (1, 3)
    assert connection().last_in_at is not None


def test_a_reply_to_an_answer_lands_in_that_case(at_work: Kannel, centre: Centre, case: Case, sari: User) -> None:
    answer(case, "Boleh kirim alamatnya?", sari)
    centre.wait_for_text(RINA)
    centre.write(RINA, "Jalan Dago 1")
    until(lambda: case.entries.filter(interaction__text="Jalan Dago 1").exists())
    assert Case.objects.count() == 1


def test_messages_in_ten_parts_come_in_as_one(at_work: Kannel, centre: Centre) -> None:
    texts = ["Sinyal é € [x] " * 84, "😀 سلام " * 83]
    for number, text in enumerate(texts, 1):
        assert size_of(text).messages == 10
        centre.write(f"+628130000000{number}", text)
        case = until(Case.objects.filter(conversation=f"+628130000000{number}").first)
        assert case.entries.get().interaction.text == text.strip()


def test_senders_that_are_no_people_open_no_case(at_work: Kannel, centre: Centre) -> None:
    centre.write("TELKOMSEL", "Promo!")
    centre.write(RINA, "Sinyal hilang")
    until(Case.objects.first)
    assert Case.objects.count() == 1


def test_while_the_centre_is_away_kannel_keeps_what_is_sent_for_sure(
    at_work: Kannel, centre: Centre, case: Case, sari: User
) -> None:
    centre.leave()
    message = answer(case, "Halo", sari)
    until(lambda: connection().fault == "SMS centre away")
    assert (look(message).state, message.delivery) == ("sent", "")
    centre.come_back()
    assert centre.wait_for_text(RINA) == "Halo"
    comes_to(message, "sent", "buffered")
    until(lambda: connection().fault == "")
    centre.report("DELIVRD")
    comes_to(message, "sent", "delivered")
    assert centre.texts(RINA) == ["Halo"]


def test_a_throttled_message_has_no_report_and_arrives_in_the_end(
    at_work: Kannel, centre: Centre, case: Case, sari: User
) -> None:
    centre.order("answer", status=THROTTLED)
    message = answer(case, "Halo", sari)
    centre.wait_for("refused", 2)
    assert (look(message).state, message.delivery) == ("sent", "")
    centre.order("answer", status=0)
    comes_to(message, "sent", "buffered")
    assert centre.texts(RINA) == ["Halo"]


def test_while_kannel_is_away_the_answer_waits_and_goes_once(
    at_work: Kannel, centre: Centre, case: Case, sari: User
) -> None:
    at_work.stop()
    message = answer(case, "Halo", sari)
    until(lambda: connection().fault)
    assert (connection().fault, look(message).state, message.attempts) == ("Kannel: unreachable", "queued", 1)
    at_work.start()
    comes_to(message, "sent", "buffered")
    assert (centre.texts(RINA), connection().fault) == (["Halo"], "")


def test_a_killed_kannel_still_has_what_it_had_taken(at_work: Kannel, centre: Centre, case: Case, sari: User) -> None:
    centre.leave()
    message = answer(case, "Halo", sari)
    comes_to(message, "sent")
    at_work.stop()
    centre.order("return")
    at_work.start()
    assert centre.wait_for_text(RINA) == "Halo"
    comes_to(message, "sent", "buffered")


def test_while_we_are_away_kannel_keeps_messages_and_reports(
    kannel: Kannel, centre: Centre, case: Case, sari: User
) -> None:
    with message_worker():
        message = answer(case, "Halo", sari)
        centre.wait_for_text(RINA)
        centre.report("DELIVRD")
        centre.write("+6281300000001", "Sinyal hilang")
        centre.wait_for("answered", 2)
        assert (look(message).delivery, Case.objects.count()) == ("", 1)
        with web(kannel.site):
            comes_to(message, "sent", "delivered")
            until(lambda: Case.objects.count() == 2)


def test_a_worker_killed_before_it_heard_leaves_a_doubt_that_the_report_ends(
    kannel: Kannel, centre: Centre, case: Case, sari: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    with message_worker() as worker:
        kannel.signal_smsbox(signal.SIGSTOP)
        message = answer(case, "Halo", sari)
        until(kannel.has_unread)
        worker.send_signal(signal.SIGSTOP)  # it has asked, and will not hear the answer
        kannel.signal_smsbox(signal.SIGCONT)
        assert centre.wait_for_text(RINA) == "Halo"
        worker.kill()
    monkeypatch.setattr(outbox, "CLAIM_LASTS", dt.timedelta(0))
    assert outbox.release_stale() == 1
    assert look(message).state == "uncertain"
    with web(kannel.site):
        comes_to(message, "sent", "buffered")
    assert not outbox.send_due(batches=1)
    assert centre.texts(RINA) == ["Halo"]


def test_a_check_sees_log_in_and_centre(kannel: Kannel, centre: Centre) -> None:
    Sms().check(connection())
    centre.leave()
    with pytest.raises(Passing, match="SMS centre away"):
        until(lambda: Sms().check(connection()))  # which returns nothing: asked until it refuses
    ours = connection()
    ours.secrets = ours.secrets | {"password": "salah"}
    with pytest.raises(Passing, match="log-in refused"):
        Sms().check(ours)
    assert centre.parts == []
