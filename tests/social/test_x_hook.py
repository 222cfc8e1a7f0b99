"""X at our door: who is let in, what is kept, and what is told to the others."""

import json

import pytest
from django.test import Client

from crm.cases.models import Case
from crm.messaging.arrivals import take_due
from crm.messaging.models import Arrival, Connection
from crm.timeline.models import Interaction
from social.models import Post
from social.networks.x.signing import signature
from tests.social.x import envelope, signed

US = "7000"
RINA = {"id": "42", "username": "RinaM", "name": "Rina"}


@pytest.fixture
def ours(db: None) -> Connection:
    connection = Connection(channel="x", account="sapa_care", options={"user_id": US})
    connection.secrets = {"consumer_secret": "rahasia"}
    connection.save()
    return connection


@pytest.fixture
def door(client: Client, ours: Connection) -> str:
    return f"/social/hooks/x/{ours.hook}/"


def a_mention(number: int = 1, **more: object) -> bytes:
    payload = {
        "id": str(number), "text": "@sapa_care halo", "author_id": "42", "conversation_id": str(number),
        "created_at": "2026-01-05T03:00:00.000Z", "entities": {"mentions": [{"id": US, "username": "sapa_care"}]},
    }  # fmt: skip
    return envelope("post.mention.create", payload | more, uuid=f"event {number}", users=[RINA])


def post(client: Client, door: str, body: bytes, **headers: str) -> int:
    return client.post(door, body, "application/json", headers=headers).status_code


def test_x_may_ask_whether_we_know_the_secret(client: Client, door: str) -> None:
    answer = client.get(door, {"crc_token": "tanya"})
    assert answer.json() == {"response_token": signature("rahasia", b"tanya")}


def test_a_question_without_a_token_is_refused(client: Client, door: str) -> None:
    assert client.get(door).status_code == 400


@pytest.mark.parametrize("method", ["get", "post"])
def test_a_wrong_address_tells_nothing(client: Client, ours: Connection, method: str) -> None:
    answer = getattr(client, method)("/social/hooks/x/guessed/?crc_token=tanya")
    assert answer.status_code == 404
    assert b"response_token" not in answer.content


def test_the_address_of_a_connection_out_of_use_is_no_address(client: Client, ours: Connection, door: str) -> None:
    Connection.objects.update(is_active=False)
    assert client.get(door, {"crc_token": "tanya"}).status_code == 404


def test_a_signed_event_is_kept_as_it_came(client: Client, ours: Connection, door: str) -> None:
    body = a_mention()
    assert post(client, door, body, **signed(ours, body)) == 200
    kept = Arrival.objects.get()
    assert (bytes(kept.body), kept.external_id, kept.kind) == (body, "event 1", "post.mention.create")
    assert kept.connection == ours


@pytest.mark.parametrize("claimed", ["", "sha256=", signature("a guess", a_mention()), "sha256=été"])
def test_a_forged_event_leaves_no_trace_but_a_fault(client: Client, ours: Connection, door: str, claimed: str) -> None:
    assert post(client, door, a_mention(), **{"x-twitter-webhooks-signature": claimed}) == 403
    ours.refresh_from_db()
    assert ours.fault == "forged signature"
    assert not Arrival.objects.exists()
    assert take_due(most=9) == 0
    assert not Case.objects.exists()


def test_the_signature_is_over_the_bytes_and_not_over_what_they_mean(
    client: Client, ours: Connection, door: str
) -> None:
    body = a_mention()
    same = json.dumps(json.loads(body), indent=1).encode()
    assert post(client, door, same, **signed(ours, body)) == 403
    assert not Arrival.objects.exists()


def test_without_a_secret_nothing_counts_as_signed(client: Client, ours: Connection, door: str) -> None:
    ours.secrets = {}
    ours.save()
    assert post(client, door, a_mention(), **{"x-twitter-webhooks-signature": signature("", a_mention())}) == 403
    assert client.get(door, {"crc_token": "tanya"}).status_code == 400
    assert not Arrival.objects.exists()


def test_an_event_that_is_too_large_is_not_even_read(client: Client, ours: Connection, door: str) -> None:
    body = b" " * (1024 * 1024 + 1)
    assert post(client, door, body, **signed(ours, body)) == 413
    assert not Arrival.objects.exists()


@pytest.mark.usefixtures("policy")
def test_an_event_delivered_twice_and_replayed_later_is_one_contact(
    client: Client, ours: Connection, door: str
) -> None:
    body = a_mention()
    assert [post(client, door, body, **signed(ours, body)) for _each in range(2)] == [200, 200]
    take_due(most=9)
    assert post(client, door, body, **signed(ours, body)) == 200
    take_due(most=9)
    assert (Arrival.objects.count(), Case.objects.count(), Interaction.objects.count()) == (1, 1, 1)


@pytest.mark.usefixtures("policy")
def test_the_same_post_under_two_events_is_one_contact(client: Client, ours: Connection, door: str) -> None:
    body = a_mention()
    again = body.replace(b"post.mention.create", b"post.reply.create").replace(b"event 1", b"event 2")
    for one in (body, again):
        post(client, door, one, **signed(ours, one))
    take_due(most=9)
    assert set(Arrival.objects.values_list("state", flat=True)) == {"taken"}
    assert (Post.objects.count(), Interaction.objects.count()) == (1, 1)


@pytest.mark.parametrize(
    ("body", "reason"),
    [
        (envelope("like.create", {"id": "1"}, uuid="a"), "unknown kind"),
        (b'{"data": {"event_type": "dm.received", "event_uuid": "b", "payload": {}}}', "no message between two"),
        (b"not json", "unreadable"),
        (b"[]", "unreadable"),
        (b'"\\ud800"', "unreadable"),
    ],
)
def test_what_is_not_for_us_is_accepted_and_ignored_with_a_reason(
    client: Client, ours: Connection, door: str, body: bytes, reason: str
) -> None:
    assert post(client, door, body, **signed(ours, body)) == 200
    take_due(most=9)
    assert Arrival.objects.values_list("state", "reason").get() == ("ignored", reason)


def test_several_events_in_one_delivery_are_several_arrivals(client: Client, ours: Connection, door: str) -> None:
    events = [json.loads(a_mention(number))["data"] for number in (1, 2)]
    body = json.dumps({"data": events}).encode()
    assert post(client, door, body, **signed(ours, body)) == 200
    assert sorted(Arrival.objects.values_list("external_id", flat=True)) == ["event 1", "event 2"]


@pytest.mark.usefixtures("policy")
def test_a_letter_that_no_text_can_hold_loses_no_post(client: Client, ours: Connection, door: str) -> None:
    body = a_mention(text="@sapa_care ha\0lo")
    post(client, door, body, **signed(ours, body))
    take_due(most=9)
    assert Interaction.objects.get().text == "@sapa_care ha�lo"


def test_keeping_an_event_costs_few_queries(
    client: Client, ours: Connection, door: str, django_assert_max_num_queries
) -> None:
    body = a_mention()
    with django_assert_max_num_queries(12):
        post(client, door, body, **signed(ours, body))
