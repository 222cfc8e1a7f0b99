"""Sari answers: the outbox takes the message, the clock takes the moment at which she pressed send."""

import datetime as dt

import pytest
from django.utils import timezone

from crm.cases.actions import answer_case, settle_case, undo_answer, void_answer
from crm.cases.errors import NothingToSend, NoWayToAnswer, PersonalDataInPublic, StaleVersion, TooLateToUndo
from crm.cases.models import Breach, Case
from crm.cases.verify import differing_clocks
from crm.events.models import Event
from crm.messaging.actions import UNDO_SECONDS
from crm.messaging.models import Message
from crm.staff.models import Role, User
from crm.timeline.models import Interaction
from tests.people import a_case, a_customer, a_member


@pytest.fixture
def mail(sari: User) -> Case:
    """A complaint that came by e-mail five minutes ago."""
    rina = a_customer(email="rina@pelanggan.example")
    return a_case(timezone.now() - dt.timedelta(minutes=5), customer=rina, channel="email")


def test_an_answer_is_queued_with_the_case_and_stops_the_clock(mail: Case, sari: User) -> None:
    message = answer_case(case=mail, text="Selamat pagi, Ibu Rina.", by=sari)
    clock = mail.clocks.get(kind="response")
    interaction = message.interaction
    assert interaction is not None
    assert (message.state, message.recipient, message.channel) == ("queued", "rina@pelanggan.example", "email")
    assert (clock.verdict, clock.stopped_at) == ("met", interaction.at)
    assert message.send_at - interaction.at == dt.timedelta(seconds=UNDO_SECONDS)


def test_pressing_send_twice_sends_once(mail: Case, sari: User) -> None:
    first = answer_case(case=mail, text="Selamat pagi.", by=sari, key="press-1")
    again = answer_case(case=mail, text="Selamat pagi.", by=sari, key="press-1")
    assert (first.pk, Message.objects.count()) == (again.pk, 1)


def test_an_answer_undone_was_never_given(mail: Case, sari: User) -> None:
    message = answer_case(case=mail, text="Selamat pagi.", by=sari)
    undo_answer(message=message, by=sari)
    message.refresh_from_db()
    clock = mail.clocks.get(kind="response")
    assert (message.state, clock.verdict, clock.stopped_at) == ("cancelled", "", None)
    assert clock.wake_at is not None
    assert differing_clocks(timezone.now()) == []


def test_what_has_left_cannot_be_undone(mail: Case, sari: User) -> None:
    message = answer_case(case=mail, text="Selamat pagi.", by=sari)
    Message.objects.filter(pk=message.pk).update(state="sending", attempts=1, claimed_at=timezone.now())
    with pytest.raises(TooLateToUndo):
        undo_answer(message=message, by=sari)
    assert mail.clocks.get(kind="response").verdict == "met"
    assert Interaction.objects.filter(voided_at__isnull=False).count() == 0


def test_an_answer_that_the_channel_refuses_leaves_the_clock_as_it_was(sari: User) -> None:
    earlier = timezone.now() - dt.timedelta(minutes=20)
    case = a_case(earlier, customer=a_customer(email="rina@pelanggan.example"), channel="email")
    message = answer_case(case=case, text="Selamat pagi.", by=sari, at=earlier + dt.timedelta(minutes=5))
    assert message.interaction is not None
    void_answer(interaction=message.interaction, reason="refused")
    assert case.clocks.get(kind="response").verdict == "missed"
    assert Breach.objects.filter(withdrawn_at=None).count() == 1


def test_a_refusal_told_twice_is_one_act(mail: Case, sari: User) -> None:
    message = answer_case(case=mail, text="Selamat pagi.", by=sari)
    assert message.interaction is not None
    for _ in range(2):
        void_answer(interaction=message.interaction, reason="refused")
    assert Event.objects.filter(kind="answer.voided").count() == 1


def test_a_second_answer_stands_when_the_first_is_refused(mail: Case, sari: User) -> None:
    first = answer_case(case=mail, text="Selamat pagi.", by=sari, at=mail.opened_at + dt.timedelta(minutes=2))
    second = answer_case(case=mail, text="Masih di sana?", by=sari, at=mail.opened_at + dt.timedelta(minutes=4))
    assert first.interaction is not None
    assert second.interaction is not None
    void_answer(interaction=first.interaction, reason="refused")
    assert mail.clocks.get(kind="response").stopped_at == second.interaction.at


@pytest.mark.parametrize("text", ["Nomor Ibu 0812-3456-7890, betul?", "NIK 3273014405900008", "rina@pelanggan.example"])
def test_personal_data_is_refused_in_public(text: str, sari: User) -> None:
    case = a_case(channel="x")
    with pytest.raises(PersonalDataInPublic):
        answer_case(case=case, text=text, by=sari, is_public=True, recipient="rinamhrn")
    assert (Message.objects.count(), case.clocks.get(kind="response").is_running) == (0, True)


def test_the_same_words_may_be_said_in_private(mail: Case, sari: User) -> None:
    assert answer_case(case=mail, text="Nomor Ibu 0812-3456-7890, betul?", by=sari).state == "queued"


def test_a_supervisors_override_is_kept_with_its_reason(mail: Case) -> None:
    dewi = a_member("Dewi", Role.SUPERVISOR)
    answer_case(case=mail, text="Kirim ke cs@sapa.example, ya.", by=dewi, override_reason="Alamat kami sendiri")
    assert Event.objects.get(kind="case.privacy_overridden").actor_id == dewi.pk
    assert mail.notes.get().text == "Alamat kami sendiri"


def test_an_empty_answer_is_refused(mail: Case, sari: User) -> None:
    with pytest.raises(NothingToSend):
        answer_case(case=mail, text="  ", by=sari)
    assert mail.clocks.get(kind="response").is_running


def test_a_customer_without_an_address_cannot_be_mailed(sari: User) -> None:
    case = a_case(channel="email")
    with pytest.raises(NoWayToAnswer):
        answer_case(case=case, text="Selamat pagi.", by=sari)
    assert (Message.objects.count(), Interaction.objects.filter(direction="out").count()) == (0, 0)


def test_an_answer_built_on_an_old_picture_is_refused(mail: Case, sari: User) -> None:
    answer_case(case=mail, text="Selamat pagi.", by=sari, version=1)
    with pytest.raises(StaleVersion):
        answer_case(case=mail, text="Selamat pagi juga.", by=sari, version=1)
    assert Message.objects.count() == 1


def test_a_settled_case_may_still_be_answered(mail: Case, sari: User) -> None:
    answer_case(case=mail, text="Selesai, Bu.", by=sari)
    settle_case(case=mail, outcome="solved", by=sari)
    answer_case(case=mail, text="Terima kasih kembali.", by=sari)
    mail.refresh_from_db()
    assert mail.state == "settled"
