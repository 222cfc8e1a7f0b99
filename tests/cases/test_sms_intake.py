"""Customers' short messages on their way to a case."""

import datetime as dt
from itertools import count
from urllib.parse import quote_from_bytes, urlencode

import pytest
from django.db import transaction
from django.utils import timezone

from crm.cases.actions import answer_case, settle_case
from crm.cases.intake.sms import number_of, take_sms
from crm.cases.models import Case
from crm.customers.models import Customer
from crm.messaging.arrivals import Ignore, keep_arrival
from crm.messaging.models import Arrival, Connection, Message
from crm.staff.models import User
from crm.timeline.models import Interaction
from tests.connections import somebody_else, until_somebody_waits
from tests.people import a_case, a_customer, a_line

RINA, OURS = "+6281234567890", "3636"
_number = count(1)


@pytest.fixture
def ours(policy: object) -> Connection:
    return Connection.objects.create(channel="sms", account=OURS)


def brought(
    ours: Connection, text: str = "Sinyal hilang", *, sender: str = RINA, octets: bytes = b"", **more: str
) -> Arrival:
    given = {"from": sender, "to": OURS, "ts": "", "charset": "UTF-8", "coding": "0"} | more
    query = urlencode(given) + "&text=" + quote_from_bytes(octets or text.encode())
    external_id = more.get("id", f"kannel-{next(_number)}")
    arrival, _new = keep_arrival(channel="sms", connection=ours, external_id=external_id, body=query.encode())
    return arrival


def write(ours: Connection, *words: str, **more: str) -> Case:
    """What a customer wrote, taken in."""
    return take_sms(brought(ours, *words, **more)).in_case.case  # type: ignore[arg-type]


def left(message: Message, at: dt.datetime | None = None) -> Message:
    Message.objects.filter(pk=message.pk).update(state="sent", sent_at=at or timezone.now())
    if at:
        Interaction.objects.filter(message=message).update(at=at)
    return message


def test_a_new_number_opens_a_case_of_a_new_customer(ours: Connection) -> None:
    case = write(ours, "Sinyal hilang")
    said = case.entries.get().interaction
    assert (case.channel, case.account, case.conversation) == ("sms", OURS, RINA)
    assert (said.text, said.direction, said.is_public) == ("Sinyal hilang", "in", False)
    assert [point.value for point in case.customer.contact_points.all()] == [RINA]


def test_a_known_number_is_its_customers(ours: Connection) -> None:
    rina = a_customer(msisdn=RINA)
    assert write(ours, sender="081234567890").customer == rina


def test_the_holder_of_a_line_can_be_answered_at_its_number(ours: Connection) -> None:
    rina = a_customer()
    a_line(rina, RINA)
    case = write(ours)
    assert case.customer == rina
    assert rina.contact_points.get().value == RINA
    assert rina.contact_points.get().verified_at is None


def test_a_second_message_joins_the_first(ours: Connection) -> None:
    assert write(ours, "Sinyal hilang") == write(ours, "Masih hilang")
    assert Interaction.objects.count() == 2


def test_the_same_message_brought_twice_is_one_contact(ours: Connection) -> None:
    arrival = brought(ours)
    assert take_sms(arrival) == take_sms(arrival)
    assert (Case.objects.count(), Interaction.objects.count()) == (1, 1)


def test_a_reply_lands_in_the_case_in_which_we_last_wrote_by_sms(ours: Connection, sari: User) -> None:
    rina = a_customer(msisdn=RINA)
    own = write(ours, "Soal lain")
    call = a_case(customer=rina, channel="call")
    left(answer_case(case=call, text="Boleh kirim alamatnya?", by=sari, channel="sms"))
    assert write(ours, "Jalan Dago 1") == call
    assert own != call


def test_an_answer_of_long_ago_draws_no_message_in(ours: Connection, sari: User) -> None:
    call = a_case(timezone.now() - dt.timedelta(days=9), customer=a_customer(msisdn=RINA), channel="call")
    left(answer_case(case=call, text="Halo", by=sari, channel="sms"), timezone.now() - dt.timedelta(days=8))
    assert write(ours) != call


@pytest.mark.parametrize("state", ["queued", "failed", "cancelled"])
def test_an_answer_that_never_left_draws_no_message_in(ours: Connection, sari: User, state: str) -> None:
    call = a_case(customer=a_customer(msisdn=RINA), channel="call")
    message = answer_case(case=call, text="Halo", by=sari, channel="sms")
    Message.objects.filter(pk=message.pk).update(state=state)
    assert write(ours) != call


def test_an_answer_to_another_number_of_theirs_draws_no_message_in(ours: Connection, sari: User) -> None:
    rina = a_customer(msisdn="+6281300000001")
    call = a_case(customer=rina, channel="call")
    left(answer_case(case=call, text="Halo", by=sari, channel="sms"))
    a_line(rina, RINA)
    assert write(ours) != call


def test_a_settled_case_is_reopened_by_a_message_and_a_closed_one_is_over(ours: Connection, sari: User) -> None:
    case = write(ours)
    left(answer_case(case=case, text="Sudah normal.", by=sari))
    case.refresh_from_db()
    settle_case(case=case, by=sari, outcome="solved", version=case.version)
    assert write(ours, "Hilang lagi") == case
    case.refresh_from_db()
    assert case.is_running
    Case.objects.update(state="closed", closed_at=timezone.now(), settled_at=timezone.now())
    assert write(ours, "Hilang lagi") != case


def test_an_answer_goes_to_the_number_that_wrote(ours: Connection, sari: User) -> None:
    rina = a_customer(msisdn="+6281300000001")
    a_line(rina, RINA)
    case = write(ours)
    assert answer_case(case=case, text="Halo", by=sari).recipient == RINA


@pytest.mark.parametrize(
    ("octets", "charset", "text"),
    [
        ("Sinyal é €".encode(), "UTF-8", "Sinyal é €"),
        ("emoji 😀 العربية".encode("utf-16-be"), "UTF-16BE", "emoji 😀 العربية"),
        ("Grüße".encode("latin-1"), "ISO-8859-1", "Grüße"),
        (b"rusak \xff", "UTF-8", "rusak \ufffd"),
        (b"halo", "hex", "halo"),
        (b"nol\0 byte", "UTF-8", "nol byte"),
        (("panjang " * 80).encode("utf-16-be"), "utf-16be", ("panjang " * 80).strip()),
    ],
)
def test_a_text_is_read_in_its_own_alphabet(ours: Connection, octets: bytes, charset: str, text: str) -> None:
    assert write(ours, octets=octets, charset=charset).entries.get().interaction.text == text  # type: ignore[arg-type]


@pytest.mark.parametrize("sender", ["TELKOMSEL", "3636", "777", "", "+62", "1234567", "62812345678901234567"])
def test_what_no_person_wrote_is_put_aside_with_a_reason(ours: Connection, sender: str) -> None:
    with pytest.raises(Ignore, match="telephone number"):
        take_sms(brought(ours, sender=sender))
    assert not Customer.objects.exists()


@pytest.mark.parametrize(
    ("more", "reason"), [({"text": "  "}, "no text"), ({"coding": "1"}, "binary"), ({"text": "\0"}, "no text")]
)
def test_what_holds_no_words_is_put_aside(ours: Connection, more: dict[str, str], reason: str) -> None:
    with pytest.raises(Ignore, match=reason):
        take_sms(brought(ours, **more))
    assert not Case.objects.exists()


def test_our_own_number_is_no_customer(policy: object) -> None:
    ours = Connection.objects.create(channel="sms", account="0811-000-111")
    with pytest.raises(Ignore, match="our own"):
        take_sms(brought(ours, sender="+62811000111"))


def test_numbers_are_read_as_they_come() -> None:
    assert number_of("6281234567890") == number_of("081234567890") == RINA
    assert number_of("447911123456") == "+447911123456"


def test_the_clock_starts_when_the_customer_wrote_never_in_the_future(ours: Connection) -> None:
    early = timezone.now() - dt.timedelta(minutes=10)
    assert write(ours, ts=str(int(early.timestamp()))).opened_at == early.replace(microsecond=0)
    tomorrow = timezone.now() + dt.timedelta(days=1)
    assert write(ours, sender="+6281300000002", ts=str(int(tomorrow.timestamp()))).opened_at <= timezone.now()


@pytest.mark.django_db(transaction=True)
def test_two_messages_at_once_make_one_case(ours: Connection) -> None:
    first, second = brought(ours, "Satu"), brought(ours, "Dua")
    with somebody_else() as does:
        with transaction.atomic():
            case = take_sms(first).in_case.case
            later = does(take_sms, second)
            until_somebody_waits()
        assert later.result(20).in_case.case == case
    assert Case.objects.count() == 1
