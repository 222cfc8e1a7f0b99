"""Following a case by its link: where it stands, what was promised, one more message."""

import datetime as dt
import html

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from crm.cases import actions
from crm.cases.models import Case, SlaClock
from crm.cases.silence import end_silence
from crm.events.subscribe import deliver_all
from crm.messaging import channels
from crm.messaging.models import Message
from crm.timeline.attachments import keep_file
from crm.timeline.models import Attachment, Interaction
from crm.web import limits, links
from crm.web.actions import revoke_link
from tests.connections import somebody_else
from tests.people import a_case, a_division
from tests.web.conftest import leave_now, write


def text(client, page: str) -> str:
    return client.get(page).content.decode()


def answered(case: Case, sari, words: str = "Halo Ibu Rina, sedang kami cek.") -> Message:
    message = actions.answer_case(case=case, text=words, by=sari, channel="web")
    leave_now()
    case.refresh_from_db()
    return message


class TestWhereItStands:
    def test_from_received_to_settled(self, client, page, case, sari):
        assert "Your message is here" in text(client, page)
        answered(case, sari)
        assert "Somebody has taken it up." in text(client, page)
        actions.wait_for(case=case, waiting_for="customer", by=sari)
        assert "Waiting for you" in text(client, page)
        actions.resume_case(case=case, by=sari)
        actions.escalate_case(case=case, party="division", division=a_division(), reason="Cek sektor 3.", by=sari)
        shown = text(client, page)
        assert "With the specialists" in shown
        assert "Cek sektor 3." not in shown
        actions.settle_case(case=case, outcome="solved", by=sari, text="Sektor diperbaiki.")
        shown = text(client, page)
        assert "Write to us within seven days" in shown
        assert "Sektor diperbaiki." not in shown

    def test_a_promise_that_is_kept(self, client, page, case, sari):
        assert text(client, page).count("at the latest.") == 2
        answered(case, sari)
        assert "in time." in text(client, page)

    def test_a_promise_that_is_broken_is_told_as_it_is(self, client, page, case, sari):
        SlaClock.objects.filter(kind="response").update(
            started_at=timezone.now() - dt.timedelta(minutes=47),
            due_at=timezone.now() - dt.timedelta(minutes=32, seconds=5),
        )
        assert "32 min late. We are sorry" in text(client, page)
        answered(case, sari)
        assert "that was too late, and we are sorry." in text(client, page)


class TestOneMoreMessage:
    def test_goes_into_the_case_and_starts_the_clock(self, client, page, case, sari):
        answered(case, sari)
        answer = write(client, page, "Masih hilang.", attachments=[SimpleUploadedFile("catatan.txt", b"jam 9\n")])
        assert answer.status_code == 303
        assert "Masih hilang." in text(client, page)
        assert case.clocks.filter(kind="response", stopped_at=None).exists()
        assert Attachment.objects.get().interaction.text == "Masih hilang."

    def test_pressed_twice_is_one(self, client, page, case):
        shown = text(client, page)
        ticket = shown.split('name="ticket" value="')[1].split('"')[0]
        for _ in range(2):
            client.post(f"{page}message/", {"text": "Halo?", "ticket": ticket})
        assert Interaction.objects.filter(text="Halo?").count() == 1

    def test_without_words_it_is_not_sent(self, client, page):
        answer = write(client, page, " ")
        assert answer.status_code == 422
        assert "Write to us what it is about." in answer.content.decode()
        assert Interaction.objects.filter(channel="web").count() == 1

    def test_a_page_that_is_not_ours_keeps_the_words(self, client, page):
        answer = client.post(f"{page}message/", {"text": "Masih rusak.", "ticket": "x"})
        assert answer.status_code == 422
        assert "Masih rusak." in answer.content.decode()
        assert not Interaction.objects.filter(text="Masih rusak.").exists()

    def test_many_at_once_wait_and_keep_the_words(self, client, page, monkeypatch):
        monkeypatch.setattr(limits, "MESSAGES_BY_LINK", (1, 600))
        write(client, page, "Satu.")
        answer = write(client, page, "Dua.")
        assert answer.status_code == 429
        assert "Dua." in answer.content.decode()
        assert not Interaction.objects.filter(text="Dua.").exists()

    def test_it_reopens_what_was_settled(self, client, page, case, sari):
        answered(case, sari)
        actions.settle_case(case=case, outcome="solved", by=sari)
        write(client, page, "Belum, masih mati.")
        case.refresh_from_db()
        assert case.state == "open"

    def test_a_closed_case_says_so_and_offers_the_form(self, client, page, case, sari):
        answered(case, sari)
        actions.settle_case(case=case, outcome="solved", by=sari)
        actions.close_case(case=case)
        shown = text(client, page)
        assert "This case is closed" in shown
        assert 'href="/help/"' in shown
        assert "message/" not in shown

    def test_closed_while_it_was_written_the_words_are_shown_back(self, client, page, case, sari):
        answered(case, sari)
        ticket = text(client, page).split('name="ticket" value="')[1].split('"')[0]
        actions.settle_case(case=case, outcome="solved", by=sari)
        actions.close_case(case=case)
        answer = client.post(f"{page}message/", {"text": "Masih mati.", "ticket": ticket})
        assert answer.status_code == 409
        assert "Masih mati." in answer.content.decode()
        assert not Interaction.objects.filter(text="Masih mati.").exists()

    @pytest.mark.django_db(transaction=True)
    def test_merged_while_it_was_written_the_next_press_goes_there(self, client, page, case, sari, monkeypatch):
        """A colleague's merge commits between our look and our lock."""
        call = actions.open_case(customer=case.customer, channel="call", text="Telepon.", team=case.team)
        ticket = text(client, page).split('name="ticket" value="')[1].split('"')[0]
        looked = links.case_behind

        def then_merged(link):
            found = looked(link)
            if found == case:
                does(actions.merge_cases, source=case, into=call, by=sari).result(20)
            return found

        monkeypatch.setattr("crm.web.actions.talking.case_behind", then_merged)
        with somebody_else() as does:
            first, second = (client.post(f"{page}message/", {"text": "Halo?", "ticket": ticket}) for _ in range(2))
        assert (first.status_code, second.status_code) == (409, 303)
        assert "Halo?" in first.content.decode()
        assert Interaction.objects.get(text="Halo?").in_case.case == call


class TestSolved:
    def test_not_before_anybody_answered(self, client, page, case):
        assert "Is it solved?" not in text(client, page)
        client.post(f"{page}solved/", {"answer": "yes"})
        case.refresh_from_db()
        assert case.state == "new"

    def test_the_customer_says_that_it_is(self, client, page, case, sari):
        answered(case, sari)
        assert "Is it solved?" in text(client, page)
        assert client.post(f"{page}solved/", {"answer": "yes"}).status_code == 303
        case.refresh_from_db()
        assert (case.state, case.outcome) == ("settled", "solved")

    def test_and_that_it_is_not(self, client, page, case, sari):
        answered(case, sari)
        actions.settle_case(case=case, outcome="solved", by=sari)
        client.post(f"{page}solved/", {"answer": "no"})
        case.refresh_from_db()
        assert case.state == "open"


@pytest.mark.django_db(transaction=True)
class TestAnswers:
    def test_an_answer_on_the_page_stops_the_clock_and_a_notice_without_its_text_goes_out(self, case, sari, link):
        Message.objects.all().delete()
        answered(case, sari, "Halo Ibu Rina, PUK Ibu 12345678.")
        deliver_all()
        deliver_all()
        notice = Message.objects.get(channel="email")
        assert case.clocks.get(kind="response").verdict == "met"
        assert (notice.recipient, notice.interaction, notice.author) == ("rina@example.com", None, None)
        assert link.url in notice.body
        assert "PUK" not in notice.body + notice.subject

    def test_by_sms_where_there_is_a_number_alone_and_the_channel(self, send, sari, monkeypatch):
        monkeypatch.setitem(channels._adapters, "sms", channels.get("email"))
        send(email="", msisdn="0812 0000 4471", prefers="sms")
        answered(Case.objects.get(), sari)
        deliver_all()
        notice = Message.objects.get(channel="sms")
        assert notice.recipient == "+6281200004471"
        assert len(notice.body) <= 160

    def test_a_number_alone_gets_none_where_no_sms_centre_is_connected(self, send, sari):
        send(email="", msisdn="0812 0000 4471", prefers="sms")
        answered(Case.objects.get(), sari)
        deliver_all()
        assert list(Message.objects.values_list("channel", flat=True)) == ["web"]

    def test_a_robot_gets_no_notice(self, send, sari):
        send(website="x")
        answered(Case.objects.get(), sari)
        deliver_all()
        assert not Message.objects.filter(channel="email").exists()

    def test_after_the_link_was_revoked_an_answer_fails_and_does_not_count(self, case, sari):
        message = actions.answer_case(case=case, text="Halo.", by=sari, channel="web")
        revoke_link(case=case, by=sari)
        leave_now()
        deliver_all()
        message.refresh_from_db()
        assert message.state == "failed"
        assert case.clocks.filter(kind="response", stopped_at=None).exists()

    def test_a_case_nobody_wrote_to_by_the_page_cannot_be_answered_there(self, case, sari):
        from crm.cases.errors import NoWayToAnswer

        with pytest.raises(NoWayToAnswer):
            actions.answer_case(case=a_case(team=case.team), text="Halo.", by=sari, channel="web")

    def test_the_composer_offers_the_page_for_cases_of_the_form_alone(self, case, sari):
        from crm.desk.composer import roads

        points = list(case.customer.contact_points.all())
        assert next(road.channel for road in roads(case, points)) == "web"
        assert "web" not in [road.channel for road in roads(a_case(team=case.team), [])]


def test_the_reminder_of_a_silent_customer_stands_on_the_page(client, page, case, sari):
    answered(case, sari)
    actions.wait_for(case=case, waiting_for="customer", by=sari)
    Case.objects.filter(pk=case.pk).update(waiting_since=timezone.now() - dt.timedelta(hours=25))
    end_silence()
    leave_now()
    assert "We asked you something about your case" in html.unescape(text(client, page))


class TestFiles:
    def test_of_a_message_on_the_page_are_handed_over_as_downloads(self, client, page, case):
        write(client, page, "Lihat.", attachments=[SimpleUploadedFile("catatan.txt", b"jam 9\n")])
        file = Attachment.objects.get()
        answer = client.get(f"{page}files/{file.pk}/")
        assert answer.status_code == 200
        assert answer["Content-Disposition"] == 'attachment; filename="catatan.txt"'
        assert answer["X-Content-Type-Options"] == "nosniff"
        assert answer.getvalue() == b"jam 9\n"

    def test_of_our_answer_too(self, client, page, case, sari):
        file = keep_file(content=b"Langkah 1\n", name="panduan.txt", by=sari)
        actions.answer_case(case=case, text="Ini panduannya.", by=sari, channel="web", files=[file.pk])
        leave_now()
        assert f"{page}files/{file.pk}/" in text(client, page)
        assert client.get(f"{page}files/{file.pk}/").getvalue() == b"Langkah 1\n"

    def test_of_another_channel_or_case_are_not(self, client, page, case, sari):
        call = actions.add_interaction(case=case, direction="in", channel="call", text="Telepon.", by=sari)
        other = Interaction.objects.get(in_case__case=a_case(channel="web"))
        for interaction in (call, other):
            file = Attachment.objects.create(interaction=interaction, name="rahasia.txt", size=1)
            assert client.get(f"{page}files/{file.pk}/").status_code == 404

    @pytest.mark.parametrize("state", ["pending", "infected"])
    def test_unscanned_or_infected_are_not(self, client, page, case, state):
        said = Interaction.objects.get(channel="web")
        file = Attachment.objects.create(interaction=said, name="a.txt", size=1, state=state)
        assert client.get(f"{page}files/{file.pk}/").status_code == 404
        assert "a.txt" in text(client, page)


def test_the_open_page_learns_that_there_is_news(client, page, case, sari):
    before = client.get(f"{page}news/").json()
    assert before["version"] in text(client, page)
    answered(case, sari)
    assert client.get(f"{page}news/").json() != before


def test_a_long_conversation_costs_no_more_than_a_short_one(client, page, case, sari, django_assert_max_num_queries):
    with CaptureQueriesContext(connection) as short:
        client.get(page)
    for number in range(10):
        answered(case, sari, f"Kabar {number}.")
        actions.add_interaction(case=case, direction="in", channel="web", text="?", conversation=case.conversation)
    with django_assert_max_num_queries(len(short)):
        assert "Kabar 9." in text(client, page)
    assert len(short) <= 15
