import pytest
from django.test import Client
from pytest_django import DjangoAssertNumQueries

from crm.events.models import Event
from crm.messaging.channels import Permanent, Uncertain
from crm.messaging.models import Message
from crm.messaging.outbox import send_due
from crm.messaging.words import in_words
from crm.staff.models import Role, User
from tests.messaging.conftest import Counterpart, Queue
from tests.people import a_member


@pytest.fixture
def supervisor(db: None) -> User:
    return a_member("Budi Santoso", Role.SUPERVISOR)


@pytest.fixture
def outbox(client: Client, supervisor: User) -> Client:
    client.force_login(supervisor)
    return client


@pytest.fixture
def refused(network: Counterpart, queue: Queue) -> Message:
    network.answers = [Permanent("recipient refused (550)")]
    return sent(queue(recipient="rina@example.com"))


@pytest.fixture
def uncertain(network: Counterpart, queue: Queue) -> Message:
    network.answers = [Uncertain("Unanswered")]
    return sent(queue())


def sent(message: Message) -> Message:
    send_due(batches=1)
    message.refresh_from_db()
    return message


def decide(outbox: Client, message: Message, decision: str) -> Message:
    answer = outbox.post(f"/outbox/{message.pk}/", {"decision": decision})
    assert answer.status_code == 302
    message.refresh_from_db()
    return message


def test_a_supervisor_sees_what_was_refused_and_why_with_the_address_masked(outbox: Client, refused: Message) -> None:
    html = outbox.get("/outbox/").content.decode()
    assert in_words("recipient refused (550)") in html
    assert "r•••@example.com" in html
    assert "rina@example.com" not in html


def test_a_reason_nobody_foresaw_is_shown_as_it_came() -> None:
    assert in_words("KeyError at x.py:3") == "KeyError at x.py:3"
    assert in_words("recipient refused (550)").endswith(" (550)")


def test_a_refused_message_is_sent_again_on_demand(outbox: Client, network: Counterpart, refused: Message) -> None:
    assert decide(outbox, refused, "again").state == "queued"
    assert sent(refused).state == "sent"
    assert network.took == [refused.key]


def test_an_uncertain_message_that_arrived_is_kept_as_sent(
    outbox: Client, uncertain: Message, supervisor: User
) -> None:
    assert decide(outbox, uncertain, "sent").sent_at == uncertain.begun_at
    assert Event.objects.get(kind="message.sent").actor_id == supervisor.pk


def test_an_uncertain_message_that_never_arrived_counts_as_refused(outbox: Client, uncertain: Message) -> None:
    assert decide(outbox, uncertain, "not-sent").state == "failed"
    assert Event.objects.get(kind="message.failed").facts["interaction"] == uncertain.interaction_id


@pytest.mark.parametrize("decision", ["sent", "not-sent"])
def test_what_was_refused_for_sure_is_not_declared_otherwise(outbox: Client, refused: Message, decision: str) -> None:
    before = Event.objects.count()
    assert decide(outbox, refused, decision).state == "failed"
    assert Event.objects.count() == before


def test_the_second_of_two_supervisors_changes_nothing(outbox: Client, network: Counterpart, refused: Message) -> None:
    decide(outbox, refused, "again")
    sent(refused)
    assert decide(outbox, refused, "again").state == "sent"
    assert Event.objects.filter(kind="message.retried").count() == 1


def test_an_unknown_decision_is_refused(outbox: Client, refused: Message) -> None:
    assert outbox.post(f"/outbox/{refused.pk}/", {"decision": "burn"}).status_code == 400
    assert outbox.get(f"/outbox/{refused.pk}/").status_code == 405


@pytest.mark.parametrize("role", [Role.AGENT, Role.QUALITY, Role.DIVISION])
def test_nobody_else_looks_or_decides(client: Client, refused: Message, role: Role) -> None:
    client.force_login(a_member("Sari", role))
    assert client.get("/outbox/").status_code == 403
    assert client.post(f"/outbox/{refused.pk}/", {"decision": "again"}).status_code == 403
    refused.refresh_from_db()
    assert refused.state == "failed"


def test_a_stranger_is_asked_to_sign_in(client: Client, refused: Message) -> None:
    assert client.get("/outbox/").status_code == 302
    assert client.post(f"/outbox/{refused.pk}/", {"decision": "again"}).status_code == 302
    refused.refresh_from_db()
    assert refused.state == "failed"


def test_what_is_on_its_way_has_a_list_of_its_own(outbox: Client, network: Counterpart, queue: Queue) -> None:
    waiting = queue()
    assert str(waiting.customer) in outbox.get("/outbox/?state=waiting").content.decode()
    assert f"/outbox/{waiting.pk}/" not in outbox.get("/outbox/?state=waiting").content.decode()


def test_a_long_list_is_paged_without_a_gap(outbox: Client, network: Counterpart, queue: Queue) -> None:
    messages = [queue() for _each in range(51)]
    Message.objects.update(state="failed")
    first = outbox.get("/outbox/").context
    second = outbox.get("/outbox/" + first["older_url"]).context
    assert [row.pk for row in [*first["rows"], *second["rows"]]] == [one.pk for one in reversed(messages)]
    assert second["older_url"] == ""


def test_a_broken_page_mark_shows_the_first_page(outbox: Client, refused: Message) -> None:
    assert outbox.get("/outbox/?before=x").context["rows"] == [refused]
    assert outbox.get("/outbox/?before=99999999999999999999").context["rows"] == [refused]


def test_the_list_costs_the_same_whatever_its_length(
    outbox: Client, network: Counterpart, queue: Queue, django_assert_max_num_queries: DjangoAssertNumQueries
) -> None:
    def cost(rows: int) -> int:
        for _each in range(rows):
            queue()
        Message.objects.update(state="failed")
        with django_assert_max_num_queries(12) as queries:
            outbox.get("/outbox/")
        return len(queries)

    cost(1)
    assert cost(1) == cost(20)
