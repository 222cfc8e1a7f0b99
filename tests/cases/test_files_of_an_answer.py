"""Files that go out with an answer: one's own, scanned, not yet used; else nothing is sent at all."""

import datetime as dt
from pathlib import Path

import pytest
from django.utils import timezone
from pytest_django import Settings

from crm.cases.actions import add_interaction, answer_case
from crm.cases.actions.answering import newest_inbound
from crm.cases.errors import CannotAttach
from crm.cases.models import Case
from crm.events.models import Event
from crm.messaging import channels
from crm.messaging.channels import Adapter
from crm.messaging.models import Message
from crm.staff.models import User
from crm.timeline.attachments import keep_file
from crm.timeline.models import Attachment, Interaction
from tests.people import a_case, a_customer, a_member
from tests.timeline.files import picture


class Network(Adapter):
    can_public = can_attach = True


@pytest.fixture(autouse=True)
def network(monkeypatch: pytest.MonkeyPatch, settings: Settings, tmp_path: Path) -> Network:
    settings.MEDIA_ROOT = tmp_path
    monkeypatch.setitem(channels._adapters, "email", Network())
    return channels._adapters["email"]  # type: ignore[return-value]


@pytest.fixture
def mail(sari: User) -> Case:
    rina = a_customer(email="rina@pelanggan.example")
    return a_case(timezone.now() - dt.timedelta(minutes=5), customer=rina, channel="email")


def uploaded(by: User, **fields: object) -> Attachment:
    file = keep_file(content=picture(), name="foto.jpg", by=by)
    Attachment.objects.filter(pk=file.pk).update(**fields)
    return file


def answer(case: Case, by: User, *files: Attachment) -> Message:
    return answer_case(case=case, text="Ini gambarnya, Ibu Rina.", by=by, files=[file.pk for file in files])


def test_files_go_out_with_the_answer(mail: Case, sari: User) -> None:
    one, two = uploaded(sari), uploaded(sari, state="clean")
    message = answer(mail, sari, one, two, one)
    assert message.interaction is not None
    assert list(message.interaction.attachments.all()) == [one, two]


@pytest.mark.parametrize("state", ["pending", "infected"])
def test_a_file_that_was_not_found_clean_is_not_sent(mail: Case, sari: User, state: str) -> None:
    refuses(mail, sari, uploaded(sari), uploaded(sari, state=state))


def test_somebody_elses_file_is_not_sent(mail: Case, sari: User) -> None:
    refuses(mail, sari, uploaded(a_member("Dimas Anggoro")))


def test_a_file_of_another_contact_is_not_sent_again(mail: Case, sari: User) -> None:
    used = uploaded(sari)
    first = answer(mail, sari, used)
    refuses(mail, sari, used)
    used.refresh_from_db()
    assert used.interaction == first.interaction


def test_a_file_that_is_gone_is_not_sent(mail: Case, sari: User) -> None:
    gone = uploaded(sari)
    Attachment.objects.all().delete()
    refuses(mail, sari, gone)


def test_a_channel_that_takes_no_files_sends_none(mail: Case, sari: User, network: Network) -> None:
    network.can_attach = False
    refuses(mail, sari, uploaded(sari))


def refuses(case: Case, by: User, *files: Attachment) -> None:
    """The answer is refused as a whole, and nothing has changed."""
    before = everything(case)
    with pytest.raises(CannotAttach):
        answer(case, by, *files)
    assert everything(case) == before


def everything(case: Case) -> tuple:
    return (
        Case.objects.values().get(pk=case.pk), list(case.clocks.values()), Message.objects.count(),
        Interaction.objects.count(), Event.objects.count(), list(Attachment.objects.order_by("pk").values()),
    )  # fmt: skip


def test_an_answer_replies_to_the_newest_message_of_its_own_kind(mail: Case, sari: User) -> None:
    said = [("public-old", 4, True), ("private", 3, False), ("public-new", 2, True), ("", 1, True)]
    for external_id, minutes, is_public in said:
        at = timezone.now() - dt.timedelta(minutes=minutes)
        add_interaction(case=mail, direction="in", channel="email", text="halo", at=at,
                        is_public=is_public, external_id=external_id)  # fmt: skip
    assert newest_inbound(mail, "email", is_public=True) == "public-new"
    assert newest_inbound(mail, "email", is_public=False) == "private"
    assert newest_inbound(mail, "x", is_public=True) == ""
    assert answer_case(case=mail, text="Halo.", by=sari, is_public=True).reply_to == "public-new"
    assert answer_case(case=mail, text="Halo.", by=sari).reply_to == "private"
