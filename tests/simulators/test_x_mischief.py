"""Answers that fail on purpose, and what a restart keeps."""

import os
import signal
from pathlib import Path

import pytest
import requests
from requests_oauthlib import OAuth1

from tests.simulators.x import PATIENCE, XSimulator, x_simulator


def say(x: XSimulator, text: str, most: float = 5) -> requests.Response:
    ours = x.secrets
    auth = OAuth1(ours.consumer_key, ours.consumer_secret, ours.access_token, ours.access_secret)
    return requests.post(f"{x.url}/2/tweets", json={"text": text}, auth=auth, timeout=most)


@pytest.mark.parametrize("status", ["429", "500", "503"])
def test_the_next_call_fails_as_planned_and_the_one_after_does_not(x: XSimulator, status: str) -> None:
    before = len(x.our_posts())
    x.tell("faults", answer=status)
    assert [say(x, f"Coba {status} {time}").status_code for time in range(2)] == [int(status), 201]
    assert len(x.our_posts()) == before + 1


def test_a_fault_strikes_only_its_path(x: XSimulator) -> None:
    x.tell("faults", answer="500", path="/2/dm_conversations")
    assert say(x, "Bukan pesan langsung").status_code == 201


def test_garbage_is_not_json(x: XSimulator) -> None:
    x.tell("faults", answer="garbage")
    with pytest.raises(requests.exceptions.JSONDecodeError):
        say(x, "Apa jawabnya?").json()


def test_silence_lasts_longer_than_the_callers_patience(x: XSimulator) -> None:
    x.tell("faults", answer="hang", seconds=5)
    with pytest.raises(requests.ReadTimeout):
        say(x, "Halo?", most=0.3)


@pytest.mark.parametrize("answer", ["close", "500"])
def test_an_answer_lost_on_the_way_back_leaves_what_was_done(x: XSimulator, answer: str) -> None:
    x.tell("faults", answer=answer, after=True)
    if answer == "close":
        with pytest.raises(requests.ConnectionError):
            say(x, "Terkirim, tanpa kabar: close")
    else:
        assert say(x, "Terkirim, tanpa kabar: 500").status_code == 500
    assert x.our_posts()[-1]["text"] == f"Terkirim, tanpa kabar: {answer}"


def test_a_restart_keeps_posts_secrets_and_webhooks_and_forgets_mischief(tmp_path: Path) -> None:
    with x_simulator(tmp_path) as first:
        first.tell("faults", answer="500", times=9)
        first.tell("connect", url="http://127.0.0.1:9/hook")
        post, secrets = first.post("rina", "@sapa_care sebelum"), first.secrets
    with x_simulator(tmp_path) as second:
        assert second.secrets == secrets
        assert say(second, "Sesudah").status_code == 201
        state = second.ask("state")
        assert [one["url"] for one in state["webhooks"]] == ["http://127.0.0.1:9/hook"]
        assert second.ask("posts", by="rina")["posts"][0]["id"] == post["id"]


def test_reset_begins_anew(tmp_path: Path) -> None:
    with x_simulator(tmp_path) as first:
        first.post("rina", "@sapa_care dahulu")
        secrets = first.secrets
    with x_simulator(tmp_path, "--reset") as second:
        assert second.secrets != secrets
        assert requests.get(f"{second.url}/control/posts", params={"by": "rina"}, timeout=5).status_code == 400


def test_only_its_owner_can_read_the_secrets(x: XSimulator) -> None:
    assert (x.home / "credentials.json").stat().st_mode & 0o777 == 0o600
    assert x.home.stat().st_mode & 0o077 == 0


def test_it_ends_at_once_while_a_call_hangs(tmp_path: Path) -> None:
    with x_simulator(tmp_path) as running:
        running.tell("faults", answer="hang", seconds=60)
        with pytest.raises(requests.ReadTimeout):
            say(running, "Halo?", most=0.2)
        os.kill(running.process.pid, signal.SIGTERM)
        assert running.process.wait(PATIENCE / 4) == 0
