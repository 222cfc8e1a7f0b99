"""The page on which one is a customer."""

import re
from collections.abc import Iterator

import pytest
import requests

from tests.simulators.test_x_client import a_picture
from tests.simulators.webhook import Webhook
from tests.simulators.x import XSimulator


class Customer:
    """Somebody with a browser, without its scripts."""

    def __init__(self, x: XSimulator, session: requests.Session) -> None:
        self.x, self.session = x, session
        session.headers["Accept-Language"] = "en"

    def look(self, path: str = "/") -> str:
        answer = self.session.get(self.x.url + path)
        assert answer.status_code == 200
        return answer.text

    def do(self, address: str, /, **typed: str | bytes) -> requests.Response:
        self.look()
        files = {name: typed.pop(name) for name in list(typed) if name == "picture"}
        token = {"X-CSRFToken": self.session.cookies["x-simulator-csrf"]}
        return self.session.post(self.x.url + address, data=typed, files=files or None, headers=token)


@pytest.fixture
def rina(x: XSimulator) -> Iterator[Customer]:
    with requests.Session() as session:
        somebody = Customer(x, session)
        assert somebody.do("/people/", username="@rina_page", name="Rina").url.endswith("/as/rina_page/")
        yield somebody


def test_a_mention_reaches_the_operator_and_the_answer_comes_to_the_page(
    rina: Customer, api: requests.Session, operator: Webhook
) -> None:
    assert rina.do("/as/rina_page/say/", text="Sinyal hilang", to_us="on").status_code == 200
    (event, *_rest) = operator.await_events(1)
    assert event["payload"]["text"] == "@sapa_care Sinyal hilang"
    answer = {"text": "Kami periksa, Kak", "reply": {"in_reply_to_tweet_id": event["payload"]["id"]}}
    assert api.post(f"{rina.x.url}/2/tweets", json=answer).status_code == 201
    assert "Kami periksa, Kak" in rina.look("/as/rina_page/threads/")


def test_who_has_seen_everything_is_sent_nothing(rina: Customer) -> None:
    seen = re.search(r"threads/\?seen=([\w-]+)", rina.look("/as/rina_page/"))
    assert seen
    again = rina.session.get(f"{rina.x.url}/as/rina_page/threads/?seen={seen[1]}")
    assert (again.status_code, again.content) == (204, b"")
    rina.x.post("budi", "Kabar baru untuk semua orang")
    assert rina.session.get(f"{rina.x.url}/as/rina_page/threads/?seen={seen[1]}").status_code == 200


def test_a_refusal_says_why_and_keeps_what_was_typed(rina: Customer) -> None:
    answer = rina.do("/as/rina_page/say/", text="x" * 281)
    assert answer.status_code == 422
    assert "Longer than X allows" in answer.text
    assert "x" * 281 in answer.text


def test_words_are_shown_as_words(rina: Customer) -> None:
    rina.do("/as/rina_page/say/", text="<script>alert(1)</script> @sapa_care")
    page = rina.look("/as/rina_page/")
    assert "<script>alert" not in page
    assert "&lt;script&gt;alert(1)" in page


def test_a_private_picture_is_shown_to_its_two_ends_alone(rina: Customer) -> None:
    sent = rina.do("/as/rina_page/whisper/", text="Ini buktinya", picture=a_picture())
    assert sent.status_code == 200
    (address,) = set(re.findall(r"/as/rina_page/picture/\d+/", rina.look("/as/rina_page/private/")))
    assert rina.session.get(rina.x.url + address).content == a_picture()
    other = address.replace("rina_page", "budi")
    rina.x.tell("users", username="budi")
    assert rina.session.get(rina.x.url + other).status_code == 404
    number = address.rstrip("/").rpartition("/")[2]
    assert rina.session.get(f"{rina.x.url}/media/{number}.png").status_code == 404


def test_whoever_spoke_last_is_offered_first(rina: Customer) -> None:
    for handle in ("lama", "baru"):
        rina.x.post(handle, f"Halo dari {handle}")
    offered = re.findall(r'href="/as/(\w+)/"', rina.look())
    assert offered[:2] == ["baru", "lama"]
    assert re.findall(r'href="/as/(\w+)/"', rina.look("/?q=lama")) == ["lama"]


def test_nobody_is_the_operator_on_the_page(rina: Customer) -> None:
    assert rina.do("/people/", username="sapa_care").status_code == 422
    assert rina.session.get(f"{rina.x.url}/as/sapa_care/").status_code == 404


def test_the_door_can_be_closed(rina: Customer, api: requests.Session) -> None:
    me = rina.x.tell("users", username="tertutup")["id"]
    rina.do("/as/tertutup/door/")
    url = f"{rina.x.url}/2/dm_conversations/with/{me}/messages"
    assert api.post(url, json={"text": "Halo"}).status_code == 403


def test_the_link_to_write_privately_leads_to_whoever_one_was_last(rina: Customer) -> None:
    link = f"{rina.x.url}/messages/compose?recipient_id={rina.x.secrets.user_id}"
    with requests.Session() as stranger:
        assert stranger.get(link).url == f"{rina.x.url}/"
    rina.look("/as/rina_page/")
    assert rina.session.get(link, allow_redirects=False).headers["Location"] == "/as/rina_page/#private"


def test_a_form_of_another_site_does_nothing(rina: Customer) -> None:
    before = len(rina.x.ask("posts", by="rina_page")["posts"])
    answer = requests.post(f"{rina.x.url}/as/rina_page/say/", data={"text": "Bukan saya"}, timeout=5)
    forged = requests.post(f"{rina.x.url}/control/hold", data="{}", timeout=5)
    assert (answer.status_code, forged.status_code) == (403, 400)
    assert len(rina.x.ask("posts", by="rina_page")["posts"]) == before


def test_the_pages_policy_is_strict(rina: Customer) -> None:
    policy = rina.session.get(f"{rina.x.url}/as/rina_page/").headers["Content-Security-Policy"]
    assert "default-src 'self'" in policy
    assert "unsafe" not in policy


def test_mischief_is_planned_and_forgotten_on_the_page(rina: Customer) -> None:
    planned = rina.do("/behind/plan/", answer="429", times="2", path="/2/tweets")
    assert "429, come back later" in planned.text
    assert rina.x.ask("state")["faults"][0]["times"] == 2
    rina.do("/behind/calm/")
    assert rina.x.ask("state")["faults"] == []


def test_both_languages_are_complete(rina: Customer) -> None:
    rina.do("/language/", language="id", next="/")
    assert "Anda ingin menjadi siapa?" in rina.look()
