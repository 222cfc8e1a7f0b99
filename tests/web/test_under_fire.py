"""The form under fire: twice, too fast, too often, by robots, with the cache away."""

import datetime as dt

import pytest
from django.core.cache import cache
from django.core.files.uploadedfile import SimpleUploadedFile
from django.utils import timezone
from redis.exceptions import ConnectionError as CacheAway

from crm.cases.models import Case
from crm.messaging.models import Message
from crm.timeline.models import Attachment, Interaction
from crm.web.actions import file_form
from crm.web.actions.filing import Told
from crm.web.models import Filing
from tests.connections import somebody_else, until_somebody_waits
from tests.web.conftest import RINA, ticket

TOLD = Told(
    kind="complaint", text="Sinyal hilang.", name="Rina", honorific="Ibu", msisdn="", email="rina@example.com",
    prefers="email", language="id", time_zone="Asia/Jakarta",
)  # fmt: skip


def test_pressed_twice_is_one_case_and_one_confirmation(send):
    one = ticket()
    first, second = send(ticket=one), send(ticket=one)
    assert first.status_code == second.status_code == 303
    assert Case.objects.count() == Interaction.objects.filter(channel="web").count() == Message.objects.count() == 1


def test_going_back_and_sending_other_words_adds_them_to_the_case(send):
    one = ticket()
    send(ticket=one)
    send(ticket=one, text="Sekarang internet juga mati.")
    send(ticket=one, text="Sekarang internet juga mati.")
    assert Case.objects.count() == 1
    assert list(Interaction.objects.filter(channel="web").order_by("pk").values_list("text", flat=True)) == [
        RINA["text"], "Sekarang internet juga mati.",
    ]  # fmt: skip


def test_going_back_to_a_closed_case_opens_a_new_one(send, sari):
    one = ticket()
    send(ticket=one)
    case = Case.objects.get()
    Case.objects.filter(pk=case.pk).update(state="closed", closed_at=timezone.now())
    send(ticket=one, text="Masih rusak.")
    send(ticket=one, text="Masih rusak.")
    assert Case.objects.exclude(pk=case.pk).get().preview == "Masih rusak."
    send(ticket=one, text="Sudah tiga hari.")
    assert Case.objects.exclude(pk=case.pk).get().preview == "Sudah tiga hari."


def test_the_same_text_from_a_fresh_page_joins_the_case_and_shows_no_link(send, client):
    send()
    again = send(text="Sinyal di rumah   hilang sejak pagi.")
    page = client.get(again["Location"]).content.decode()
    assert Case.objects.count() == 1
    assert Interaction.objects.filter(channel="web").count() == 1
    assert f"#{Case.objects.get().number}" in page
    assert "/status/" not in page.replace('href="/status/"', "")
    assert list(Message.objects.values_list("recipient", flat=True)) == ["rina@example.com"] * 2


def test_files_of_the_second_time_are_kept_in_the_case_of_the_first(send):
    send()
    send(attachments=[SimpleUploadedFile("layar.txt", b"jam 7\n")])
    assert Attachment.objects.get().interaction.in_case.case == Case.objects.get()


def test_the_same_text_after_its_case_was_closed_is_another_case(send):
    send()
    Case.objects.update(state="closed", closed_at=timezone.now())
    send()
    assert Case.objects.count() == 2


@pytest.mark.parametrize("other", [{"text": "Pulsa saya hilang."}, {"email": "budi@example.com"}])
def test_other_words_or_another_contact_are_another_case(send, other):
    send()
    send(**other)
    assert Case.objects.count() == 2


def test_the_same_text_an_hour_later_is_another_case(send):
    send()
    Filing.objects.update(at=timezone.now() - dt.timedelta(hours=1))
    send()
    assert Case.objects.count() == 2


@pytest.mark.parametrize(
    "bad",
    [lambda: "", lambda: "made.up", lambda: f"{ticket()[:-2]}xx", lambda: ticket(seconds=1), lambda: ticket(hours=13)],
    ids=["none", "made-up", "altered", "too quick", "too old"],
)
def test_a_page_that_is_not_ours_or_not_of_now_is_shown_again_with_everything_typed(send, bad):
    bad = bad()
    answer = send(ticket=bad)
    page = answer.content.decode()
    assert answer.status_code == 422
    assert "send it once more" in page
    assert RINA["text"] in page
    assert bad == "" or bad not in page
    assert not Case.objects.exists()


def test_a_robot_is_taken_marked_and_told_nothing(send):
    assert send(website="http://spam.example").status_code == 303
    case = Case.objects.get()
    assert case.tags == ["perhaps-spam"]
    assert not Message.objects.exists()


@pytest.mark.parametrize("text", ["https://hadiah.example/klik", "Klik www.hadiah.com sekarang"])
def test_nothing_but_links_is_marked_too(send, text):
    send(text=text)
    assert Case.objects.get().tags == ["perhaps-spam"]


def test_a_link_in_a_proper_sentence_is_not(send):
    send(text="Halaman https://example.com/tagihan tidak bisa dibuka sejak kemarin malam.")
    assert Case.objects.get().tags == []


def test_one_contact_may_write_five_times_an_hour_then_is_asked_to_wait(send):
    for number in range(5):
        assert send(text=f"Masalah {number}").status_code == 303
    answer = send(text="Masalah keenam")
    page = answer.content.decode()
    assert answer.status_code == 429
    assert int(answer["Retry-After"]) > 0
    assert "Masalah keenam" in page
    assert Case.objects.count() == 5
    assert send(text="Masalah keenam", email="budi@example.com").status_code == 303


def test_one_address_may_send_sixty_in_ten_minutes(send, monkeypatch):
    monkeypatch.setattr("crm.web.limits.FORMS_BY_ADDRESS", (2, 600))
    assert [send(email=f"a{n}@example.com").status_code for n in range(3)] == [303, 303, 429]


def test_a_cache_that_is_away_loses_no_message(send, monkeypatch):
    def away(*_args, **_kwargs):
        raise CacheAway

    for name in ("add", "incr", "get", "set", "get_or_set"):
        monkeypatch.setattr(cache, name, away)
    answer = send()
    assert answer.status_code == 303
    assert Case.objects.count() == 1


@pytest.mark.django_db(transaction=True)
class TestTwoConnections:
    def test_both_presses_at_once_are_one_case(self, team):
        with somebody_else() as does:
            first = file_within(does, "nonce")
        assert first == Filing.objects.get().pk
        assert Case.objects.count() == 1

    def test_the_same_text_on_two_pages_at_once_is_one_case(self, team):
        with somebody_else() as does:
            file_within(does, "another")
        assert Filing.objects.count() == 2
        assert Case.objects.count() == 1


def file_within(does, nonce: str) -> int:
    """Sent here, not yet committed, while the same is sent on another connection: that one waits for us."""
    from django.db import transaction

    with transaction.atomic():
        here = file_form(nonce="nonce", page="help", told=TOLD)
        there = does(file_form, nonce=nonce, page="help", told=TOLD)
        until_somebody_waits()
    assert there.result(20).case_id == here.case_id
    return here.pk
