"""What an agent sees before the first letter: may one write this way now, how long, until when."""

import datetime as dt

import pytest
from django.urls import reverse
from django.utils import timezone

from crm.cases import actions
from crm.messaging.models import Message
from tests.desk.conftest import HTMX
from tests.desk.network import Network
from tests.people import last_said


@pytest.fixture
def case(mention):
    return mention


@pytest.fixture
def road(mention):
    return f"x:{mention.customer.contact_points.get(kind='handle').pk}"


def page_of(client, case):
    return client.get(reverse("desk:case", args=[case.number]), headers=HTMX).content.decode()


def type_in(client, case, text="", way="public", road="", **more):
    data = {"text": text, "way": way, "road": road} | more
    return client.post(reverse("desk:draft", args=[case.number]), data, headers=HTMX).content.decode()


def chosen(page):
    return page.partition("data-way-value")[0].rpartition('value="')[2].partition('"')[0]


def test_the_composer_begins_as_the_customer_wrote(desk, case, network):
    assert chosen(page_of(desk, case)) == "public"
    actions.add_interaction(case=case, direction="in", channel="x", text="Ini nomornya", external_id="200")
    assert chosen(page_of(desk, case)) == "private"


def test_the_adapter_hears_for_whom_and_in_answer_to_what(desk, case, network):
    page_of(desk, case)
    asked = {"account": "sapa_care", "recipient": "rinamhrn", "reply_to": "100", "is_public": True}
    assert asked in network.asked


def test_a_closed_way_says_why_and_offers_the_other(desk, case, road, network):
    network.closed[True] = "Nobody mentioned us in this post. Ask for a mention, or write privately."
    page = type_in(desk, case, road=road)
    assert "X takes nothing this way now" in page
    assert "Nobody mentioned us in this post." in page
    assert "Write privately" in page
    assert "Nobody mentioned us" not in type_in(desk, case, way="private", road=road).partition('id="standing"')[2]


def test_what_the_network_would_refuse_is_not_sent_whatever_the_page_says(desk, case, road, network):
    network.closed[True] = "Nobody mentioned us in this post."
    data = {"way": "public", "road": road, "text": "Halo Ibu Rina.", "seen": last_said(case), "key": "k"}
    answer = desk.post(reverse("desk:answer", args=[case.number]), data, headers=HTMX)
    assert answer.status_code == 422
    assert "Nobody mentioned us in this post." in answer.content.decode()
    assert not Message.objects.exists()
    assert case.clocks.get(kind="response").stopped_at is None


def test_a_window_shows_its_end(desk, case, road, network):
    network.until = timezone.now() + dt.timedelta(hours=2)
    assert "Open for" in type_in(desk, case, road=road)


@pytest.mark.usefixtures("network")
@pytest.mark.parametrize(
    ("letters", "shown"),
    [(212, "212 / 280"), (260, "260 / 280"), (292, "12 too long")],
)
def test_the_counter_counts_as_the_network_does(desk, case, road, letters, shown):
    page = type_in(desk, case, "a" * letters, road=road).partition('id="length"')[2]
    assert shown in page
    assert ("t-risk" in page.partition(">")[0], "too-long" in page.partition(">")[0]) == (
        letters == 260,
        letters == 292,
    )


def test_a_private_text_may_be_longer(desk, case, road, network):
    assert "292 / 10" in type_in(desk, case, "a" * 292, way="private", road=road)


def test_a_channel_that_counts_otherwise_says_in_what(desk, case, road, network, monkeypatch):
    monkeypatch.setattr(Network, "unit", "SMS", raising=False)
    monkeypatch.setattr(network, "measure", lambda text: 2)
    assert "2 / 280 SMS" in " ".join(type_in(desk, case, "a" * 170, road=road).split())


def test_too_long_a_text_is_refused_in_words_and_kept(desk, case, road, network):
    data = {"way": "public", "road": road, "text": "a" * 281, "seen": last_said(case), "key": "k"}
    answer = desk.post(reverse("desk:answer", args=[case.number]), data, headers=HTMX)
    assert "At most 280 characters fit." in answer.content.decode()
    assert "a" * 281 in answer.content.decode()
    assert not Message.objects.exists()


def test_choosing_a_road_without_public_replies_turns_to_private(desk, case, network):
    email = f"email:{case.customer.contact_points.get(kind='email').pk}"
    assert chosen(type_in(desk, case, road=email, chose="road")) == "private"


def test_choosing_public_turns_to_the_road_that_has_it(desk, case, road, network):
    email = f"email:{case.customer.contact_points.get(kind='email').pk}"
    page = type_in(desk, case, road=email, chose="way")
    assert chosen(page) == "public"
    assert f'value="{road}" selected' in page


def test_an_answer_on_another_channel_takes_neither_account_nor_thread_along(sari, case):
    message = actions.answer_case(case=case, text="Halo.", by=sari, channel="email", recipient="rina@example.com")
    assert (message.account, message.interaction.account, message.interaction.conversation) == ("", "", "")
