"""From the public into a private message in one press."""

import pytest
from django.urls import reverse
from django.utils import translation

from crm.cases import actions
from crm.desk.composer import roads
from crm.desk.drafts import draft_of
from crm.desk.invitation import invitation
from crm.messaging.models import Message
from tests.desk.conftest import HTMX
from tests.desk.test_composer import chosen, page_of, type_in
from tests.people import last_said

LINK = "https://x.example/messages/compose?recipient_id=2244994945"


@pytest.fixture
def case(mention):
    return mention


@pytest.fixture
def road(mention):
    return f"x:{mention.customer.contact_points.get(kind='handle').pk}"


@pytest.fixture(autouse=True)
def _link(network):
    network.link = LINK


def invite(desk, case, road, **more):
    data = {"way": "public", "road": road, "seen": last_said(case), "key": "k", "text": ""} | more
    return desk.post(reverse("desk:invite", args=[case.number]), data, headers=HTMX)


def test_one_press_invites_in_public_and_turns_the_composer_to_private(desk, case, road):
    answer = invite(desk, case, road)
    message = Message.objects.get()
    assert (message.is_public, message.channel, message.account, message.reply_to) == (True, "x", "sapa_care", "100")
    assert message.body.startswith("Halo Rina,")
    assert message.body.endswith(LINK)
    assert len(message.body) <= 280
    assert chosen(answer.content.decode()) == "private"
    assert "data-undo" in answer.content.decode()


def test_the_invitation_is_an_answer_by_a_person(desk, case, road):
    invite(desk, case, road)
    assert case.clocks.get(kind="response").verdict == "met"


def test_a_doubled_press_invites_once(desk, case, road):
    invite(desk, case, road)
    invite(desk, case, road)
    assert Message.objects.count() == 1


def test_what_was_begun_waits_in_private(desk, sari, case, road):
    invite(desk, case, road, text="Nomor Ibu berapa?")
    assert (draft_of(sari, case).text, draft_of(sari, case).way) == ("Nomor Ibu berapa?", "private")


def test_it_can_be_read_and_changed_first(desk, case, road):
    sheet = desk.get(reverse("desk:invite", args=[case.number]), {"road": road}, headers=HTMX).content.decode()
    assert "recipient_id=2244994945" in sheet
    answer = invite(desk, case, road, invitation="Bu Rina, lanjut DM ya.")
    assert Message.objects.get().body == "Bu Rina, lanjut DM ya."
    assert "sapa:done" in answer["HX-Trigger"]


@pytest.mark.parametrize(
    ("text", "said"), [("a" * 281, "At most 280 characters fit."), ("Nomor 0812-0000-4471?", "personal data")]
)
def test_what_cannot_go_out_in_public_is_said_in_the_dialog(desk, case, road, text, said):
    answer = invite(desk, case, road, invitation=text)
    assert answer.status_code == 422
    assert said in answer.content.decode()
    assert text in answer.content.decode()
    assert not Message.objects.exists()


def test_a_colleagues_answer_meanwhile_is_shown_first(desk, case, road, ratna):
    seen = last_said(case)
    actions.answer_case(case=case, text="Sudah kami tangani.", by=ratna, is_public=True, recipient="rinamhrn")
    assert "Sudah kami tangani." in invite(desk, case, road, seen=seen).content.decode()
    assert Message.objects.count() == 1


def test_it_is_offered_only_where_there_is_somewhere_to_go(desk, case, road, network):
    assert "Move to direct message" in type_in(desk, case, road=road)
    email = f"email:{case.customer.contact_points.get(kind='email').pk}"
    assert "Move to direct message" not in type_in(desk, case, way="private", road=email)
    network.closed[True] = "Nobody mentioned us."
    assert "Move to direct message" not in page_of(desk, case)
    network.closed.clear()
    actions.add_interaction(case=case, direction="in", channel="x", text="Ini", external_id="9", account="sapa_care")
    assert "Move to direct message" not in type_in(desk, case, road=road)


def test_a_road_without_public_replies_has_none(desk, case):
    email = f"email:{case.customer.contact_points.get(kind='email').pk}"
    assert invite(desk, case, email).status_code == 404
    assert not Message.objects.exists()


def test_another_teams_case_is_not_invited_from(as_user, joko, case, road):
    assert invite(as_user(joko), case, road).status_code == 404
    assert not Message.objects.exists()


class TestTheText:
    @pytest.fixture
    def text(self, case, network):
        def made(**customer):
            for name, value in customer.items():
                setattr(case.customer, name, value)
            road = roads(case, list(case.customer.contact_points.order_by("-kind")))[0]
            with translation.override("en"):
                return invitation(case.customer, road)

        return made

    def test_it_speaks_the_customers_language(self, text):
        assert text(language="en").startswith("Hello Rina,")
        assert text(language="id").startswith("Halo Rina,")

    def test_a_title_stands_before_one_name_and_the_family_name_stays_out(self, text):
        assert text(honorific="Ibu").startswith("Halo Ibu Rina,")
        assert "Maharani" not in text()

    def test_of_whom_no_name_is_known_the_handle_is(self, text):
        assert text(name="").startswith("Halo @rinamhrn,")

    def test_it_is_cut_to_what_fits_and_keeps_the_link(self, text, network):
        network.max_length = 120
        assert len(text()) <= 120
        assert text().endswith(LINK)

    def test_without_a_link_it_ends_with_its_sentence(self, text, network):
        network.link = ""
        assert not text().endswith(" ")
