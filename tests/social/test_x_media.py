"""Pictures and films that customers send: fetched after the contact is kept, from X alone, or shown as not had."""

import datetime as dt
from pathlib import Path

import pytest
from django.utils import timezone
from pytest_django import Settings

from crm.desk.live.audience import cases_of
from crm.events.models import Event
from crm.messaging.models import Connection
from crm.timeline.models import Attachment, Interaction
from social import media
from social.models import Download
from social.networks.x import fetching
from tests.connections import somebody_else
from tests.people import a_customer
from tests.simulators.x import XSimulator
from tests.social.test_x_pull import look
from tests.social.test_x_sending import PNG
from tests.social.x import bring, users_of


@pytest.fixture(autouse=True)
def _own_files(settings: Settings, tmp_path: Path) -> None:
    settings.MEDIA_ROOT = tmp_path


def with_picture(x: XSimulator, connection: Connection, who: str) -> Interaction:
    post = x.post(who, f"@{connection.account} lihat {who}", pictures=(PNG,))
    key = post["attachments"]["media_keys"][0]
    picture = {"media_key": key, "type": "photo", "url": f"{x.url}/media/{key.partition('_')[2]}.png"}
    arrival = bring(connection, "post.mention.create", post, {"users": users_of(x, who), "media": [picture]})
    assert arrival.interaction
    return arrival.interaction


def wanted(connection: Connection, url: str) -> Download:
    interaction = Interaction.objects.create(
        customer=a_customer(), channel="x", direction="in", text="", at=timezone.now()
    )
    media.want(interaction, connection, "3_1", url)
    return Download.objects.get()


def again() -> None:
    """As if the time of the next try had come."""
    Download.objects.update(look_at=timezone.now() - dt.timedelta(seconds=1))
    media.fetch_due(most=9)


def test_a_picture_of_a_post_is_kept_with_it(x: XSimulator, connection: Connection) -> None:
    contact = with_picture(x, connection, "anna")
    assert not contact.attachments.exists(), "the contact does not wait for its picture"
    media.fetch_due(most=9)
    kept = contact.attachments.get()
    assert (kept.content_type, Path(kept.file.path).read_bytes(), kept.is_servable) == ("image/png", PNG, True)
    told = Event.objects.get(kind="attachment.came")
    assert cases_of([(told.subject_type, told.subject_id, told.facts)]) == {contact.in_case.case_id}
    assert not Download.objects.exists()


def test_a_picture_of_a_direct_message_is_fetched_with_our_signature(x: XSimulator, connection: Connection) -> None:
    look(connection)
    x.message("bella", "lihat", pictures=(PNG,))
    look(connection)
    media.fetch_due(most=9)
    contact = Interaction.objects.get(text="lihat")
    assert Path(contact.attachments.get().file.path).read_bytes() == PNG


def test_a_post_that_comes_again_fetches_nothing_again(x: XSimulator, connection: Connection) -> None:
    contact = with_picture(x, connection, "clara")
    media.fetch_due(most=9)
    post = x.ask("posts", by="clara")["posts"][-1]
    key = post["attachments"]["media_keys"][0]
    bring(connection, "post.reply.create", post, {"users": users_of(x, "clara"), "media": [{"media_key": key}]})
    assert not Download.objects.exists()
    assert contact.attachments.count() == 1


def test_a_network_that_fails_is_asked_again(x: XSimulator, connection: Connection) -> None:
    download = wanted(connection, "http://127.0.0.1:1/media/1.png")
    connection.options |= {"base_url": "http://127.0.0.1:1"}
    connection.save()
    media.fetch_due(most=9)
    download.refresh_from_db()
    assert download.look_at > timezone.now()
    assert not Attachment.objects.exists()


def test_what_the_network_never_hands_over_is_shown_as_such(x: XSimulator, connection: Connection) -> None:
    wanted(connection, "http://127.0.0.1:1/media/1.png")
    connection.options |= {"base_url": "http://127.0.0.1:1"}
    connection.save()
    for _each in range(media.MOST_ATTEMPTS):
        again()
    noted = Attachment.objects.get()
    assert (noted.state, noted.refusal, noted.name) == ("refused", "gone", "1.png")
    assert not Download.objects.exists()


def test_a_picture_that_is_gone_is_not_asked_for_twice(x: XSimulator, connection: Connection) -> None:
    wanted(connection, f"{x.url}/media/1.png")
    media.fetch_due(most=9)
    assert Attachment.objects.get().refusal == "gone"


@pytest.mark.parametrize(
    "url",
    [
        "http://169.254.169.254/latest/meta-data/",
        "http://localhost/metrics",
        "https://example.com/1.png",
        "http://pbs.twimg.com/media/1.png",
        "https://pbs.twimg.com:8443/media/1.png",
        "https://pbs.twimg.com@example.com/1.png",
        "https://example.com/https://pbs.twimg.com/1.png",
        "https://pbs.twimg.com.example.com/1.png",
        "file:///etc/passwd",
        "https://[::1",
    ],
)
def test_an_event_cannot_send_us_anywhere_else(
    x: XSimulator, connection: Connection, url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(fetching.requests, "get", lambda *_a, **_k: pytest.fail("it must not be asked at all"))
    wanted(connection, url)
    media.fetch_due(most=9)
    assert Attachment.objects.get().refusal == "gone"


def test_our_signature_goes_to_the_api_alone(x: XSimulator, connection: Connection) -> None:
    connection.options |= {"web_url": "https://x.example"}
    assert fetching._pass_for(connection, f"{x.url}/2/dm_conversations/media/1/1/1.png") is not None
    assert fetching._pass_for(connection, "https://ton.twitter.com/1.1/ton/data/dm/1/1/1.png") is not None
    assert fetching._pass_for(connection, "https://pbs.twimg.com/media/1.png") is None
    assert fetching._pass_for(connection, "https://x.example/1.png") is None


def test_what_is_no_picture_is_noted(x: XSimulator, connection: Connection) -> None:
    wanted(connection, f"{x.url}/2/users/me")
    media.fetch_due(most=9)
    assert Attachment.objects.get().refusal == "type"


def test_what_is_too_large_is_not_read_to_its_end(
    x: XSimulator, connection: Connection, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(fetching, "LARGEST", 10)
    monkeypatch.setattr("crm.timeline.attachments.LARGEST", 10)
    contact = with_picture(x, connection, "dina")
    media.fetch_due(most=9)
    noted = contact.attachments.get()
    assert (noted.refusal, noted.size) == ("too_large", 11)


def test_a_medium_without_an_address_is_noted_at_once(x: XSimulator, connection: Connection) -> None:
    post = x.post("erna", f"@{connection.account} film", pictures=(PNG,))
    arrival = bring(connection, "post.mention.create", post, {"users": users_of(x, "erna")})
    assert arrival.interaction
    assert arrival.interaction.attachments.get().refusal == "gone"


@pytest.mark.django_db(transaction=True)
def test_two_workers_fetch_one_picture_once(x: XSimulator, connection: Connection) -> None:
    contact = with_picture(x, connection, "fitri")
    with somebody_else() as does:
        theirs = does(media.fetch_due, most=9)
        ours = media.fetch_due(most=9)
        assert theirs.result(20) + ours == 1
    assert contact.attachments.count() == 1


@pytest.mark.django_db(transaction=True)
def test_no_lock_is_held_while_the_network_is_asked(
    x: XSimulator, connection: Connection, monkeypatch: pytest.MonkeyPatch
) -> None:
    contact = with_picture(x, connection, "gina")
    seen: list[int] = []
    fetch = fetching.fetch

    def look_and_fetch(at: Connection, url: str) -> bytes:
        with somebody_else() as does:
            seen.append(does(Download.objects.update, attempts=5).result(5))
        return fetch(at, url)

    monkeypatch.setitem(media._fetchers, "x", look_and_fetch)
    media.fetch_due(most=9)
    assert seen == [1]
    assert contact.attachments.count() == 1


def test_a_worker_that_died_leaves_its_picture_to_the_next(x: XSimulator, connection: Connection) -> None:
    contact = with_picture(x, connection, "hesti")
    assert media._claim()
    assert media.fetch_due(most=9) == 0, "it may still be at it"
    again()
    assert contact.attachments.count() == 1
