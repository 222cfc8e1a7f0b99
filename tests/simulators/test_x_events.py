"""Events on their way to the operator, as they should be and as they should not."""

import time

import requests

from tests.processes import free_port
from tests.simulators.test_x_client import a_picture
from tests.simulators.webhook import Webhook, webhook
from tests.simulators.x import XSimulator


def ids(events: list[dict[str, object]]) -> list[str]:
    return [event["payload"]["id"] for event in events]  # type: ignore[index]


def test_a_webhook_that_cannot_sign_is_not_taken(x: XSimulator, api: requests.Session) -> None:
    with webhook("another secret") as stranger:
        answer = api.post(f"{x.url}/2/webhooks", json={"url": stranger.url})
    assert (answer.status_code, answer.json()["title"]) == (400, "CrcValidationFailed")
    assert stranger.url not in [one["url"] for one in x.ask("state")["webhooks"]]


def test_plain_http_is_for_this_machine_alone(x: XSimulator, api: requests.Session) -> None:
    assert api.post(f"{x.url}/2/webhooks", json={"url": "http://sapa.example/hook"}).status_code == 400


def test_a_webhook_that_forgot_the_secret_gets_no_more_events(x: XSimulator, operator: Webhook) -> None:
    operator.secret, known = "forgotten", operator.secret
    assert not any(x.tell("recheck")["valid"].values())
    before = len(x.ask("state")["deliveries"])
    x.post("rina", "@sapa_care tidak akan sampai")
    operator.secret = known
    assert len(x.ask("state")["deliveries"]) == before


def test_an_operator_that_starts_later_is_asked_until_it_signs(x: XSimulator) -> None:
    port = free_port()
    assert not x.tell("connect", url=f"http://127.0.0.1:{port}/hook")["valid"]
    with webhook(x.secrets.consumer_secret, port) as late:
        deadline = time.monotonic() + 60
        while not any(one["valid"] and one["url"] == late.url for one in x.ask("state")["webhooks"]):
            assert time.monotonic() < deadline
            time.sleep(0.1)
        x.post("rina", "@sapa_care sekarang terdengar")
        late.await_events(1)


def test_events_are_signed_over_their_raw_bytes(x: XSimulator, operator: Webhook) -> None:
    post = x.post("rina", "@sapa_care “kuota” habis 😀")
    operator.await_events(1)
    assert [event["payload"]["text"] for event in operator.genuine] == [post["text"]]


def test_a_mention_a_reply_and_a_quote_are_told_apart(x: XSimulator, api: requests.Session, operator: Webhook) -> None:
    ours = api.post(f"{x.url}/2/tweets", json={"text": "Ada pemeliharaan malam ini"}).json()["data"]["id"]
    x.post("rina", "Sampai jam berapa?", reply_to=ours)
    x.post("budi", "Lagi-lagi pemeliharaan", quotes=ours)
    operator.await_events(4)
    assert operator.kinds() == ["post.create", "post.mention.create", "post.reply.create", "post.quote.create"]
    reply = operator.events[2]["payload"]
    assert reply["text"] == "@sapa_care Sampai jam berapa?"
    assert (reply["conversation_id"], reply["referenced_tweets"]) == (ours, [{"type": "replied_to", "id": ours}])


def test_private_words_come_to_us_and_our_own_come_back(
    x: XSimulator, api: requests.Session, operator: Webhook
) -> None:
    asked = x.message("rina", "Ini nomor saya", pictures=(a_picture(),))
    url = f"{x.url}/2/dm_conversations/with/{asked['sender_id']}/messages"
    answered = api.post(url, json={"text": "Kami cek"}).json()["data"]
    operator.await_events(2)
    assert operator.kinds() == ["dm.received", "dm.sent"]
    received, echo = (event["payload"]["direct_message_events"][0] for event in operator.events)
    assert (received["id"], echo["id"]) == (asked["id"], answered["dm_event_id"])
    assert echo["message_create"]["sender_id"] == x.secrets.user_id
    picture = received["message_create"]["message_data"]["attachment"]["media"]["media_url_https"]
    assert api.get(picture).content == a_picture()
    assert requests.get(picture, timeout=5).status_code == 401


def test_a_webhook_that_fails_is_asked_again(x: XSimulator, operator: Webhook) -> None:
    operator.answers = [500]
    x.post("rina", "@sapa_care dicoba dua kali")
    first, second = operator.await_events(2)
    assert first == second


def test_a_slow_webhook_holds_up_nobody_who_posts(x: XSimulator, operator: Webhook) -> None:
    operator.slow = 3
    begun = time.monotonic()
    for number in range(3):
        x.post("rina", f"@sapa_care cepat {number}")
    assert time.monotonic() - begun < 3
    operator.slow = 0
    operator.await_events(3)


def test_an_event_comes_twice_when_asked(x: XSimulator, operator: Webhook) -> None:
    x.tell("events", next="twice")
    post = x.post("rina", "@sapa_care sekali saja")
    assert ids(operator.await_events(2)) == [post["id"]] * 2


def test_events_come_in_another_order_when_asked(x: XSimulator, operator: Webhook) -> None:
    x.tell("events", next="reordered")
    first, second = x.post("rina", "@sapa_care pertama"), x.post("rina", "@sapa_care kedua")
    assert ids(operator.await_events(2)) == [second["id"], first["id"]]


def test_a_forgery_comes_beside_the_genuine_event(x: XSimulator, operator: Webhook) -> None:
    x.tell("events", next="forged")
    post = x.post("rina", "@sapa_care yang asli")
    operator.await_events(2)
    assert ids(operator.genuine) == [post["id"]]
    assert operator.events[0]["payload"]["text"].startswith("Forged")


def test_an_old_event_is_replayed_byte_for_byte(x: XSimulator, operator: Webhook) -> None:
    x.post("rina", "@sapa_care dulu")
    operator.await_events(1)
    x.await_delivered()
    assert x.tell("replay")["replayed"]
    operator.await_events(2)
    assert operator.got[0] == operator.got[1]


def test_what_is_held_back_can_be_pulled_and_comes_when_released(
    x: XSimulator, api: requests.Session, operator: Webhook
) -> None:
    x.tell("hold")
    post = x.post("rina", "@sapa_care ditahan")
    x.await_delivered()
    pulled = api.get(f"{x.url}/2/users/{x.secrets.user_id}/mentions").json()
    assert (operator.got, pulled["meta"]["newest_id"]) == ([], post["id"])
    x.tell("release")
    assert ids(operator.await_events(1)) == [post["id"]]


def test_a_lost_event_never_comes(x: XSimulator, operator: Webhook) -> None:
    x.tell("events", next="dropped")
    x.post("rina", "@sapa_care hilang di jalan")
    kept = x.post("rina", "@sapa_care sampai")
    assert ids(operator.await_events(1)) == [kept["id"]]
    x.await_delivered()
    assert len(operator.got) == 1
