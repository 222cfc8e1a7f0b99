"""Processes of the product killed for good while X is in the middle of something: nothing is lost, nothing doubled."""

import datetime as dt
import subprocess
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress

import psutil
import pytest
import requests
from django.db import transaction
from django.db.models import F
from django.urls import reverse
from django.utils import timezone

from crm.cases.models import Case
from crm.messaging.arrivals import keep_arrival, take_due
from crm.messaging.knock import knock
from crm.messaging.models import Arrival, Connection, Message
from crm.messaging.outbox import send_due
from crm.timeline.models import Interaction
from social.models import Account
from tests.connections import somebody_else
from tests.processes import free_port, message_worker, process
from tests.simulators.x import XSimulator
from tests.social.test_x_pull import look
from tests.social.test_x_sending import a_text
from tests.social.x import answer, envelope, mention, users_of

pytestmark = pytest.mark.django_db(transaction=True)
PATIENCE = 60.0
HOUR = dt.timedelta(hours=1)


def until(question: Callable[[], bool]) -> None:
    deadline = time.monotonic() + PATIENCE
    while not question():
        assert time.monotonic() < deadline, "it never came true"
        time.sleep(0.02)


def kill(victim: subprocess.Popen[bytes]) -> None:
    """It, and the processes it had started."""
    children = psutil.Process(victim.pid).children(recursive=True)
    victim.kill()
    victim.wait()
    for child in children:
        with suppress(psutil.NoSuchProcess):
            child.kill()
    psutil.wait_procs(children, timeout=PATIENCE)


@contextmanager
def web(port: int, site: str) -> Iterator[subprocess.Popen[bytes]]:
    words = ("-m", "gunicorn", "crm.wsgi:application", f"--bind=127.0.0.1:{port}", "--log-level=error")
    with process(*words, SITE_URL=site) as started:
        until(lambda: answers(f"http://127.0.0.1:{port}/healthz"))
        yield started


def answers(url: str) -> bool:
    with suppress(requests.ConnectionError):
        return requests.get(url, timeout=PATIENCE).status_code == 200
    return False


@pytest.mark.parametrize("is_public", [True, False])
@pytest.mark.parametrize("arrived", [True, False])
def test_a_sender_killed_while_x_answers_doubles_nothing_and_loses_nothing(
    x: XSimulator, connection: Connection, is_public: bool, arrived: bool
) -> None:
    look(connection)
    who = f"lusi_{is_public:d}{arrived:d}"
    case = mention(x, connection, who, f"@{connection.account} halo")
    hanging, waiting = (answer(case, a_text(), is_public=is_public) for _each in range(2))
    path = "/2/tweets" if is_public else "/2/dm_conversations"
    x.tell("faults", answer="hang", path=path, after=arrived, seconds=30)
    with message_worker() as worker:
        knock(after=0)
        until(lambda: not x.ask("state")["faults"])  # the call that was to hang has come
        kill(worker)
    x.tell("calm")
    Message.objects.filter(state="sending").update(claimed_at=F("claimed_at") - HOUR, begun_at=F("begun_at") - HOUR)
    send_due(batches=2)
    assert states(hanging, waiting) == ["uncertain", "sent"]
    look(connection)
    assert states(hanging, waiting) == (["sent", "sent"] if arrived else ["uncertain", "sent"])
    theirs = x.our_posts() if is_public else x.messages_with(who)
    assert [one["text"] for one in theirs].count(hanging.body) == arrived
    assert [one["text"] for one in theirs].count(waiting.body) == 1
    assert Interaction.objects.filter(direction="out").count() == 2


def door(connection: Connection) -> str:
    return reverse("social:x-hook", args=[connection.hook])


def states(*messages: Message) -> list[str]:
    return [Message.objects.get(pk=message.pk).state for message in messages]


def test_a_killed_sender_is_a_fault_of_its_connection(x: XSimulator, connection: Connection) -> None:
    case = mention(x, connection, "maya", f"@{connection.account} halo")
    message = answer(case, a_text(), is_public=True)
    long_ago = timezone.now() - HOUR
    Message.objects.filter(pk=message.pk).update(
        state="sending", claimed_by="gone", claimed_at=long_ago, begun_at=long_ago, attempts=1
    )
    send_due(batches=1)
    connection.refresh_from_db()
    assert (states(message), connection.fault) == (["uncertain"], "sender stopped")


def test_a_web_process_killed_after_it_kept_an_event_loses_nothing(x: XSimulator, connection: Connection) -> None:
    port = free_port()
    site = f"http://127.0.0.1:{port}"
    with web(port, site) as started:
        assert x.tell("connect", url=site + door(connection))["valid"]
        post = x.post("nadia", a_text(f"@{connection.account} halo"))
        until(lambda: Arrival.objects.filter(state="waiting").exists())
        kill(started)
    assert not Case.objects.exists()
    take_due(most=50)
    assert Interaction.objects.get().external_id == post["id"]
    with web(port, site):
        x.await_delivered(PATIENCE)
        assert x.tell("replay")["replayed"]
        x.await_delivered(PATIENCE)
    take_due(most=50)
    assert Interaction.objects.count() == 1


def test_a_worker_killed_while_it_takes_a_post_in_leaves_it_to_the_next(x: XSimulator, connection: Connection) -> None:
    account = Account.objects.create(network="x", handle=connection.account)
    post = x.post("olga", a_text(f"@{connection.account} halo"))
    body = envelope("post.mention.create", post, uuid="olga", users=users_of(x, "olga"))
    with message_worker() as worker:
        with transaction.atomic():
            Account.objects.select_for_update().get(pk=account.pk)
            keep_elsewhere(connection, body)
            until(lambda: Arrival.objects.get().attempts == 1)
            kill(worker)
        assert not Interaction.objects.exists()
    Arrival.objects.update(look_at=timezone.now())
    take_due(most=9)
    assert (Arrival.objects.get().state, Interaction.objects.count(), Case.objects.count()) == ("taken", 1, 1)


def keep_elsewhere(connection: Connection, body: bytes) -> None:
    """On a connection of its own, so that the worker sees it while the account is held here."""
    with somebody_else() as does:
        does(keep_arrival, channel="x", connection=connection, external_id="olga", body=body, kind="").result(20)


def test_a_post_is_on_the_desk_at_once(x: XSimulator, connection: Connection) -> None:
    port = free_port()
    site = f"http://127.0.0.1:{port}"
    with web(port, site), message_worker():
        assert x.tell("connect", url=site + door(connection))["valid"]
        x.post("putri", a_text(f"@{connection.account} pemanasan"))
        until(lambda: Case.objects.count() == 1)
        began = time.monotonic()
        x.post("qori", a_text(f"@{connection.account} halo"))
        until(lambda: Case.objects.count() == 2)
        took = time.monotonic() - began
    assert took < 5, "a busy machine may take longer than the second it takes by itself"
