"""Answers on their way to X: what arrives there, and what each kind of failure leads to."""

import datetime as dt
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from itertools import count

import pytest
from django.utils import timezone

from crm.messaging.channels import Uncertain
from crm.messaging.models import Connection, Message
from crm.messaging.outbox import CLAIM_LASTS
from crm.timeline.attachments import keep_file
from social.models import Profile
from social.networks.x import client, uploads
from tests.people import a_member
from tests.simulators.x import XSimulator
from tests.social.x import answer, mention, sent

PNG = bytes.fromhex(
    "89504e470d0a1a0a0000000d49484452000000010000000108060000001f15c4890000000d49444154789c6360000002000001e221bc33"
    "0000000049454e44ae426082"
)
_number = count(1)


def a_text(of: str = "Kami cek dulu ya Kak") -> str:
    """X takes no text twice from one account."""
    return f"{of} {next(_number)}"


def test_a_public_answer_is_a_reply_under_the_customers_post(x: XSimulator, connection: Connection) -> None:
    case = mention(x, connection, "rina", f"@{connection.account} sinyal hilang")
    message = sent(answer(case, text := a_text(), is_public=True))
    ours = x.our_posts()[-1]
    assert (message.state, message.external_id, ours["text"]) == ("sent", ours["id"], text)
    assert ours["referenced_tweets"] == [{"type": "replied_to", "id": message.reply_to}]


def test_a_private_answer_reaches_the_person_behind_the_handle(x: XSimulator, connection: Connection) -> None:
    case = mention(x, connection, "budi", f"@{connection.account} tagihan salah")
    message = sent(answer(case, text := a_text()))
    theirs = x.messages_with("budi")[-1]
    assert (message.state, message.external_id, theirs["text"]) == ("sent", theirs["id"], text)


def test_somebody_we_have_not_met_is_looked_up_once(x: XSimulator, connection: Connection) -> None:
    case = mention(x, connection, "citra", f"@{connection.account} halo")
    Profile.objects.all().delete()
    before = len(x.calls("GET", "/2/users/by/username/citra"))
    assert sent(answer(case, a_text())).state == sent(answer(case, a_text())).state == "sent"
    assert len(x.calls("GET", "/2/users/by/username/citra")) == before + 1
    assert Profile.objects.get().handle == "citra"


@pytest.mark.parametrize("is_public", [True, False])
def test_a_picture_goes_along(x: XSimulator, connection: Connection, is_public: bool) -> None:
    case = mention(x, connection, "dewi", f"@{connection.account} lihat")
    file = keep_file(content=PNG, name="cek.png", by=(agent := a_member()))
    message = answer(case, a_text(), is_public=is_public, by=agent, files=[file.pk])
    assert sent(message).state == "sent"
    arrived = x.our_posts()[-1] if is_public else x.messages_with("dewi")[-1]
    assert len(arrived["attachments"]["media_keys"]) == 1


def test_a_file_that_x_does_not_take_is_refused_before_anything_is_posted(
    x: XSimulator, connection: Connection
) -> None:
    case = mention(x, connection, "dewi", f"@{connection.account} lihat")
    file = keep_file(content=b"%PDF-1.4 surat", name="surat.pdf", by=(agent := a_member()))
    before = len(x.our_posts())
    message = sent(answer(case, a_text(), is_public=True, by=agent, files=[file.pk]))
    assert (message.state, message.error) == ("failed", "file type not taken")
    assert len(x.our_posts()) == before


def test_whoever_takes_no_messages_makes_a_refusal_in_words(x: XSimulator, connection: Connection) -> None:
    case = mention(x, connection, "eko", f"@{connection.account} halo")
    x.tell("users", username="eko", takes_messages=False)
    message = sent(answer(case, a_text()))
    assert (message.state, message.error) == ("failed", "closed messages (403)")
    assert "closed messages" not in message.error_in_words
    connection.refresh_from_db()
    assert connection.fault == "", "one refused message is no fault of the connection"


def test_a_post_that_did_not_call_us_is_refused_for_good(x: XSimulator, connection: Connection) -> None:
    case = mention(x, connection, "fajar", f"@{connection.account} halo")
    stranger = x.post("fajar", "cerita biasa saja")
    message = answer(case, a_text(), is_public=True)
    Message.objects.filter(pk=message.pk).update(reply_to=stranger["id"])
    message = sent(message)
    assert (message.state, message.error) == ("failed", "not summoned (403)")


def test_x_is_left_alone_until_the_time_it_said(x: XSimulator, connection: Connection) -> None:
    case = mention(x, connection, "gita", f"@{connection.account} halo")
    first, second = answer(case, a_text(), is_public=True), answer(case, a_text(), is_public=True)
    x.tell("faults", answer="429", path="/2/tweets", seconds=600)
    calls = len(x.calls("POST", "/2/tweets"))
    first, second = sent(first), sent(second)
    reset = timezone.now() + dt.timedelta(seconds=600)
    assert {first.state, second.state} == {"queued"}
    assert all(abs(one.send_at - reset) < dt.timedelta(seconds=30) for one in (first, second))
    assert len(x.calls("POST", "/2/tweets")) == calls + 1, "the second must not knock at all"
    connection.refresh_from_db()
    assert connection.fault == "posts limited (429)"
    assert connection.paused_until == first.send_at


def test_a_limit_on_posts_does_not_hold_up_private_answers(x: XSimulator, connection: Connection) -> None:
    case = mention(x, connection, "hana", f"@{connection.account} halo")
    x.tell("faults", answer="429", path="/2/tweets", seconds=600)
    assert sent(answer(case, a_text(), is_public=True)).state == "queued"
    assert sent(answer(case, a_text())).state == "sent"


@pytest.mark.parametrize(("fault", "reason"), [("500", "network fault (500)"), ("503", "network fault (503)")])
def test_a_fault_of_x_is_tried_again(x: XSimulator, connection: Connection, fault: str, reason: str) -> None:
    case = mention(x, connection, "indra", f"@{connection.account} halo")
    x.tell("faults", answer=fault, path="/2/tweets")
    message = sent(answer(case, a_text(), is_public=True))
    assert (message.state, message.error) == ("queued", reason)
    connection.refresh_from_db()
    assert connection.fault == reason
    assert sent(message).state == "sent"
    connection.refresh_from_db()
    assert connection.fault == ""


REASONS = {"garbage": "unreadable answer (200)", "close": "hung up", "hang": "no answer"}


@pytest.fixture
def impatient(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(client, "ANSWERING", 0.5)


@pytest.mark.usefixtures("impatient")
@pytest.mark.parametrize("after", [True, False])
@pytest.mark.parametrize("fault", list(REASONS))
def test_what_x_may_have_taken_is_uncertain_and_never_sent_again(
    x: XSimulator, connection: Connection, fault: str, after: bool
) -> None:
    case = mention(x, connection, "joko", f"@{connection.account} halo")
    text, before = a_text(), len(x.our_posts())
    x.tell("faults", answer=fault, path="/2/tweets", after=after, seconds=5)
    message = sent(answer(case, text, is_public=True))
    assert (message.state, message.error) == ("uncertain", REASONS[fault])
    assert sent(message).state == "uncertain"
    assert len(x.our_posts()) == before + after
    connection.refresh_from_db()
    assert connection.fault == REASONS[fault]


@pytest.mark.usefixtures("impatient")
@pytest.mark.parametrize("fault", ["garbage", "close", "hang", "500", "429"])
def test_before_the_message_itself_every_failure_passes(x: XSimulator, connection: Connection, fault: str) -> None:
    case = mention(x, connection, "kiki", f"@{connection.account} halo")
    Profile.objects.all().delete()
    x.tell("faults", answer=fault, path="/2/users/by", seconds=5)
    message = sent(answer(case, a_text()))
    assert message.state == "queued"
    assert x.messages_with("kiki") == []


def test_a_network_that_is_away_loses_nothing(x: XSimulator, connection: Connection) -> None:
    case = mention(x, connection, "lala", f"@{connection.account} halo")
    there = connection.options
    connection.options = there | {"base_url": "http://127.0.0.1:1"}
    connection.save()
    message = sent(answer(case, a_text(), is_public=True))
    assert (message.state, message.error) == ("queued", "unreachable")
    connection.options = there
    connection.save()
    assert sent(message).state == "sent"


def test_wrong_keys_are_a_fault_of_the_connection_and_not_of_the_message(x: XSimulator, connection: Connection) -> None:
    case = mention(x, connection, "mira", f"@{connection.account} halo")
    connection.secrets = connection.secrets | {"access_secret": "not the secret"}
    connection.save()
    message = sent(answer(case, a_text(), is_public=True))
    connection.refresh_from_db()
    assert (message.state, connection.fault) == ("queued", "wrong credentials (401)")


def test_a_connection_without_keys_says_so(x: XSimulator, connection: Connection) -> None:
    case = mention(x, connection, "nina", f"@{connection.account} halo")
    connection.secrets = {}
    connection.save()
    message = sent(answer(case, a_text(), is_public=True))
    assert (message.state, message.error) == ("queued", "credentials missing")


def test_a_post_that_got_through_after_a_fault_is_not_called_refused(x: XSimulator, connection: Connection) -> None:
    """X says it has this very post: an earlier try of ours did it, or somebody did by hand."""
    case = mention(x, connection, "oki", f"@{connection.account} halo")
    x.tell("faults", answer="500", path="/2/tweets", after=True)
    message = sent(answer(case, a_text(), is_public=True))
    assert message.state == "queued"
    message = sent(message)
    assert (message.state, message.error) == ("uncertain", "duplicate (403)")


def test_a_film_goes_up_in_parts(x: XSimulator, connection: Connection, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(uploads, "PART", 20)
    film = bytes.fromhex("00000018667479706d703432000000006d70343269736f6d") + bytes(40)
    case = mention(x, connection, "putu", f"@{connection.account} lihat")
    file = keep_file(content=film, name="cek.mp4", by=(agent := a_member()))
    message = sent(answer(case, a_text(), is_public=True, by=agent, files=[file.pk]))
    assert message.state == "sent"
    assert x.our_posts()[-1]["attachments"]["media_keys"][0].startswith("7_")


def test_five_pictures_are_too_many(x: XSimulator, connection: Connection) -> None:
    case, agent = mention(x, connection, "rudi", f"@{connection.account} lihat"), a_member()
    files = [keep_file(content=PNG, name=f"{number}.png", by=agent).pk for number in range(5)]
    message = sent(answer(case, a_text(), is_public=True, by=agent, files=files))
    assert (message.state, message.error) == ("failed", "too many files")


def test_an_upload_that_fails_is_no_doubt(x: XSimulator, connection: Connection) -> None:
    case, agent = mention(x, connection, "sari", f"@{connection.account} lihat"), a_member()
    file = keep_file(content=PNG, name="cek.png", by=agent)
    x.tell("faults", answer="garbage", path="/2/media")
    message = sent(answer(case, a_text(), is_public=True, by=agent, files=[file.pk]))
    assert (message.state, message.error) == ("queued", "unreadable answer (200)")
    assert sent(message).state == "sent"


def test_the_slowest_send_ends_long_before_its_sender_counts_as_dead() -> None:
    slowest = client.BUDGET + client.CONNECTING + client.ANSWERING
    assert dt.timedelta(seconds=slowest * 1.2) < CLAIM_LASTS


def test_a_network_that_answers_drop_by_drop_is_not_waited_for(
    connection: Connection, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(client, "ANSWERING", 0.5)
    with dripping() as url:
        connection.options |= {"base_url": url}
        began = time.monotonic()
        with pytest.raises(Uncertain, match="no answer"):
            client.Client(connection).publish("/2/tweets", {"text": "Halo"})
    assert time.monotonic() - began < 5


@contextmanager
def dripping() -> Iterator[str]:
    """A server whose answer never ends, one letter every tenth of a second."""
    done = threading.Event()

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            self.send_response(201)
            self.send_header("Content-Length", "100000")
            self.end_headers()
            with suppress(OSError):
                while not done.wait(0.1):
                    self.wfile.write(b" ")
                    self.wfile.flush()

        def log_message(self, format: str, *args: object) -> None:
            pass

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True).start()
        yield f"http://127.0.0.1:{server.server_address[1]}"
        done.set()
        server.shutdown()
