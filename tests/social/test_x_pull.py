"""What the webhook missed: fetched since the last id, each thing once, and never the whole past."""

import datetime as dt
import json

import pytest
from django.utils import timezone

from crm.cases.models import Case
from crm.messaging import health
from crm.messaging.arrivals import take_due
from crm.messaging.models import Arrival, Connection
from crm.timeline.models import Interaction
from social.models import Post
from social.networks.x import client, pulling
from social.networks.x.pulling import pull
from social.tasks import pull_connection, pull_mentions
from tests.simulators.x import XSimulator
from tests.social.test_x_sending import a_text
from tests.social.x import answer, bring, mention, sent, users_of


@pytest.fixture
def begun(x: XSimulator, connection: Connection) -> Connection:
    """A connection whose first look is over."""
    look(connection)
    return connection


def look(connection: Connection) -> None:
    """One minute later, also for the direct messages."""
    connection.refresh_from_db()
    state = json.loads(connection.cursor or "{}")
    connection.cursor = json.dumps(state | {"wait": {}}) if connection.cursor else ""
    connection.save()
    pull(connection)
    connection.refresh_from_db()
    take_due(most=500)


def contacts(who: str) -> list[str]:
    here = Interaction.objects.filter(customer__contact_points__value=who).order_by("at", "id")
    return list(here.values_list("text", flat=True))


def test_the_first_look_does_not_begin_with_the_past(x: XSimulator, connection: Connection) -> None:
    x.post("rina", f"@{connection.account} lama", reply_to=None)
    x.message("rina", "lama juga")
    look(connection)
    assert not Arrival.objects.exists()
    x.post("rina", f"@{connection.account} baru")
    x.message("rina", "baru juga")
    look(connection)
    assert contacts("rina") == [f"@{connection.account} baru", "baru juga"]


def test_a_missed_mention_opens_its_case_and_the_webhook_adds_nothing(x: XSimulator, begun: Connection) -> None:
    post = x.post("sita", f"@{begun.account} hilang")
    look(begun)
    assert Case.objects.get().opened_at == dt.datetime.fromisoformat(post["created_at"])
    bring(begun, "post.mention.create", post, {"users": users_of(x, "sita")})
    look(begun)
    assert contacts("sita") == [post["text"]]


def test_what_the_webhook_brought_is_not_even_kept_again(x: XSimulator, begun: Connection) -> None:
    mention(x, begun, "tono", f"@{begun.account} halo")
    kept = Arrival.objects.count()
    look(begun)
    assert Arrival.objects.count() == kept


def test_a_long_absence_is_made_up_for_page_by_page(
    x: XSimulator, begun: Connection, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(pulling, "PAGE", 5)
    texts = [x.post("umi", f"@{begun.account} {number}")["text"] for number in range(12)]
    told = [x.message("umi", f"pesan {number}")["text"] for number in range(7)]
    look(begun)
    assert contacts("umi") == [*texts, *told]
    calls = len(x.calls("GET", "/2/"))
    look(begun)
    assert len(x.calls("GET", "/2/")) == calls + 2, "one page each when there is nothing new"


def test_a_look_that_breaks_in_its_middle_loses_nothing(
    x: XSimulator, begun: Connection, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(pulling, "PAGE", 5)
    texts = [x.post("vina", f"@{begun.account} {number}")["text"] for number in range(8)]
    ask = client.Client.ask

    def broken(self: client.Client, path: str, params: dict, **more: object) -> dict:
        if "pagination_token" in params:
            raise client.Passing("no answer")
        return ask(self, path, params, **more)

    with monkeypatch.context() as patch:
        patch.setattr(client.Client, "ask", broken)
        look(begun)
    assert begun.fault == "no answer"
    assert set(contacts("vina")) == set(texts[3:])
    look(begun)
    assert contacts("vina") == texts
    assert begun.fault == ""


def test_a_limit_is_honoured_and_does_not_hold_up_the_answers(x: XSimulator, begun: Connection) -> None:
    case = mention(x, begun, "wati", f"@{begun.account} halo")
    x.tell("faults", answer="429", path=f"/2/users/{begun.option('user_id')}/mentions", seconds=600)
    path = f"/2/users/{begun.option('user_id')}/mentions"
    look(begun)
    assert (begun.fault, begun.paused_until) == ("reading limited (429)", None)
    calls = len(x.calls("GET", path))
    pull(begun)
    assert len(x.calls("GET", path)) == calls, "not before the time that X said"
    assert sent(answer(case, a_text(), is_public=True)).state == "sent"


def test_a_pause_of_our_posts_does_not_stop_the_reading_nor_the_reading_the_pause(
    x: XSimulator, begun: Connection
) -> None:
    until = timezone.now() + dt.timedelta(minutes=5)
    health.note_fault(begun.pk, "posts limited (429)", paused_until=until)
    post = x.post("tuti", f"@{begun.account} masih dibaca")
    look(begun)
    assert contacts("tuti") == [post["text"]]
    assert (begun.fault, begun.paused_until) == ("posts limited (429)", until)


@pytest.mark.parametrize(
    ("fault", "reason"),
    [
        ("500", "network fault (500)"),
        ("garbage", "unreadable answer (200)"),
        ("hang", "no answer"),
        ("close", "hung up"),
    ],
)
def test_a_fault_of_x_is_shown_and_the_next_look_makes_up_for_it(
    x: XSimulator, begun: Connection, monkeypatch: pytest.MonkeyPatch, fault: str, reason: str
) -> None:
    monkeypatch.setattr(client, "ANSWERING", 0.5)
    post = x.post(f"yani_{fault}", f"@{begun.account} halo")
    x.tell("faults", answer=fault, path=f"/2/users/{begun.option('user_id')}/mentions", seconds=5)
    look(begun)
    assert begun.fault == reason
    assert not Case.objects.exists()
    look(begun)
    assert contacts(f"yani_{fault}") == [post["text"]]
    assert begun.fault == ""


def test_one_kind_that_fails_does_not_hold_up_the_other(x: XSimulator, begun: Connection) -> None:
    x.tell("faults", answer="500", path=f"/2/users/{begun.option('user_id')}/mentions")
    x.message("zaki", "halo")
    look(begun)
    assert contacts("zaki") == ["halo"]
    assert begun.fault == "network fault (500)"


def test_wrong_keys_are_shown(x: XSimulator, connection: Connection) -> None:
    connection.secrets = connection.secrets | {"access_token": "1234567890-notthetoken"}
    connection.save()
    look(connection)
    assert connection.fault == "wrong credentials (401)"


def test_messages_are_asked_for_more_seldom_than_x_allows(x: XSimulator, begun: Connection) -> None:
    calls = len(x.calls("GET", "/2/dm_events"))
    pull(begun)
    assert len(x.calls("GET", "/2/dm_events")) == calls
    assert dt.timedelta(minutes=15) / 15 < pulling.MESSAGES_EVERY


@pytest.mark.parametrize("fault", ["hang", "close", "garbage"])
def test_a_doubtful_post_is_found_again(
    x: XSimulator, begun: Connection, monkeypatch: pytest.MonkeyPatch, fault: str
) -> None:
    monkeypatch.setattr(client, "ANSWERING", 0.5)
    case = mention(x, begun, "ari", f"@{begun.account} halo")
    x.tell("faults", answer=fault, path="/2/tweets", after=True, seconds=5)
    message = sent(answer(case, a_text(), is_public=True))
    assert message.state == "uncertain"
    look(begun)
    message.refresh_from_db()
    assert (message.state, message.external_id) == ("sent", x.our_posts()[-1]["id"])
    assert Interaction.objects.filter(direction="out").count() == 1
    assert Post.objects.get(external_id=message.external_id).interaction == message.interaction


def test_a_doubtful_post_that_x_does_not_have_stays_doubtful(x: XSimulator, begun: Connection) -> None:
    case = mention(x, begun, "beni", f"@{begun.account} halo")
    x.tell("faults", answer="garbage", path="/2/tweets")
    message = sent(answer(case, a_text(), is_public=True))
    look(begun)
    message.refresh_from_db()
    assert message.state == "uncertain"


def test_a_post_that_got_through_behind_a_fault_is_not_sent_again(x: XSimulator, begun: Connection) -> None:
    case = mention(x, begun, "cici", f"@{begun.account} halo")
    x.tell("faults", answer="500", path="/2/tweets", after=True)
    message = sent(answer(case, a_text(), is_public=True))
    assert message.state == "queued"
    calls = len(x.calls("POST", "/2/tweets"))
    look(begun)
    assert sent(message).state == "sent"
    assert len(x.calls("POST", "/2/tweets")) == calls


def test_a_doubtful_message_in_private_is_found_again(x: XSimulator, begun: Connection) -> None:
    case = mention(x, begun, "dodi", f"@{begun.account} halo")
    x.tell("faults", answer="garbage", path="/2/dm_conversations", after=True)
    message = sent(answer(case, a_text()))
    assert message.state == "uncertain"
    look(begun)
    message.refresh_from_db()
    assert (message.state, message.external_id) == ("sent", x.messages_with("dodi")[-1]["id"])
    assert len(contacts("dodi")) == 2


def test_our_own_messages_that_were_sent_add_nothing(x: XSimulator, begun: Connection) -> None:
    case = mention(x, begun, "edi", f"@{begun.account} halo")
    sent(answer(case, a_text()))
    look(begun)
    assert len(contacts("edi")) == 2


def test_what_a_colleague_wrote_in_private_on_x_itself_is_an_answer(x: XSimulator, begun: Connection) -> None:
    x.message("fani", "halo")
    x.tell("messages", **{"as": begun.account}, to="fani", text="Ada yang bisa dibantu?")
    look(begun)
    assert contacts("fani") == ["halo", "Ada yang bisa dibantu?"]
    assert Case.objects.get().clocks.get(kind="response").verdict == "met"


def test_every_connection_in_use_is_looked_at_by_a_task_of_its_own(
    connection: Connection, monkeypatch: pytest.MonkeyPatch
) -> None:
    Connection.objects.create(channel="x", account="lama", is_active=False)
    paused = Connection.objects.create(channel="x", account="tunggu", paused_until=timezone.now())
    asked: list[int] = []
    monkeypatch.setattr(pull_connection, "apply_async", lambda args, **_more: asked.extend(args))
    pull_mentions()
    assert sorted(asked) == sorted([connection.pk, paused.pk])
