import datetime as dt
import json

import pytest
from django.urls import reverse
from django.utils import timezone

from crm.cases import actions
from crm.cases.models import Case, Note
from crm.desk.drafts import draft_of
from crm.desk.models import Draft
from crm.messaging.models import Message
from crm.timeline.models import Interaction
from tests.desk.conftest import HTMX
from tests.people import last_said


@pytest.fixture
def road(case):
    return f"email:{case.customer.contact_points.get(kind='email').pk}"


def send(client, case, road="", text="Halo Ibu Rina, kami cek.", way="private", **more):
    data = {"way": way, "road": road, "text": text, "seen": last_said(case), "key": "one-press"} | more
    return client.post(reverse("desk:answer", args=[case.number]), data, headers=HTMX)


def test_an_answer_goes_to_the_outbox_and_stops_the_reply_clock(as_user, sari, case, road):
    answer = send(as_user(sari), case, road)
    assert answer.status_code == 200
    message = Message.objects.get()
    assert (message.recipient, message.state) == ("rina@example.com", "queued")
    assert case.clocks.get(kind="response").verdict == "met"
    assert "data-undo" in answer.content.decode()


def test_a_doubled_press_is_one_message(as_user, sari, case, road):
    client = as_user(sari)
    send(client, case, road)
    send(client, case, road)
    assert Message.objects.count() == 1


def test_a_note_stays_in_the_house(as_user, sari, case):
    send(as_user(sari), case, way="note", text="Sektor 3 menurun.")
    assert Note.objects.get().text == "Sektor 3 menurun."
    assert not Message.objects.exists()
    assert case.clocks.get(kind="response").stopped_at is None


def test_nothing_written_is_said_and_nothing_sent(as_user, sari, case, road):
    answer = send(as_user(sari), case, road, text="  ")
    assert answer.status_code == 422
    assert "Write something first." in answer.content.decode()
    assert not Interaction.objects.filter(direction="out").exists()


def test_an_answer_without_a_way_to_the_customer_is_refused_and_kept(as_user, sari, case):
    answer = send(as_user(sari), case, road="x:999", text="Halo.")
    assert answer.status_code == 422
    assert "Choose how the answer reaches the customer." in answer.content.decode()
    assert draft_of(sari, case).text == "Halo."


@pytest.fixture
def _square(monkeypatch):
    """A network on which one can answer in public: the real ones come with the social room."""
    from crm.messaging import channels
    from crm.messaging.channels import Sent

    class Square(channels.Adapter):
        can_public, max_length, logs_only, repeatable = True, None, False, False

        def send(self, message):
            return Sent("1")

    monkeypatch.setitem(channels._adapters, "web", Square())


@pytest.mark.usefixtures("_square")
class TestInPublic:
    SECRET = "Nomor 0812-0000-4471 sudah aktif."

    def test_personal_data_is_not_sent_and_the_text_is_kept(self, as_user, sari, case):
        answer = send(as_user(sari), case, "web:", self.SECRET, "public")
        page = answer.content.decode()
        assert answer.status_code == 422
        assert "<mark>0812-0000-4471</mark>" in page
        assert "override_reason" not in page
        assert draft_of(sari, case).text == self.SECRET
        assert not Message.objects.exists()

    def test_an_agent_cannot_override_by_hand(self, as_user, sari, case):
        assert send(as_user(sari), case, "web:", self.SECRET, "public", override_reason="x").status_code == 403
        assert not Message.objects.exists()

    def test_a_supervisor_overrides_once_with_a_reason(self, as_user, ratna, case):
        client = as_user(ratna)
        assert "override_reason" in send(client, case, "web:", self.SECRET, "public").content.decode()
        assert send(client, case, "web:", self.SECRET, "public", override_reason="She wrote it.").status_code == 200
        assert Message.objects.get().is_public
        assert case.notes.get().text == "She wrote it."

    def test_the_same_text_goes_out_in_private(self, as_user, sari, case, road):
        assert send(as_user(sari), case, road, self.SECRET).status_code == 200
        assert Message.objects.count() == 1


def test_a_colleagues_answer_meanwhile_is_shown_and_mine_is_kept(as_user, sari, ratna, case, road):
    seen = last_said(case)
    actions.answer_case(case=case, text="Sudah kami tangani.", by=ratna, channel="email", recipient="rina@example.com")
    client = as_user(sari)
    answer = send(client, case, road, "Punya saya.", seen=seen)
    assert "Ratna Kusumaningrum answered at" in answer.content.decode()
    assert "Sudah kami tangani." in answer.content.decode()
    assert draft_of(sari, case).text == "Punya saya."
    assert send(client, case, road, "Punya saya.", seen=seen).status_code == 422  # pressed again, nothing is decided
    assert Message.objects.count() == 1
    assert send(client, case, road, "Punya saya.", seen=seen, anyway=last_said(case)).status_code == 200
    assert Message.objects.count() == 2


def test_the_customers_word_meanwhile_is_shown_too(as_user, sari, case, road):
    seen = last_said(case)
    actions.add_interaction(case=case, direction="in", channel="email", text="Tidak usah, sudah bisa.")
    client = as_user(sari)
    page = send(client, case, road, seen=seen).content.decode()
    assert "Rina Maharani wrote at" in page
    assert f'name="seen" value="{seen}"' in page  # what was not decided about is still news
    assert not Message.objects.exists()


def test_who_writes_past_one_is_told_of_the_next(as_user, sari, case, road):
    seen = last_said(case)
    actions.add_interaction(case=case, direction="in", channel="email", text="Halo?")
    shown = last_said(case)
    actions.add_interaction(case=case, direction="in", channel="email", text="Sudah bisa.")
    page = send(as_user(sari), case, road, seen=seen, anyway=shown).content.decode()
    assert ("Sudah bisa." in page.partition("data-focus")[2].partition("data-discard")[0], Message.objects.count()) == (
        True,
        0,
    )


def test_a_note_sent_twice_over_a_broken_line_is_one_note(desk, case):
    for _press in range(2):
        send(desk, case, text="Sudah dicek.", way="note", key="one-note")
    assert case.notes.count() == 1


# --- sent, and something done in the same press
def test_sent_and_waiting_in_one_press(desk, case, road):
    page = send(desk, case, road, then="wait").content.decode()
    case.refresh_from_db()
    assert (case.state, case.waiting_for) == ("waiting", "customer")
    assert "now we wait" in page
    desk.post(reverse("desk:undo", args=[case.number, Message.objects.get().pk]), headers=HTMX)
    case.refresh_from_db()
    assert (case.state, case.waiting_for) == ("open", "")


def settle_with(client, case, road, **more):
    return send(client, case, road, then="settle", **({"settle-outcome": "solved", "settle-text": "Beres."} | more))


def test_sent_and_settled_in_one_press_goes_on_to_the_next(desk, case, road):
    answer = settle_with(desk, case, road)
    case.refresh_from_db()
    assert (case.state, case.settlement, Message.objects.count()) == ("settled", "Beres.", 1)
    assert json.loads(answer["HX-Trigger"])["sapa:next"] == {"from": case.number}
    assert "sapa:next" not in settle_with(desk, case, road, key="two", stay="1").get("HX-Trigger", "")


def test_taken_back_it_is_open_and_its_text_in_the_box(desk, case, road, sari):
    settle_with(desk, case, road, text="Terlalu cepat.")
    desk.post(reverse("desk:undo", args=[case.number, Message.objects.get().pk]), headers=HTMX)
    case.refresh_from_db()
    assert (case.state, case.outcome, case.reopened) == ("open", "", 0)
    assert case.clocks.filter(stopped_at=None).count() == 2
    assert draft_of(sari, case).text == "Terlalu cepat."


def test_what_stands_in_the_answers_way_is_said_in_the_composer(desk, case, road):
    answer = settle_with(desk, case, road, seen=0)
    assert (answer.status_code, answer["HX-Retarget"]) == (422, "#composer")
    case.refresh_from_db()
    assert (case.state, Message.objects.count()) == ("new", 0)


def test_what_stands_in_the_settlings_way_is_said_in_the_dialog_and_nothing_is_sent(desk, case, road, sari):
    due_at = timezone.now() + dt.timedelta(hours=1)
    actions.make_promise(case=case, text="Kabari", due_at=due_at, by=sari)
    answer = settle_with(desk, case, road)
    assert "A promise to the customer is still open." in answer.content.decode()
    assert "HX-Retarget" not in answer
    assert not Message.objects.exists()
    case.refresh_from_db()
    assert case.state == "new"


def test_the_dialog_of_both_is_for_whoever_may_do_both(desk, case, as_user, joko):
    page = desk.get(reverse("desk:answer-settle", args=[case.number]), headers=HTMX).content.decode()
    assert "Your answer goes out with it" in page
    assert as_user(joko).get(reverse("desk:answer-settle", args=[case.number])).status_code == 404


def test_an_answer_is_taken_back_and_its_text_is_a_draft_again(as_user, sari, case, road):
    client = as_user(sari)
    send(client, case, road, "Terlalu cepat.")
    client.post(reverse("desk:undo", args=[case.number, Message.objects.get().pk]), headers=HTMX)
    assert Message.objects.get().state == "cancelled"
    assert case.clocks.get(kind="response").stopped_at is None
    assert draft_of(sari, case).text == "Terlalu cepat."


def test_what_has_left_cannot_be_taken_back(as_user, sari, case, road):
    client = as_user(sari)
    send(client, case, road)
    Message.objects.update(state="sent", sent_at=timezone.now())
    answer = client.post(reverse("desk:undo", args=[case.number, Message.objects.get().pk]), headers=HTMX)
    assert answer.status_code == 200
    assert case.clocks.get(kind="response").verdict == "met"


def test_only_its_writer_takes_an_answer_back(as_user, sari, ratna, case, road):
    message = actions.answer_case(case=case, text="Halo.", by=ratna, channel="email", recipient="rina@example.com")
    assert as_user(sari).post(reverse("desk:undo", args=[case.number, message.pk])).status_code == 404
    message.refresh_from_db()
    assert message.state == "queued"


def test_an_answer_on_a_cancelled_case_is_refused_in_words(as_user, sari, case, road):
    actions.cancel_case(case=case, by=sari, reason="Salah sambung")
    answer = send(as_user(sari), case, road)
    assert answer.status_code == 422
    assert not Message.objects.exists()
    assert draft_of(sari, case).text == "Halo Ibu Rina, kami cek."


def keep(client, case, text, way="private"):
    return client.post(reverse("desk:draft", args=[case.number]), {"text": text, "way": way, "road": ""}, headers=HTMX)


def test_a_draft_is_kept_as_it_is_typed_and_gone_when_sent(as_user, sari, case, road):
    client = as_user(sari)
    keep(client, case, "Halo")
    keep(client, case, "Halo Ibu")
    assert Draft.objects.get().text == "Halo Ibu"
    assert "Halo Ibu" in client.get(f"/cases/{case.number}/").content.decode()
    send(client, case, road)
    assert not Draft.objects.exists()


def test_an_emptied_draft_is_no_draft(as_user, sari, case):
    client = as_user(sari)
    keep(client, case, "Halo")
    keep(client, case, "")
    assert not Draft.objects.exists()


def test_a_draft_is_its_writers_alone(as_user, sari, ratna, case):
    keep(as_user(sari), case, "Rahasia saya")
    assert "Rahasia saya" not in as_user(ratna).get(f"/cases/{case.number}/").content.decode()


def test_the_guard_asks_for_the_name(as_user, sari, case):
    assert "Address by name: Rina" in keep(as_user(sari), case, "Sudah kami cek.").content.decode()
    assert "By name: Rina" in keep(as_user(sari), case, "Halo Ibu Rina, terima kasih.").content.decode()


def test_a_case_of_another_team_takes_no_draft(as_user, joko, case):
    assert keep(as_user(joko), case, "Halo").status_code == 404
    assert Case.objects.get(pk=case.pk).version == case.version


def test_a_draft_that_comes_after_its_answer_is_not_kept(as_user, sari, case, road):
    client, key = as_user(sari), "5d0c"
    send(client, case, road, text="Sektor 3 sedang diperbaiki.", key=key)
    data = {"way": "private", "road": road, "key": key}
    url = reverse("desk:draft", args=[case.number])
    client.post(url, data | {"text": "Sektor 3 sedang"}, headers=HTMX)
    assert draft_of(sari, case) is None
    client.post(url, data | {"text": "Satu hal lagi."}, headers=HTMX)
    assert draft_of(sari, case).text == "Satu hal lagi."
