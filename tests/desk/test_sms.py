"""What an agent sees who answers by SMS."""

import pytest
from django.urls import reverse

from crm.customers.models import ContactPoint
from crm.messaging.models import Connection, Message
from tests.desk.conftest import HTMX
from tests.desk.test_composer import page_of, type_in
from tests.people import a_case, a_customer, last_said

OLD, WROTE = "+6281200004471", "+6281300009982"


@pytest.fixture
def case(team):
    rina = a_customer("Rina Maharani", msisdn=OLD)
    ContactPoint.objects.create(customer=rina, kind="msisdn", value=WROTE)
    return a_case(customer=rina, channel="sms", account="3636", conversation=WROTE, team=team)


@pytest.fixture
def connection(db):
    return Connection.objects.create(channel="sms", account="3636")


def road_to(case, number):
    return f"sms:{case.customer.contact_points.get(value=number).pk}"


def test_the_number_that_wrote_is_the_one_answered(desk, case, connection):
    assert f'value="{road_to(case, WROTE)}" selected' in page_of(desk, case)


def test_another_number_of_theirs_may_be_chosen(desk, case, connection):
    assert f'value="{road_to(case, OLD)}" selected' in type_in(desk, case, road=road_to(case, OLD), chose="road")


@pytest.mark.parametrize(
    ("text", "shown"), [("a" * 160, "1 / 10 SMS"), ("a" * 161, "2 / 10 SMS"), ("ç" * 71, "2 / 10 SMS")]
)
def test_the_counter_counts_short_messages(desk, case, connection, text, shown):
    assert shown in " ".join(type_in(desk, case, text, way="private", road=road_to(case, WROTE)).split())


def test_more_than_ten_are_refused_in_words_and_kept(desk, case, connection):
    data = {"way": "private", "road": road_to(case, WROTE), "text": "a" * 1531, "seen": last_said(case), "key": "k"}
    page = desk.post(reverse("desk:answer", args=[case.number]), data, headers=HTMX).content.decode()
    assert "Too long: at most 10 SMS." in page
    assert "a" * 1531 in page
    assert not Message.objects.exists()


def test_without_a_centre_the_composer_says_so(desk, case):
    assert "No SMS centre is connected." in page_of(desk, case)


@pytest.mark.usefixtures("connection")
@pytest.mark.parametrize(
    ("delivery", "shown"), [("", "Sent"), ("buffered", "Waiting for the phone"), ("delivered", "Delivered")]
)
def test_the_answer_shows_how_far_it_came(desk, case, delivery, shown):
    data = {
        "way": "private",
        "road": road_to(case, WROTE),
        "text": "Halo Kak Rina",
        "seen": last_said(case),
        "key": "k",
    }
    desk.post(reverse("desk:answer", args=[case.number]), data, headers=HTMX)
    Message.objects.update(state="sent", sent_at=case.opened_at, delivery=delivery)
    footer = page_of(desk, case).partition('<footer class="sending')[2].partition("</footer>")[0]
    assert shown in footer
