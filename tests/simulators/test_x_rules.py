"""What X refuses, and how it words it."""

import time

import pytest
import requests
from requests_oauthlib import OAuth1

from crm.demo.simulators.x.length import weight
from tests.simulators.x import XSimulator


def refusal(response: requests.Response) -> tuple[int, str]:
    assert response.headers["Content-Type"] == "application/problem+json"
    return response.status_code, response.json()["detail"]


def test_an_app_answers_only_those_who_summoned_it(x: XSimulator, api: requests.Session) -> None:
    before = len(x.our_posts())
    told = x.post("rina", "Sinyal Sapa hilang lagi, tanpa menyebut siapa pun")
    answer = api.post(f"{x.url}/2/tweets", json={"text": "Hai", "reply": {"in_reply_to_tweet_id": told["id"]}})
    status, detail = refusal(answer)
    assert status == 403
    assert "not been mentioned" in detail
    assert len(x.our_posts()) == before


def test_a_quote_of_our_post_summons_too(x: XSimulator, api: requests.Session) -> None:
    ours = api.post(f"{x.url}/2/tweets", json={"text": "Promo akhir pekan"}).json()["data"]["id"]
    quoted = x.post("rina", "Promo apa ini?", quotes=ours)
    answer = api.post(f"{x.url}/2/tweets", json={"text": "Ini, Kak", "reply": {"in_reply_to_tweet_id": quoted["id"]}})
    assert answer.status_code == 201


def test_the_same_words_twice_are_refused(x: XSimulator, api: requests.Session) -> None:
    assert api.post(f"{x.url}/2/tweets", json={"text": "Kata yang sama"}).status_code == 201
    before = len(x.our_posts())
    again = api.post(f"{x.url}/2/tweets", json={"text": "Kata yang sama"})
    assert refusal(again) == (403, "You are not allowed to create a Tweet with duplicate content.")
    assert len(x.our_posts()) == before


def test_a_post_of_281_units_is_refused(x: XSimulator, api: requests.Session) -> None:
    assert api.post(f"{x.url}/2/tweets", json={"text": "a" * 280}).status_code == 201
    status, detail = refusal(api.post(f"{x.url}/2/tweets", json={"text": "b" * 281}))
    assert (status, "too long" in detail) == (403, True)


@pytest.mark.parametrize(
    ("text", "units"),
    [
        ("Halo Kak", 8),
        ("日本", 4),
        ("👨‍👩‍👧", 2),
        ("🇮🇩 👍🏽", 5),
        ("e\u0301", 1),
        ("lihat https://sapa.co.id/a/very/long/address/that/goes/on", 29),
        ("lihat sapa.co.id", 29),
    ],
)
def test_weights_are_those_x_publishes(text: str, units: int) -> None:
    assert weight(text) == units


def test_a_stranger_is_refused_in_every_way(x: XSimulator) -> None:
    ours = x.secrets
    bad = [
        {},
        {"auth": OAuth1(ours.consumer_key, ours.consumer_secret, ours.access_token, "wrong")},
        {"auth": OAuth1("nobody-at-all-here", ours.consumer_secret, ours.access_token, ours.access_secret)},
        {"headers": {"Authorization": "Bearer wrong"}},
    ]
    answers = [requests.get(f"{x.url}/2/users/me", timeout=5, **one) for one in bad]  # type: ignore[arg-type]
    assert [refusal(one) for one in answers] == [(401, "Unauthorized")] * 4


def test_a_signed_call_cannot_be_played_again(x: XSimulator) -> None:
    ours = x.secrets
    auth = OAuth1(ours.consumer_key, ours.consumer_secret, ours.access_token, ours.access_secret)
    signed = requests.Request("GET", f"{x.url}/2/users/me", auth=auth).prepare()
    with requests.Session() as session:
        assert [session.send(signed).status_code for _time in range(2)] == [200, 401]


def test_the_signature_covers_the_query(x: XSimulator) -> None:
    ours = x.secrets
    auth = OAuth1(ours.consumer_key, ours.consumer_secret, ours.access_token, ours.access_secret)
    signed = requests.Request("GET", f"{x.url}/2/dm_events", params={"max_results": 5}, auth=auth).prepare()
    signed.url = (signed.url or "").replace("max_results=5", "max_results=6")
    with requests.Session() as session:
        assert session.send(signed).status_code == 401


def test_the_app_alone_may_read_but_not_speak(x: XSimulator) -> None:
    headers = {"Authorization": f"Bearer {x.secrets.bearer_token}"}
    assert requests.get(f"{x.url}/2/users/{x.secrets.user_id}", headers=headers, timeout=5).status_code == 200
    spoken = requests.post(f"{x.url}/2/tweets", headers=headers, json={"text": "Hai"}, timeout=5)
    assert refusal(spoken)[0] == 403


def test_the_app_gets_its_token_for_key_and_secret(x: XSimulator, api: requests.Session) -> None:
    ours, url, wish = x.secrets, f"{x.url}/oauth2/token", {"grant_type": "client_credentials"}
    given = requests.post(url, data=wish, auth=(ours.consumer_key, ours.consumer_secret), timeout=5).json()
    headers = {"Authorization": f"Bearer {given['access_token']}"}
    assert requests.get(f"{x.url}/2/webhooks", headers=headers, timeout=5).status_code == 200
    assert api.get(f"{x.url}/2/webhooks").status_code == 403
    assert requests.post(url, data=wish, auth=(ours.consumer_key, "wrong"), timeout=5).status_code == 403


def test_every_answer_counts_down_and_the_one_over_says_when_to_come_back(x: XSimulator, api: requests.Session) -> None:
    x.tell("limits", limits={"POST /2/tweets": 2}, window=3)
    answers = [api.post(f"{x.url}/2/tweets", json={"text": f"Hitung {number}"}) for number in range(3)]
    assert [one.status_code for one in answers] == [201, 201, 429]
    assert [one.headers["x-rate-limit-remaining"] for one in answers] == ["1", "0", "0"]
    assert {one.headers["x-rate-limit-limit"] for one in answers} == {"2"}
    reset = int(answers[2].headers["x-rate-limit-reset"])
    time.sleep(max(0.0, reset - time.time()))
    assert api.post(f"{x.url}/2/tweets", json={"text": "Hitung lagi"}).status_code == 201


def test_one_who_takes_no_messages_must_write_first(x: XSimulator, api: requests.Session) -> None:
    shy = x.tell("users", username="pemalu", takes_messages=False)["id"]
    url = f"{x.url}/2/dm_conversations/with/{shy}/messages"
    assert refusal(api.post(url, json={"text": "Hai"}))[0] == 403
    x.message("pemalu", "Nomor saya 0812")
    assert api.post(url, json={"text": "Terima kasih"}).status_code == 201


def test_pages_of_mentions_have_bounds(x: XSimulator, api: requests.Session) -> None:
    url = f"{x.url}/2/users/{x.secrets.user_id}/mentions"
    answers = [api.get(url, params=query) for query in ({"max_results": 4}, {"max_results": 101}, {"since_id": "x"})]
    answers.append(api.get(url, params={"pagination_token": "none of yours"}))
    assert [refusal(one)[0] for one in answers] == [400] * 4


def test_what_is_not_there_is_said_with_200_as_x_does(x: XSimulator, api: requests.Session) -> None:
    answer = api.get(f"{x.url}/2/users/by/username/nobody_here")
    assert answer.status_code == 200
    assert answer.json()["errors"][0]["type"].endswith("resource-not-found")


def test_a_file_that_is_no_picture_is_refused(x: XSimulator, api: requests.Session) -> None:
    body = {"media": "aGFsbyBkdW5pYQ==", "media_category": "tweet_image"}
    assert refusal(api.post(f"{x.url}/2/media/upload", json=body))[0] == 400
